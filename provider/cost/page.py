"""A report as one HTML page that needs nothing else: no script, no font, no picture from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from provider.cost.ahead import Outlook, outlooks
from provider.cost.chart import chart
from provider.cost.report import Report, Server
from provider.cost.words import headline, money, paid_until, place, remarks, signed, title, units

STYLE = """:root{color-scheme:light dark;--line:#8884;--before:#9aa3ad;--after:#2563eb;--bad:#b42318}
body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;overflow-wrap:break-word}
h1{font-size:1.3rem}h2{font-size:1.05rem;margin-top:2rem}
table{border-collapse:collapse;width:100%}
th,td{padding:.35rem .6rem;text-align:left;border-bottom:1px solid var(--line);vertical-align:top}
th:first-child,td:first-child{padding-left:0}th:last-child,td:last-child{padding-right:0}
.amount{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
th.amount{white-space:normal}.when{white-space:nowrap}
tr:has(+tr>.note)>td{border-bottom:0}
tr.total{font-weight:600}
.error{border-left:4px solid var(--bad);padding-left:.8rem}
.note{opacity:.8;font-size:.9em}
svg{display:block;width:100%;height:auto;font:11px system-ui,sans-serif}
svg line{stroke:var(--line)}svg text{fill:currentColor}
.before{fill:var(--before);background:var(--before)}.after{fill:var(--after);background:var(--after)}
.key{display:inline-block;width:.8em;height:.8em;print-color-adjust:exact}.key.after{margin-left:1em}
@media(prefers-color-scheme:dark){:root{--after:#60a5fa;--bad:#f97066}}
@media screen and (max-width:44rem){svg{font-size:18px}
.cards thead{display:none}.cards tr{display:block;padding:.5rem 0;border-bottom:1px solid var(--line)}
.cards tr:has(+tr>.note){border-bottom:0;padding-bottom:0}
.cards td{display:flex;justify-content:space-between;gap:1rem;padding:.1rem 0;border:0;text-align:right}
.cards td::before{content:attr(data-head);opacity:.8;text-align:left;white-space:nowrap}
.cards td:first-child{font-weight:600;text-align:left}.cards td:first-child::before{content:none}
.cards td:empty{display:none}.cards td.note{display:block;text-align:left}}
@media print{body{max-width:none;margin:0;font-size:12px}h2{break-after:avoid}tr,svg{break-inside:avoid}
details::details-content{content-visibility:visible;display:block;height:auto}}"""


def as_page(report: Report) -> str:
    """The page, ending with a line break."""
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Qual.IT: what the change costs</title>
<style>
{STYLE}
</style>
</head>
<body>
<h1>{escape(headline(report))}</h1>
{_joined(f'<p class="note">{escape(remark)}</p>' for remark in remarks(report))}
{_problems(report, "error")}
{_servers(report)}
{_joined(_outlook(outlook) for outlook in outlooks(report))}
{_parts(report)}
{_problems(report, "warning")}
<p class="note">Made on {report.today.isoformat()}. Prices include VAT (P8).</p>
</body>
</html>
"""


def _servers(report: Report) -> str:
    if not report.servers:
        return ""
    heads = ("Server", "Change", "Pay now", "Each month before", "Each month after", "Difference", "Paid until")
    rows = [_server(server, report, heads) for server in report.servers]
    for total in report.totals:
        if total.is_known:
            amounts = [money(each, total.currency) for each in (total.due_now, total.before, total.after)]
            unknown = f"{total.unknown} unknown" if total.unknown else ""
            cells = ("Total", unknown, *amounts, signed(total.difference, total.currency), "")
            rows.append(_row(cells, heads, kind="total"))
    return f"<h2>Servers</h2>\n{_table(heads, range(2, 6), rows)}"


def _server(server: Server, report: Report, heads: Sequence[str]) -> str:
    amounts = [money(each, server.currency) for each in (server.due_now, server.before, server.after)]
    difference = signed(server.difference, server.currency)
    return _row((title(server, report), server.change, *amounts, difference, paid_until(server)), heads)


def _row(cells: Iterable[str], heads: Sequence[str], *, kind: str = "") -> str:
    """A row; each cell has its column's head with it, for screens that are too narrow for columns."""
    written = [
        f'<td data-head="{head}"{_class(index)}>{escape(cell)}</td>'
        for index, (cell, head) in enumerate(zip(cells, heads, strict=True))
    ]
    return f"<tr{f' class={kind}' if kind else ''}>{''.join(written)}</tr>"


def _class(column: int) -> str:
    return ' class="amount"' if 2 <= column <= 5 else ' class="when"' if column == 6 else ""


def _table(heads: Sequence[str], amounts: range, rows: Iterable[str]) -> str:
    return f'<table class="cards">\n{_head(heads, amounts)}\n<tbody>\n{_joined(rows)}\n</tbody>\n</table>'


def _head(titles: Iterable[str], amounts: range) -> str:
    cells = [
        f'<th scope="col"{" class=amount" if index in amounts else ""}>{escape(each)}</th>'
        for index, each in enumerate(titles)
    ]
    return f"<thead><tr>{''.join(cells)}</tr></thead>"


def _outlook(outlook: Outlook) -> str:
    rows = "".join(
        f'<tr><td>{month.first:%Y-%m}</td><td class="amount">{month.before:.2f}</td>'
        f'<td class="amount">{month.after:.2f}</td></tr>'
        for month in outlook.months
    )
    left_out = (
        f'<p class="note">Left out, because their payments cannot be told: {escape(", ".join(outlook.left_out))}.</p>'
        if outlook.left_out
        else ""
    )
    return f"""<h2>Payments of the months ahead, {escape(outlook.currency)}</h2>
<p><span class="key before"></span> without the change <span class="key after"></span> with it.
What is paid now, and each renewal at the prices of today.</p>
{chart(outlook)}
{left_out}
<details><summary>In numbers</summary>
<table>{_head(("Month", "Without", "With"), range(1, 3))}<tbody>{rows}</tbody></table></details>"""


def _parts(report: Report) -> str:
    """Every resource with its components, the lines of what is paid now, and what has to be said of it."""
    heads = ("Resource", "What", "Quantity", "Unit price", "A month")
    rows = []
    for server in report.servers:
        for each in server.resources:
            currency = each.currency or ""
            side = each.after or each.before
            name = f"{server.project.name}: {each.address}" if report.several else each.address
            for part in side.components if side else ():
                amount = units(part) if each.kind == "resource" else ""
                cells = (name, part.name, amount, money(part.price, currency), money(part.monthly_cost, currency))
                rows.append(_row(cells, heads))
            said = [f"now: {line.description}: {money(line.amount, currency)}" for line in each.lines]
            if each.due_now is None:
                said.append("What is to be paid now is unknown.")
            rows += [
                f'<tr><td></td><td colspan="4" class="note">{escape(line)}</td></tr>' for line in (*said, *each.notes)
            ]
    return f"<h2>Parts</h2>\n{_table(heads, range(2, 5), rows)}" if rows else ""


def _problems(report: Report, severity: str) -> str:
    found = [(project, problem) for project, problem in report.problems if problem.severity == severity]
    if not found:
        return ""
    listed = _joined(
        f'<div class="{severity}"><p><strong>{escape(problem.summary)}</strong> '
        f"{escape(place(project, problem, report))}<br>{escape(problem.detail)}</p></div>"
        for project, problem in found
    )
    return f"<h2>{'Refused or failed' if severity == 'error' else 'Warnings'}</h2>\n{listed}"


def _joined(parts: Iterable[str]) -> str:
    return "\n".join(parts)
