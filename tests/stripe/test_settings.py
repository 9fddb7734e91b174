"""Which gateway a configuration means, where its keys come from, and what it costs nobody else."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from provider.configuration import Configuration, ConfigurationError, StripeSettings, load_configuration
from tests.project.tree import ROOT


def configured(**environment: str) -> Configuration:
    return load_configuration({}, {"QUALIT_HOME": "/home/of/nobody", **environment})


def test_the_gateway_is_the_sandbox_unless_the_configuration_says_stripe() -> None:
    assert configured().payment_gateway == "sandbox"
    assert configured(QUALIT_PAYMENT_GATEWAY="stripe").payment_gateway == "stripe"
    assert load_configuration({"payment_gateway": "stripe"}, {}).payment_gateway == "stripe"
    with pytest.raises(ConfigurationError, match='"paypal", which is none of: sandbox, stripe'):
        configured(QUALIT_PAYMENT_GATEWAY="paypal")


def test_n8_the_keys_come_from_the_environment_alone_and_are_never_shown() -> None:
    found = configured(QUALIT_STRIPE_KEY="sk_test_1", QUALIT_STRIPE_WEBHOOK_SECRET="whsec_1")  # noqa: S106
    assert found.stripe == StripeSettings(key="sk_test_1", webhook_secret="whsec_1")  # noqa: S106
    assert "sk_test_1" not in repr(found)
    assert "whsec_1" not in repr(found)
    assert load_configuration({"key": "sk_test_1", "stripe_key": "sk_test_1"}, {}).stripe == StripeSettings()


def test_a_test_clock_and_a_key_that_moves_real_money_are_refused_together() -> None:
    clock = {"QUALIT_TEST_CLOCK": "2026-01-31T09:00:00Z", "QUALIT_PAYMENT_GATEWAY": "stripe"}
    for key in ("sk_live_1", "rk_live_1"):
        with pytest.raises(ConfigurationError, match="moves real money"):
            configured(**clock, QUALIT_STRIPE_KEY=key)
    assert configured(**clock, QUALIT_STRIPE_KEY="sk_test_1").test_clock is not None


def test_the_doctor_says_that_the_key_is_missing(tmp_path: Path) -> None:
    from provider.cli.doctor_checks import _gateway

    home = Configuration(tmp_path, payment_gateway="stripe")
    (missing,) = _gateway(home)
    assert not missing.ok
    assert "QUALIT_STRIPE_KEY" in missing.remedy
    (there,) = _gateway(replace(home, stripe=StripeSettings(key="sk_test_1")))
    assert there.ok
    assert "sk_test" not in there.detail
    assert list(_gateway(Configuration(tmp_path))) == []


@pytest.mark.parametrize("gateway_name", ["sandbox", "stripe"])
def test_nobody_waits_for_the_sdk_before_it_is_needed(gateway_name: str, tmp_path: Path) -> None:
    program = (
        "import sys, pathlib\n"
        "from provider.backend.embedded import connect\n"
        "from provider.configuration import Configuration\n"
        "backend = connect(Configuration(home=pathlib.Path(sys.argv[1]), payment_gateway=sys.argv[2]))\n"
        "backend.identity('vps', 'web'); backend.catalogue(); backend.servers(); backend.close()\n"
        "print([name for name in ('stripe', 'requests') if name in sys.modules])\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "home"), gateway_name]
    ended = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    assert ended.stdout.strip() == "[]"
