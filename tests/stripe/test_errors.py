"""What is said of Stripe's errors, and of keys that are wrong: N8."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from provider.platform.payments.port import (
    GatewayKeyError,
    GatewayRefusedError,
    GatewayUnavailableError,
)
from tests.stripe.facade import Facade
from tests.stripe.gateways import StripeWithOutside, stripe_gateway
from tests.stripe.wire import Answer

CARD = "4242 4242 4242 4242"


def answers(facade: Facade, answer: Answer) -> None:
    """Let every request from now on get this answer."""
    facade.answer = lambda *_: answer  # type: ignore[method-assign]


SECRETS = f"the key sk_test_51abcDEF, the card {CARD} and pi_1_secret_abc"


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        (Answer.error(401, message=SECRETS), GatewayKeyError, "does not know the key in QUALIT_STRIPE_KEY"),
        (Answer.error(403, message=SECRETS), GatewayKeyError, "QUALIT_STRIPE_KEY may not do this"),
        (Answer.error(429, message=SECRETS), GatewayUnavailableError, "429"),
        (Answer.error(409, message=SECRETS, code="idempotency_key_in_use"), GatewayUnavailableError, "409"),
        (Answer.error(500, type="api_error", message=SECRETS), GatewayUnavailableError, "500.*request req_1"),
        (Answer.error(400, message=SECRETS), GatewayRefusedError, "(left out)"),
        (Answer.error(400, type="idempotency_error", message=SECRETS), GatewayRefusedError, "another request"),
        (Answer.error(402, type="card_error", code="card_declined", message=SECRETS), GatewayRefusedError, "left out"),
        (
            Answer.error(404, code="resource_missing", param="intent", message=SECRETS),
            GatewayKeyError,
            "another Stripe account",
        ),
        (Answer(200, {}).broken(), GatewayUnavailableError, "cannot be reached"),
    ],
    ids=lambda value: str(value.status) if isinstance(value, Answer) else None,
)
def test_n8_an_error_of_stripe_is_told_in_the_ports_words_without_a_secret(
    gateway: StripeWithOutside, facade: Facade, answer: Answer, error: type[Exception], words: str
) -> None:
    answers(facade, answer)
    with pytest.raises(error, match=words) as raised:
        gateway.retrieve("pi_1")
    assert type(raised.value) is error
    for secret in ("sk_test", "4242", "secret_abc"):
        assert secret not in str(raised.value)
    assert raised.value.__cause__ is None


def test_a_stripe_that_does_not_answer_in_time_is_unavailable(
    gateway: StripeWithOutside, facade: Facade, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("provider.platform.payments.stripe.account.ANSWER_SECONDS", 0.1)
    gateway._account._client = None
    facade.check = lambda *_: facade.sleep(0.5)
    with pytest.raises(GatewayUnavailableError, match="did not answer in time"):
        gateway.retrieve("pi_1")


def test_a_key_that_is_not_set_is_named(facade: Facade, tmp_path: Path) -> None:
    facade_settings = facade.settings
    with stripe_gateway(facade, tmp_path / "home") as gateway:
        gateway._account._settings = replace(facade_settings, key=None)
        gateway._account._client = None
        with pytest.raises(GatewayKeyError, match="QUALIT_STRIPE_KEY"):
            gateway.methods()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"key": "pk_test_1"}, "no secret key of Stripe"),
        ({"key": "sk_test_1\nX-Header: 1"}, "no secret key of Stripe"),
        ({"api_base": "http://stripe.example"}, "unencrypted; use an https address"),
    ],
)
def test_n8_a_key_is_not_sent_where_it_is_no_key_or_others_could_read_it(
    facade: Facade, tmp_path: Path, settings: dict[str, str], words: str
) -> None:
    with stripe_gateway(facade, tmp_path / "home") as gateway:
        sent = len(facade.requests)
        gateway._account._settings = replace(facade.settings, **settings)
        gateway._account._client = None
        with pytest.raises(GatewayKeyError, match=words) as raised:
            gateway.methods()
        assert "test_1" not in str(raised.value)
        assert len(facade.requests) == sent
