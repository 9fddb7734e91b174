"""``qualit reconcile``: whether orders, ledger, gateway and machines agree; repairs what has one right answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from provider.cli.output import JsonOption, money, print_json, print_text
from provider.cli.session import open_backend

if TYPE_CHECKING:
    from provider.platform.reconcile.finding import Finding, Report


def reconcile(as_json: Annotated[bool, JsonOption] = False) -> None:
    """Repair or report what does not agree.

    Orders, ledger, payment gateway and machines are compared. What has one right answer is repaired, the rest is
    listed with what to do. It ends with 1 if anything is unexplained. Workers do the same by themselves; purchases
    under way are left alone.
    """
    with open_backend() as backend:
        report = backend.reconcile()
    if as_json:
        print_json(_as_json(report))
    else:
        _print(report)
    if report.unexplained:
        raise typer.Exit(1)


def _print(report: Report) -> None:
    counted = ", ".join(f"{number} {_noun(name, number)}" for name, number in report.compared.items())
    print_text(f"Compared {counted}.")
    for cash in report.cash:
        differ = "" if cash.ledger == cash.gateway else f": they differ by {money(abs(cash.ledger - cash.gateway))}"
        print_text(
            f"Cash: {money(cash.ledger, cash.currency)} in the ledger, {money(cash.gateway, cash.currency)} at the "
            f"payment gateway{differ}."
        )
    if report.busy:
        print_text(f"Left for the next time, because somebody works on it: {', '.join(report.busy)}.")
    _print_findings("Repaired", report.repaired)
    _print_findings("For your information", report.information)
    _print_findings("Unexplained", report.unexplained)
    if report.unexplained:
        return
    if report.repaired:
        print_text("\nEverything agrees now.")
    else:
        print_text("Everything agrees." if not report.information else "\nEverything else agrees.")


def _print_findings(title: str, findings: Sequence[Finding]) -> None:
    if not findings:
        return
    print_text(f"\n{title}:", style="bold")
    for finding in findings:
        print_text(f"- {finding.subject} ({finding.code}): {finding.wrong}\n  {finding.remedy}")


def _noun(plural: str, number: int) -> str:
    if number != 1:
        return plural
    return "entry" if plural == "entries" else plural.removesuffix("s")


def _as_json(report: Report) -> dict[str, object]:
    return {
        "compared": report.compared,
        "cash": [{"currency": cash.currency, "ledger": cash.ledger, "gateway": cash.gateway} for cash in report.cash],
        "repaired": [_finding(finding) for finding in report.repaired],
        "unexplained": [_finding(finding) for finding in report.unexplained],
        "information": [_finding(finding) for finding in report.information],
        "busy": report.busy,
    }


def _finding(finding: Finding) -> dict[str, object]:
    return {
        "code": finding.code,
        "subject": finding.subject,
        "contract": finding.contract_id,
        "wrong": finding.wrong,
        "what_to_do": finding.remedy,
    }
