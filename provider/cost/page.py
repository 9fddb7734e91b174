"""A report as one HTML page that needs nothing else: no script, no font, no picture from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from provider.cost.ahead import Outlook, outlooks
from provider.cost.chart import chart
from provider.cost.report import UNKNOWN_CURRENCY, Report, Server
from provider.cost.words import headline, money, paid_until, place, quantity, remarks, signed, title

STYLE = """:root{color-scheme:light dark;--line:#8884;--before:#9aa3ad;--after:#2563eb;--bad:#b42318}
body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.3rem}h2{font-size:1.05rem;margin-top:2rem}
table{border-collapse:collapse;width:100%}
th,td{padding:.35rem .6rem;text-align:left;border-bottom:1px solid var(--line);vertical-align:top}
.amount{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
tr.total{font-weight:600}
.error{border-left:4px solid var(--bad);padding-left:.8rem}
.note{opacity:.8;font-size:.9em}
svg{width:100%;height:auto;font:11px system-ui,sans-serif}
svg line{stroke:var(--line)}svg text{fill:currentColor}
.before{fill:var(--before);background:var(--before)}.after{fill:var(--after);background:var(--after)}
.key{display:inline-block;width:.8em;height:.8em}
@media(prefers-color-scheme:dark){:root{--after:#60a5fa;--bad:#f97066}}
@media print{body{max-width:none;margin:0}details{display:block}}"""


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
    rows = [_server(server, report) for server in report.servers]
    for total in report.totals:
        if total.currency != UNKNOWN_CURRENCY:
            amounts = [money(each, total.currency) for each in (total.due_now, total.before, total.after)]
            unknown = f"{total.unknown} unknown" if total.unknown else ""
            cells = ("Total", unknown, *amounts, signed(total.difference, total.currency), "")
            rows.append(_row(cells, kind="total"))
    heads = ("Server", "Change", "Pay now", "Each month before", "Each month after", "Difference", "Paid until")
    return f"<h2>Servers</h2>\n<table>\n{_head(heads, range(2, 6))}\n<tbody>\n{_joined(rows)}\n</tbody>\n</table>"


def _server(server: Server, report: Report) -> str:
    amounts = [money(each, server.currency) for each in (server.due_now, server.before, server.after)]
    return _row(
        (title(server, report), server.change, *amounts, signed(server.difference, server.currency), paid_until(server))
    )


def _row(cells: Iterable[str], *, kind: str = "") -> str:
    written = [
        f'<td class="amount">{escape(cell)}</td>' if 2 <= index <= 5 else f"<td>{escape(cell)}</td>"
        for index, cell in enumerate(cells)
    ]
    return f"<tr{f' class={kind}' if kind else ''}>{''.join(written)}</tr>"


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
    rows = []
    for server in report.servers:
        for each in server.resources:
            currency = each.currency or ""
            side = each.after or each.before
            for part in side.components if side else ():
                amount, price = quantity(part.quantity), money(part.price, currency)
                cells = (
                    each.address,
                    part.name,
                    f"{amount} {part.unit}",
                    price,
                    money(part.monthly_cost, currency),
                    "",
                )
                rows.append(_row(cells))
            said = [f"now: {line.description}: {money(line.amount, currency)}" for line in each.lines]
            if each.due_now is None:
                said.append("What is to be paid now is unknown.")
            rows += [
                f'<tr><td></td><td colspan="5" class="note">{escape(line)}</td></tr>' for line in (*said, *each.notes)
            ]
    if not rows:
        return ""
    heads = ("Resource", "What", "Quantity", "Unit price", "A month", "")
    return f"<h2>Parts</h2>\n<table>\n{_head(heads, range(2, 5))}\n<tbody>\n{_joined(rows)}\n</tbody>\n</table>"


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
