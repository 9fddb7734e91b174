"""The way in: compare, look again under the contract's lock at what is suspicious, repair, report."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace

from provider.backend.port import UnavailableError
from provider.platform.context import Platform
from provider.platform.locks import contract_lock
from provider.platform.reconcile.compare import cash_of, compare
from provider.platform.reconcile.facts import Facts, read_facts
from provider.platform.reconcile.finding import ORDER_TAKEN_UP, Finding, PlaceKeys, Report
from provider.platform.reconcile.repair import repair
from provider.platform.records import orders


def reconcile(platform: Platform) -> Report:
    """Compare orders, ledger, gateway and machines; repair what has one right answer, report the rest.

    A contract that somebody works on right now is left for the next time.

    Raises:
        GatewayUnavailableError: the gateway does not answer.
        UnavailableError: the home or its database cannot be used.
    """
    result = _Result()
    result.add_all(_take_up_orders(platform))
    facts = read_facts(platform)
    found = compare(facts)
    for contract_id in dict.fromkeys(finding.contract_id for finding in found if finding.contract_id):
        _settle(platform, contract_id, result)
    if result.repaired or any(finding.contract_id is None for finding in found):
        # What belongs to no contract is looked at again as well: it has to be there twice.
        facts = read_facts(platform)
        again = {(finding.code, finding.subject) for finding in compare(facts)}
        result.add_all(f for f in found if f.contract_id is None and (f.code, f.subject) in again)
    return Report(
        compared=_counts(facts),
        cash=cash_of(facts),
        repaired=tuple(result.repaired),
        unexplained=tuple(result.unexplained),
        information=tuple(result.information),
        busy=tuple(result.busy),
    )


@dataclass(slots=True)
class _Result:
    repaired: list[Finding] = field(default_factory=list)
    unexplained: list[Finding] = field(default_factory=list)
    information: list[Finding] = field(default_factory=list)
    busy: list[str] = field(default_factory=list)

    def add_all(self, findings: Iterable[Finding]) -> None:
        for finding in findings:
            if finding.is_repaired:
                self.repaired.append(finding)
            elif finding.severity == "information":
                self.information.append(finding)
            else:
                self.unexplained.append(finding)


def _settle(platform: Platform, contract_id: str, result: _Result) -> None:
    """Look again at what is wrong with a contract, while nobody else works on it, and repair it."""
    with ExitStack() as stack:
        try:
            stack.enter_context(contract_lock(platform.folder, contract_id, seconds=0))
        except UnavailableError:
            result.busy.append(contract_id)
            return
        for finding in compare(read_facts(platform, contract_id)):
            if finding.contract_id is None:
                continue  # What belongs to no contract is looked at in the whole.
            failure = repair(platform, finding.repair) if finding.repair is not None else None
            if failure is not None:
                remedy = f"{finding.remedy} {failure} It is tried again."
                # A guest may refuse its keys: it is its customer's, and nothing of ours is wrong.
                severity = finding.severity if isinstance(finding.repair, PlaceKeys) else "unexplained"
                finding = replace(finding, remedy=remedy, repair=None, severity=severity)
            result.add_all([finding])


def _take_up_orders(platform: Platform) -> list[Finding]:
    """Open orders that nobody takes forward get their next run; runs of a newer program are named."""
    with platform.database.read() as connection:
        going_on = [order for order in orders.unfinished(connection) if order.waits_for is None]
    if not going_on:
        return []
    from provider.platform.workers import adoption
    from provider.platform.workers.engine import serving

    with serving(platform) as executor_id:
        begun = adoption.adopt(platform, executor_id)
        strange = adoption.of_unknown_flow(platform)
    taken_up = [
        Finding(
            ORDER_TAKEN_UP,
            order.id,
            f"The order of {order.name} over {order.due} is {order.status}, and nobody took it forward.",
            "It goes on with its next run.",
            order.contract_id,
        )
        for order in begun
    ]
    unknown = [
        Finding(
            "order-of-a-newer-version",
            order.id,
            f"The order of {order.name} over {order.due} is {order.status}, in a purchase of version {version} that "
            "this program does not know.",
            "A newer version of Qual.IT began it. Install that version; it finishes the order.",
            order.contract_id,
        )
        for order, version in strange
    ]
    return [*taken_up, *unknown]


def _counts(facts: Facts) -> dict[str, int]:
    return {
        "orders": len(facts.orders),
        "entries": len(facts.entries),
        "payments": len(facts.intents),
        "machines": len(facts.machines),
    }
