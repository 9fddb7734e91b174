"""What a plan says of the account's spending limit (P9), and of a max_charge that an open order is above (P7)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from provider.backend.embedded import EmbeddedBackend
from provider.resources.model import UNKNOWN
from tests.resources.test_standing import FAR, LAST_DAY, NEAR, OTHERWISE, SUSPENDED, Life, life, web
from tests.terraform.host import AnswerError, Host, State

__all__ = ["life"]


def limited(life: Life, amount: str | None) -> None:
    with life.backend() as backend:
        backend.set_spending_limit(amount)


def bought(host: Host, **attributes: object) -> State:
    return host.create("qualit_vps", **web(host, **attributes))


def test_p9_a_charge_above_what_is_left_is_refused_when_planning(host: Host, backend: EmbeddedBackend) -> None:
    backend.set_spending_limit("10.00")
    server = bought(host)
    held = backend.held_quotes()
    with pytest.raises(AnswerError, match=r"This change is above the spending limit \(rule P9\)") as raised:
        host.plan("qualit_vps", web(host, offer="vps-4"), server)
    assert "3.01 EUR are left" in str(raised.value)
    assert "6.99 are spent" in str(raised.value)
    assert backend.held_quotes() == held, "no price is held for what cannot be bought"
    assert len(backend.orders()) == 1


def test_p9_a_plan_that_fits_and_a_change_that_is_free_say_nothing_of_it(host: Host, backend: EmbeddedBackend) -> None:
    backend.set_spending_limit("6.99")
    server = bought(host)
    backend.set_spending_limit("0")
    host.apply("qualit_vps", host.plan("qualit_vps", web(host, os="ubuntu-24.04", allow_reinstall=True), server))
    assert len(backend.orders()) == 1


def test_p9_the_charges_of_one_plan_are_refused_together_where_they_fit_one_by_one(
    host: Host, backend: EmbeddedBackend
) -> None:
    backend.set_spending_limit("11.98")
    server = host.plan("qualit_vps", web(host))
    assert server.planned is not None
    disk = {"vps_id": server.planned["id"], "type": "disk", "quantity": 50}
    with pytest.raises(AnswerError, match=r"The plan as a whole is above the spending limit \(rule P9\)") as raised:
        host.plan("qualit_resource", host.config("qualit_resource", **disk))
    assert "charges 11.99 EUR so far, and 11.98 EUR are left" in str(raised.value)
    backend.set_spending_limit("11.99")
    again = host.plan("qualit_resource", host.config("qualit_resource", **disk))
    host.apply("qualit_vps", server)
    host.apply("qualit_resource", again)
    assert sum(order.amount for order in backend.orders()) == Decimal("11.99")


def test_p9_a_plan_that_is_made_again_while_it_is_applied_counts_nothing_twice(
    host: Host, backend: EmbeddedBackend
) -> None:
    backend.set_spending_limit("13.98")
    for name in ("web", "app"):
        host.plan("qualit_vps", web(host, name=name))
    for name in ("web", "app"):
        host.apply("qualit_vps", host.plan("qualit_vps", web(host, name=name)))
    assert backend.spending().spent == Decimal("13.98")


def test_p9_what_was_planned_and_is_dearer_than_what_is_left_by_now_is_refused_by_the_order(
    host: Host, backend: EmbeddedBackend
) -> None:
    plan = host.plan("qualit_vps", web(host))
    backend.set_spending_limit("6.98")
    with pytest.raises(AnswerError, match="rule P9"):
        host.apply("qualit_vps", plan)
    assert (list(backend.orders()), list(backend.payments())) == ([], [])


def test_p7_a_max_charge_that_is_known_only_when_applied_is_checked_with_the_order(
    host: Host, backend: EmbeddedBackend
) -> None:
    plan = host.plan("qualit_vps", web(host, max_charge=UNKNOWN))
    with pytest.raises(AnswerError, match=r"Charge above max_charge \(rule P7\)"):
        host.apply("qualit_vps", plan, max_charge="6.98")
    assert (list(backend.orders()), list(backend.payments())) == ([], [])


def test_p7_an_unpaid_order_is_not_gone_on_with_above_max_charge(host: Host, backend: EmbeddedBackend) -> None:
    with pytest.raises(AnswerError, match="must be confirmed"):
        bought(host, payment_method="test-3ds")
    (order,) = backend.orders()
    with pytest.raises(AnswerError, match=r"Charge above max_charge \(rule P7\)") as raised:
        host.plan("qualit_vps", web(host, payment_method="test-3ds", max_charge="5.00"))
    assert f"qualit orders cancel {order.id}" in str(raised.value)


# -- what every plan says of a renewal -------------------------------------------------------------------------
def test_p9_l1_a_renewal_without_room_is_warned_of_in_time_until_the_limit_is_raised(life: Life) -> None:
    state = life.host.create("qualit_vps", **web(life.host, offer="vps-4"))
    limited(life.at(FAR), "13.98")
    assert life.said(state) == []
    assert life.at(NEAR).said(state) == [
        (
            "The contract of web ends soon (rule L1)",
            "web is paid until 2026-02-28, 14 days from now, and cannot be renewed then. The renewal charges 13.99 "
            "EUR, and 13.98 EUR are left of the account's spending limit of 13.98 for February 2026 (UTC). Raise the "
            f"limit to at least 13.99: qualit account spending-limit 13.99. O{OTHERWISE[1:]}",
        )
    ]
    limited(life, "13.99")
    assert life.said(state) == []


def test_p9_l1_renewals_take_their_turns_and_only_those_without_room_are_warned_of(life: Life) -> None:
    first = life.host.create("qualit_vps", **web(life.host))
    life.at("2026-02-01T09:00:00Z")
    later = life.host.create("qualit_vps", **web(life.host, name="app"))
    # One is due on 27 February, the other on the last day of it.
    limited(life.at("2026-02-20T09:00:00Z"), "20.96")
    assert life.said(first) == []
    ((_, said),) = life.said(later)
    assert "and 6.98 EUR are left" in said
    assert "6.99 are spent, 6.99 go to renewals before it" in said
    limited(life, "20.97")
    assert (life.said(first), life.said(later)) == ([], [])
    limited(life, "20.96")
    life.at(LAST_DAY).work()
    assert life.said(first) == []


def test_p9_l2_a_suspended_server_says_that_its_renewal_has_no_room(life: Life) -> None:
    state = life.host.create("qualit_vps", **web(life.host))
    limited(life.at(SUSPENDED), "1.00")
    life.work()
    ((summary, said),) = life.said(state)
    assert summary == "The contract of web is suspended (rule L2)"
    assert "The renewal charges 6.99 EUR, and 1.00 EUR are left" in said
