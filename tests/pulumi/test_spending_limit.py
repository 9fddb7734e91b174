"""P9: what a preview says of the account's spending limit is what a plan of Terraform says."""

from __future__ import annotations

import pytest

from provider.backend.embedded import EmbeddedBackend
from tests.pulumi.conftest import VPS
from tests.pulumi.host import CallFailedError, CheckFailedError, Host


def test_p9_a_preview_refuses_a_charge_above_what_is_left_and_several_together(
    host: Host, backend: EmbeddedBackend
) -> None:
    backend.set_spending_limit("13.97")
    with pytest.raises((CheckFailedError, CallFailedError), match=r"This change is above the spending limit"):
        host.preview(VPS, {"name": "web", "offer": "vps-4"})
    host.preview(VPS, {"name": "web", "offer": "vps-2"})
    with pytest.raises((CheckFailedError, CallFailedError), match=r"The plan as a whole is above the spending limit"):
        host.preview(VPS, {"name": "app", "offer": "vps-2"})
    assert list(backend.orders()) == []


def test_p9_an_up_within_the_limit_goes_through_and_the_next_one_is_refused(
    host: Host, backend: EmbeddedBackend
) -> None:
    backend.set_spending_limit("10.00")
    bought = host.up(VPS, {"name": "web", "offer": "vps-2"})
    assert host.preview(VPS, {"name": "web", "offer": "vps-2"}, bought).op == "same"
    with pytest.raises((CheckFailedError, CallFailedError), match=r"3\.01 EUR are left"):
        host.up(VPS, {"name": "web", "offer": "vps-4"}, bought)
    assert len(backend.payments()) == 1
