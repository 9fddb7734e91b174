"""Bad days of the sandbox gateway that a test arranges from outside, for whichever process calls next."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from provider.platform.payments.port import GatewayRefusedError, GatewayUnavailableError
from provider.platform.payments.sandbox import SandboxGateway
from provider.platform.payments.sandbox.faults import OPERATIONS
from tests.platform.gateway import TEN, create, paid


@pytest.fixture
def gateway(tmp_path: Path) -> SandboxGateway:
    return SandboxGateway(tmp_path)


def fails(gateway: SandboxGateway, intent_id: str) -> bool:
    try:
        gateway.retrieve(intent_id)
    except GatewayUnavailableError:
        return True
    return False


def test_an_arranged_fault_strikes_as_often_as_it_was_asked_for_also_in_another_process(
    gateway: SandboxGateway, tmp_path: Path
) -> None:
    intent = create(gateway)
    gateway.arrange("retrieve", "unavailable", times=2)
    another = SandboxGateway(tmp_path)
    assert [fails(another, intent.id), fails(gateway, intent.id), fails(another, intent.id)] == [True, True, False]


def test_a_gateway_that_is_unavailable_does_nothing(gateway: SandboxGateway) -> None:
    gateway.arrange("create_intent", "unavailable")
    with pytest.raises(GatewayUnavailableError, match="503"):
        create(gateway)
    assert gateway.intents() == []
    intent = paid(gateway)
    gateway.arrange("refund", "unavailable")
    with pytest.raises(GatewayUnavailableError):
        gateway.refund(intent.id, TEN, idempotency_key="refund")
    assert gateway.retrieve(intent.id).kept == TEN


def test_a_key_whose_call_failed_may_be_used_for_another_request(gateway: SandboxGateway) -> None:
    gateway.arrange("create_intent", "unavailable")
    with pytest.raises(GatewayUnavailableError):
        create(gateway, "test-visa")
    assert create(gateway, "test-paypal").status == "unconfirmed"


def test_a_lost_reply_has_its_effect(gateway: SandboxGateway) -> None:
    intent = create(gateway)
    gateway.arrange("cancel", "lost_reply")
    with pytest.raises(GatewayUnavailableError, match="connection broke"):
        gateway.cancel(intent.id)
    assert gateway.retrieve(intent.id).status == "cancelled"


def test_who_loses_the_reply_does_not_learn_of_a_refusal(gateway: SandboxGateway) -> None:
    intent = paid(gateway)
    gateway.arrange("cancel", "lost_reply")
    with pytest.raises(GatewayUnavailableError):
        gateway.cancel(intent.id)
    with pytest.raises(GatewayRefusedError):
        gateway.cancel(intent.id)


def test_a_slow_reply_comes_as_late_as_it_was_asked_for_and_keeps_nobody_else_waiting(tmp_path: Path) -> None:
    waits: list[float] = []

    def wait(seconds: float) -> None:
        assert paid(SandboxGateway(tmp_path)).status == "succeeded"
        waits.append(seconds)

    gateway = SandboxGateway(tmp_path, sleep=wait)
    gateway.arrange("create_intent", "slow", seconds=7)
    assert create(gateway, key="slow").status == "unconfirmed"
    assert waits == [7]


def test_faults_strike_in_the_order_in_which_they_were_arranged(gateway: SandboxGateway) -> None:
    intent = create(gateway)
    gateway.arrange("confirm", "unavailable")
    gateway.arrange("confirm", "lost_reply")
    for status in ("unconfirmed", "succeeded"):
        with pytest.raises(GatewayUnavailableError):
            gateway.confirm(intent.id, idempotency_key="confirm")
        assert gateway.retrieve(intent.id).status == status


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_operation_of_the_port_can_fail(gateway: SandboxGateway, operation: str) -> None:
    intent = paid(gateway)
    every: dict[str, dict[str, object]] = {
        "remove_method": {"method_id": "test-visa"},
        "create_intent": {"order_id": "o", "amount": TEN, "method_id": "test-visa", "idempotency_key": "k"},
        "confirm": {"intent_id": intent.id, "idempotency_key": "k"},
        "refund": {"intent_id": intent.id, "amount": TEN, "idempotency_key": "k"},
        "retrieve": {"intent_id": intent.id},
        "cancel": {"intent_id": intent.id},
        "refunds": {"intent_id": intent.id},
        "events": {"after": 0},
    }
    gateway.arrange(operation, "unavailable")  # type: ignore[arg-type]
    with pytest.raises(GatewayUnavailableError):
        getattr(gateway, operation)(**every.get(operation, {}))


def test_a_storm_strikes_at_its_rate_the_same_calls_for_the_same_seed_until_it_is_calmed(
    gateway: SandboxGateway,
) -> None:
    intent = create(gateway)
    struck = []
    for seed in (1, 1, 2):
        gateway.storm(0.3, seed)
        struck.append([fails(gateway, intent.id) for _ in range(100)])
    assert struck[0] == struck[1] != struck[2]
    assert 15 <= sum(struck[0]) <= 45
    gateway.arrange("retrieve", "unavailable")
    gateway.calm()
    assert not any(fails(gateway, intent.id) for _ in range(20))


def test_a_storm_leaves_alone_what_it_was_not_asked_to_strike(gateway: SandboxGateway) -> None:
    intent = create(gateway)
    gateway.storm(1, 1, kinds=["unavailable"], operations=["confirm"])
    assert not fails(gateway, intent.id)
    with pytest.raises(GatewayUnavailableError):
        gateway.confirm(intent.id, idempotency_key="confirm")
    assert gateway.cash() == {"EUR": Decimal("0.00")}


def test_what_cannot_be_arranged_is_an_error_of_the_test(gateway: SandboxGateway) -> None:
    with pytest.raises(ValueError, match="called pay"):
        gateway.arrange("pay", "unavailable")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="called fire"):
        gateway.arrange("confirm", "fire")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="0 times"):
        gateway.arrange("confirm", "slow", times=0)
    with pytest.raises(ValueError, match="rate"):
        gateway.storm(1.5, 1)
    with pytest.raises(ValueError, match="won or lost"):
        gateway.resolve_dispute("pay_1", "drawn")  # type: ignore[arg-type]
