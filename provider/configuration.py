"""Where the platform of this account lives: from the environment, and from the provider block, which wins."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, cast, get_args

from provider.commerce.policy import card_number, looks_like_card_number

PaymentGatewayName = Literal["sandbox", "stripe"]


class ConfigurationError(Exception):
    """A setting that cannot be used; ``attribute`` is its name in the provider block."""

    def __init__(self, attribute: str, detail: str) -> None:
        super().__init__(detail)
        self.attribute = attribute
        self.detail = detail


class CardNumberError(ConfigurationError):
    """A setting that looks like a card number (N8). ``attribute`` is empty: what points at a setting prints it."""

    def __init__(self, where: str) -> None:
        refusal = card_number(where)
        super().__init__("", refusal.detail)
        self.summary = f"{refusal.summary} (rule {refusal.rule})"


@dataclass(frozen=True, slots=True)
class StripeSettings:
    """How Stripe is reached; from the environment alone, because configurations are kept in repositories (N8).

    ``key`` and ``webhook_secret`` may be unset until they are needed. ``api_base`` is another address of the API, for
    tests and proxies; ``return_url`` is where a customer's browser goes after a confirmation.
    """

    key: str | None = field(default=None, repr=False)
    webhook_secret: str | None = field(default=None, repr=False)
    api_base: str | None = None
    return_url: str | None = None


@dataclass(frozen=True, slots=True)
class Configuration:
    """Settings of one embedded platform.

    ``database_url`` None means the SQLite file in ``home``; ``catalogue`` None the default catalogue;
    ``test_clock`` None the real time; ``payment_method`` None the account's default.
    """

    home: Path
    database_url: str | None = None
    libvirt_uri: str = "qemu:///system"
    catalogue: Path | None = None
    test_clock: datetime | None = None
    payment_method: str | None = None
    payment_gateway: PaymentGatewayName = "sandbox"
    stripe: StripeSettings = StripeSettings()


ENVIRONMENT = {
    "home": "QUALIT_HOME",
    "database_url": "QUALIT_DATABASE_URL",
    "libvirt_uri": "QUALIT_LIBVIRT_URI",
    "catalogue": "QUALIT_CATALOGUE",
    "test_clock": "QUALIT_TEST_CLOCK",
    "payment_method": "QUALIT_PAYMENT_METHOD",
    "payment_gateway": "QUALIT_PAYMENT_GATEWAY",
}
"""The environment variable of each setting."""

STRIPE_ENVIRONMENT = {
    "key": "QUALIT_STRIPE_KEY",
    "webhook_secret": "QUALIT_STRIPE_WEBHOOK_SECRET",
    "api_base": "QUALIT_STRIPE_API_BASE",
    "return_url": "QUALIT_STRIPE_RETURN_URL",
}
"""The environment variable of each of Stripe's settings, which no provider block takes."""


def load_configuration(
    attributes: Mapping[str, str | None] | None = None,
    environment: Mapping[str, str] | None = None,
) -> Configuration:
    """The configuration from ``environment`` (this process's by default), overridden by ``attributes``.

    Raises:
        ConfigurationError: a value that is not what its setting takes.
        CardNumberError: a value that looks like a card number.
    """
    env = os.environ if environment is None else environment
    given = {name: env.get(variable) or None for name, variable in ENVIRONMENT.items()}
    given.update({name: value for name, value in (attributes or {}).items() if value})
    _refuse_card_numbers(given, attributes or {})
    gateway = _gateway(given["payment_gateway"])
    stripe = StripeSettings(**{name: env.get(variable) or None for name, variable in STRIPE_ENVIRONMENT.items()})
    test_clock = _instant(given["test_clock"])
    if test_clock is not None and gateway == "stripe" and _is_live(stripe.key):
        raise ConfigurationError(
            "test_clock",
            "A test clock is set, and the Stripe key in QUALIT_STRIPE_KEY moves real money. Unset the test clock, or "
            "use the sandbox gateway or a test key of Stripe.",
        )
    home = Path(given["home"]).expanduser() if given["home"] else _default_home(env)
    catalogue = given["catalogue"]
    return Configuration(
        home=home.absolute(),
        database_url=given["database_url"],
        libvirt_uri=given["libvirt_uri"] or "qemu:///system",
        catalogue=Path(catalogue).expanduser() if catalogue else None,
        test_clock=test_clock,
        payment_method=given["payment_method"],
        payment_gateway=gateway,
        stripe=stripe,
    )


def _refuse_card_numbers(given: Mapping[str, str | None], attributes: Mapping[str, str | None]) -> None:
    for name, value in given.items():
        if value and looks_like_card_number(value):
            raise CardNumberError(
                f"{name} in the provider's configuration" if attributes.get(name) else ENVIRONMENT[name]
            )


def _is_live(key: str | None) -> bool:
    """Secret and restricted keys say of themselves which mode they are for."""
    return key is not None and key.startswith(("sk_live_", "rk_live_"))


def _gateway(text: str | None) -> PaymentGatewayName:
    known = get_args(PaymentGatewayName)
    if text is not None and text not in known:
        raise ConfigurationError(
            "payment_gateway", f'The payment gateway is "{text}", which is none of: {", ".join(known)}.'
        )
    return cast(PaymentGatewayName, text or known[0])


def _default_home(environment: Mapping[str, str]) -> Path:
    """Under the user's data folder, as the XDG base directory specification says."""
    data = environment.get("XDG_DATA_HOME")
    return (Path(data) if data else Path.home() / ".local" / "share") / "qualit"


def _instant(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise ConfigurationError(
            "test_clock",
            f'The test clock is "{text}", which is not an instant with a time zone. '
            'Write one such as "2026-01-31T09:00:00Z".',
        )
    return instant.astimezone(UTC)
