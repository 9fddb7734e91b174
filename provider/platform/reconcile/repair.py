"""The repairs: each looks first, so that one that was cut off is done again. The contract's lock is held."""

from __future__ import annotations

from sqlalchemy import Connection

from provider.platform.context import Platform
from provider.platform.disputes import take_notice
from provider.platform.home import record_instant
from provider.platform.hypervisor.port import DeliveryImpossibleError, HypervisorUnavailableError
from provider.platform.ledger import record_charge, record_refund
from provider.platform.machines import present_specification
from provider.platform.payments.port import DisputedError, GatewayRefusedError, GatewayUnavailableError
from provider.platform.purchase.deliver import bring_forward
from provider.platform.purchase.outcome import recorded
from provider.platform.receipts.issue import issue
from provider.platform.reconcile.finding import (
    BringForward,
    CancelPayment,
    GiveBack,
    GiveSurplusBack,
    PlaceKeys,
    Repair,
    SwitchOff,
    TakeNotice,
    WriteReceipt,
)
from provider.platform.records import orders, servers
from provider.platform.records.servers import Server


def repair(platform: Platform, wanted: Repair) -> str | None:
    """Do a repair; why it could not be done now, or None."""
    try:
        match wanted:
            case CancelPayment():
                platform.gateway.cancel(wanted.intent_id)
            case GiveBack():
                _give_back(platform, wanted)
            case GiveSurplusBack():
                _refund(platform, wanted.intent_id, f"{wanted.order_id}:refund:{wanted.intent_id}")
            case BringForward() | SwitchOff() | PlaceKeys():
                return _on_the_host(platform, wanted)
            case TakeNotice():
                take_notice(platform, wanted.order_id)
            case WriteReceipt():
                _write_receipt(platform, wanted)
    except DisputedError as error:
        return f"It waits for the bank: {error}."
    except (GatewayRefusedError, GatewayUnavailableError) as error:
        return f"The gateway did not do it: {error}."
    except HypervisorUnavailableError as error:
        return f"The host did not do it: {error}. {error.remedy}"
    except DeliveryImpossibleError as error:
        return f"The host cannot do it: {error}."
    return None


def _on_the_host(platform: Platform, wanted: BringForward | SwitchOff | PlaceKeys) -> str | None:
    server = _server(platform, wanted.server_id)
    hypervisor, spec = platform.hypervisor_of(server), present_specification(platform, server)
    match wanted:
        case BringForward():
            bring_forward(platform, hypervisor, server, spec)
        case SwitchOff():
            hypervisor.set_power(spec, "off")
        case PlaceKeys():
            reason = hypervisor.place_keys(spec)
            return f"It was not done: {reason}." if reason is not None else None
    return None


def _refund(platform: Platform, intent_id: str, key: str) -> None:
    intent = platform.gateway.retrieve(intent_id)
    if intent.kept:
        platform.gateway.refund(intent.id, intent.kept, idempotency_key=key)


def _give_back(platform: Platform, wanted: GiveBack) -> None:
    """Money first: cut off after it, the next comparison finds that the ledger lacks it."""
    order = recorded(platform, wanted.order_id)
    _refund(platform, wanted.intent_id, f"{order.id}:refund")

    def work(connection: Connection) -> None:
        now = record_instant(connection, platform.clock)
        for record in (record_charge, record_refund):
            record(
                connection,
                order_id=order.id,
                contract_id=order.contract_id,
                amount=order.due,
                credit=order.proposal.credit,
                at=now,
            )
        issue(connection, order, "refund", now)
        orders.move(connection, order.id, order.status, order.status, refunded=order.due.amount)

    platform.database.write(work)


def _write_receipt(platform: Platform, wanted: WriteReceipt) -> None:
    order = recorded(platform, wanted.order_id)
    platform.database.write(
        lambda connection: issue(connection, order, wanted.kind, record_instant(connection, platform.clock))
    )


def _server(platform: Platform, server_id: str) -> Server:
    with platform.database.read() as connection:
        server = servers.get_living(connection, server_id)
    if server is None:
        raise LookupError(f"the server {server_id} has ended")
    return server
