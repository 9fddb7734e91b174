"""The words that every form of a report has in common: amounts, the headline, what stands beside the totals."""

from __future__ import annotations

from provider.cost.model import CostComponent, Price, Problem, Project
from provider.cost.report import UNKNOWN_CURRENCY, Report, Server, Total

UNKNOWN_AMOUNT = "unknown"


def money(price: Price, currency: str) -> str:
    """``20.97 EUR``, or that it is unknown."""
    return UNKNOWN_AMOUNT if price is None else f"{price:.2f} {currency}"


def signed(price: Price, currency: str) -> str:
    """A difference with its sign, ``0.00`` without one."""
    if price is None:
        return UNKNOWN_AMOUNT
    return f"{price:+.2f} {currency}" if price else f"0.00 {currency}"


def counted(count: int, thing: str) -> str:
    return f"{count} {thing}{'' if count == 1 else 's'}"


def headline(report: Report) -> str:
    """The one sentence that an approval needs."""
    if not report.projects:
        return "Nothing could be read, so nothing is known of what it costs."
    is_failed = any(project.errors for project in report.projects)
    if is_failed and all(each.has_unknown or each.action == "keep" for each in report.resources):
        return "Refused: nothing of it could be priced."
    refused = "Refused, and incomplete: " if report.is_refused else ""
    priced = [total for total in report.totals if total.is_known]
    if not priced:
        if report.unknown:
            return f"{refused}no price is known yet ({_unknown(report.unknown)})."
        return f"{refused}nothing of Qual.IT to pay."
    unknown = f"; {_unknown(report.unknown)}" if report.unknown else ""
    return f"{refused}{'; '.join(_sentence(total, report) for total in priced)}{unknown}."


def _sentence(total: Total, report: Report) -> str:
    monthly = money(total.after, total.currency)
    if report.is_of_states_alone:
        return f"{monthly} a month"
    change = f" ({signed(total.difference, total.currency)})" if total.difference else ", as before"
    if not total.due_now:
        return f"nothing to pay now, then {monthly} a month{change}"
    return f"{money(total.due_now, total.currency)} to pay now, then {monthly} a month{change}"


def _unknown(count: int) -> str:
    return f"{counted(count, 'resource')} with a price that is not known yet"


def remarks(report: Report) -> tuple[str, ...]:
    """What has to be said beside the amounts."""
    said = []
    if len([total for total in report.totals if total.currency != UNKNOWN_CURRENCY]) > 1:
        said.append("Amounts are in several currencies, which are not added up: there is a total for each.")
    if report.unknown:
        said.append("What is unknown is in no total (P7): it is priced before it is ordered.")
    if report.is_refused and report.resources:
        said.append("A part of it was refused or failed: the totals are of what could be planned.")
    for project in report.projects:
        if not project.resources and not project.errors:
            others = f" ({counted(project.foreign, 'resource')} of other providers)" if project.foreign else ""
            said.append(f"{project.name}: nothing of Qual.IT in it{others}.")
    return tuple(said)


def paid_until(server: Server) -> str:
    """Until when it is paid; of a new contract for how long. Empty where it is not told."""
    if server.paid_until:
        return server.paid_until.isoformat()
    return f"{counted(server.term_months, 'month')} from now" if server.term_months else ""


def title(server: Server, report: Report) -> str:
    """A server's name, with its project where there are several."""
    return f"{server.project.name}: {server.name}" if report.several else server.name


def place(project: Project | None, problem: Problem, report: Report) -> str:
    """Where a problem is, empty where that is clear."""
    of_project = project.name if project is not None and report.several else ""
    return ": ".join(part for part in (of_project, problem.address) if part)


def units(part: CostComponent) -> str:
    """How much of it there is, such as ``50 GiB``."""
    return UNKNOWN_AMOUNT if part.quantity is None else f"{part.quantity.normalize():f} {part.unit}"
