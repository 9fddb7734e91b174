"""Disputes and events of the sandbox gateway: money that goes back by itself, and news that come twice."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from provider.money import Money
from provider.platform.payments.port import DisputedError, GatewayRefusedError
from provider.platform.payments.sandbox import SandboxGateway
from tests.platform.gateway import TEN, AnyGateway, create, gateway_named, paid

FOUR = Money(Decimal("4.00"), "EUR")


@pytest.fixture(params=["sandbox", "stripe"])
def gateway(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[AnyGateway]:
    """The sandbox, and Stripe as its adapter sees it: what the port promises holds for both."""
    yield from gateway_named(request.param, tmp_path)


@pytest.fixture
def sandbox(tmp_path: Path) -> SandboxGateway:
    return SandboxGateway(tmp_path)


def test_a_disputed_payment_is_charged_and_shows_its_dispute(gateway: AnyGateway) -> None:
    intent = paid(gateway, "test-disputed")
    assert (intent.status, intent.dispute) == ("succeeded", "open")
    (dispute,) = gateway.disputes()
    assert (dispute.intent_id, dispute.order_id, dispute.amount, dispute.status) == (intent.id, "ord-1", TEN, "open")


def test_n9_a_lost_dispute_takes_back_what_was_left_and_a_won_one_nothing(gateway: AnyGateway) -> None:
    lost, won = paid(gateway), gateway.confirm(create(gateway, key="other").id, idempotency_key="other-confirm")
    gateway.refund(lost.id, FOUR, idempotency_key="refund")
    assert gateway.open_dispute(lost.id).amount == Money(Decimal("6.00"), "EUR")
    gateway.open_dispute(won.id)
    assert gateway.cash() == {"EUR": Decimal("16.00")}
    assert gateway.resolve_dispute(lost.id, "lost").kept == Money(Decimal(0), "EUR")
    assert gateway.resolve_dispute(won.id, "won").kept == TEN
    assert gateway.cash() == {"EUR": Decimal("10.00")}
    assert [dispute.status for dispute in gateway.disputes()] == ["lost", "won"]


def test_n1_a_payment_is_not_refunded_while_it_is_disputed_nor_after_the_bank_took_it(gateway: AnyGateway) -> None:
    intent = paid(gateway, "test-disputed")
    with pytest.raises(DisputedError, match="is open"):
        gateway.refund(intent.id, TEN, idempotency_key="refund")
    gateway.resolve_dispute(intent.id, "lost")
    with pytest.raises(DisputedError, match="is lost"):
        gateway.refund(intent.id, TEN, idempotency_key="refund")


def test_a_payment_whose_dispute_was_won_can_be_refunded(gateway: AnyGateway) -> None:
    intent = paid(gateway, "test-disputed")
    gateway.resolve_dispute(intent.id, "won")
    gateway.refund(intent.id, TEN, idempotency_key="refund")
    assert gateway.cash() == {"EUR": Decimal("0.00")}


def test_only_what_was_paid_is_disputed_once_and_resolved_once(gateway: AnyGateway) -> None:
    intent = create(gateway)
    with pytest.raises(GatewayRefusedError, match="is unconfirmed"):
        gateway.open_dispute(intent.id)
    with pytest.raises(GatewayRefusedError, match="no open dispute"):
        gateway.resolve_dispute(intent.id, "won")
    gateway.confirm(intent.id, idempotency_key="confirm")
    gateway.open_dispute(intent.id)
    gateway.resolve_dispute(intent.id, "won")
    with pytest.raises(GatewayRefusedError, match="was disputed before"):
        gateway.open_dispute(intent.id)


def test_the_gateway_counts_each_currency_by_itself(gateway: AnyGateway) -> None:
    paid(gateway)
    francs = create(gateway, key="francs", amount=Money(Decimal("5.00"), "CHF"))
    gateway.confirm(francs.id, idempotency_key="francs-confirm")
    assert gateway.cash() == {"EUR": Decimal("10.00"), "CHF": Decimal("5.00")}


def test_each_change_is_told_by_an_event(gateway: AnyGateway) -> None:
    intent = paid(gateway)
    gateway.refund(intent.id, FOUR, idempotency_key="refund")
    gateway.open_dispute(intent.id)
    gateway.resolve_dispute(intent.id, "lost")
    waiting = gateway.confirm(create(gateway, "test-3ds", "3ds").id, idempotency_key="3ds-confirm")
    gateway.fail_as_customer(waiting.id)
    gateway.cancel(create(gateway, key="given-up").id)
    told = {event.id: event for event in gateway.events(0)}
    assert [(told[id_].kind, told[id_].intent_id == intent.id) for id_ in sorted(told)] == [
        ("payment.created", True),
        ("payment.succeeded", True),
        ("payment.refunded", True),
        ("dispute.opened", True),
        ("dispute.lost", True),
        ("payment.created", False),
        ("payment.action_required", False),
        ("payment.declined", False),
        ("payment.created", False),
        ("payment.cancelled", False),
    ]
    assert {event.order_id for event in told.values()} == {"ord-1"}


def test_what_changes_nothing_is_no_event(gateway: AnyGateway) -> None:
    intent = paid(gateway)
    before = gateway.events(0)
    gateway.confirm(intent.id, idempotency_key="another")
    create(gateway)
    with pytest.raises(GatewayRefusedError):
        gateway.cancel(intent.id)
    assert gateway.events(0) == before


def test_events_come_out_of_order_and_some_of_them_twice(sandbox: SandboxGateway) -> None:
    for number in range(10):
        create(sandbox, key=f"create-{number}")
    ids = [event.id for event in sandbox.events(0)]
    assert len(set(ids)) == 10
    assert sorted(id_ for id_ in ids if ids.count(id_) > 1) == ["evt_00000003"] * 2 + ["evt_00000006"] * 2
    assert ids != sorted(ids)
    assert sandbox.events(0) == sandbox.events(0)


@pytest.mark.parametrize("pick", [max, lambda cursors: cursors[-1]], ids=["greatest", "last"])
def test_a_consumer_that_asks_after_each_change_misses_nothing_and_comes_to_an_end(
    gateway: AnyGateway, pick: object
) -> None:
    cursor, seen = 0, set()
    for number in range(20):
        create(gateway, key=f"create-{number}")
        for _ in range(3):
            events = gateway.events(cursor)
            seen |= {event.id for event in events}
            if events:
                cursor = pick([event.cursor for event in events])  # type: ignore[operator]
        assert len(seen) == number + 1
        assert gateway.events(cursor) == []
