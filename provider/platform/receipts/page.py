"""A receipt as one page of HTML that needs nothing else, and that prints on A4. Every value is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from html import escape

from provider.platform.receipts.document import Receipt
from provider.platform.receipts.words import NO_CUSTOMER, details, percent

STYLE = """
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0; background: #eceff1; color: #1a1a1a; font: 11pt/1.45 system-ui, sans-serif; }
article { max-width: 210mm; margin: 8mm auto; padding: 20mm; background: #fff; }
header { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 6mm; margin-bottom: 12mm; }
h1 { margin: 0; font-size: 17pt; }
header p { margin: 0; }
.seller { font-weight: 600; }
.number { text-align: right; }
address { font-style: normal; margin-bottom: 10mm; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 1mm 6mm; margin: 0 0 10mm; }
dt { color: #555; }
dd { margin: 0; overflow-wrap: anywhere; }
table { width: 100%; border-collapse: collapse; }
caption { text-align: left; color: #555; padding-bottom: 2mm; }
th, td { padding: 2mm 0; text-align: left; vertical-align: top; font-weight: normal; }
thead th { border-bottom: 1.5pt solid #1a1a1a; font-weight: 600; }
tbody tr { border-bottom: .5pt solid #ccc; }
tbody tr, tfoot tr { break-inside: avoid; }
td:last-child, th.amount { text-align: right; white-space: nowrap; padding-left: 6mm; }
td:last-child { font-variant-numeric: tabular-nums; }
tfoot tr:first-child > * { padding-top: 4mm; }
tfoot tr:last-child > * { border-top: 1.5pt solid #1a1a1a; font-weight: 600; }
@page { size: A4; margin: 20mm; }
@media print {
  body { background: none; }
  article { max-width: none; margin: 0; padding: 0; }
  article + article { break-before: page; }
}
""".strip()


def as_page(documents: Sequence[Receipt]) -> str:
    """One page with these documents, each on a sheet of its own."""
    title = ", ".join(f"{document.title} {document.number}" for document in documents)
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<style>
{STYLE}
</style>
</head>
<body>
{_joined(_article(document) for document in documents)}
</body>
</html>
"""


def _article(receipt: Receipt) -> str:
    total = "Total paid" if receipt.kind == "receipt" else "Total given back"
    return f"""<article>
<header>
<div><p class="seller">{escape(receipt.seller)}</p><p>{escape(receipt.contact)}</p></div>
<div class="number"><h1>{receipt.title} {escape(receipt.number)}</h1>
<p><time datetime="{receipt.issued_at.isoformat()}">{receipt.issued_at.date().isoformat()}</time></p></div>
</header>
{_customer(receipt)}
<dl>
{_joined(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in details(receipt))}
</dl>
<table>
<caption>Prices include VAT.</caption>
<thead><tr><th scope="col">Description</th><th scope="col" class="amount">{escape(receipt.currency)}</th></tr></thead>
<tbody>
{_joined(_row("td", line.description, line.amount) for line in receipt.lines)}
</tbody>
<tfoot>
{_row("th", "Net", receipt.amounts.net)}
{_row("th", f"VAT {percent(receipt.vat_percent)}", receipt.amounts.vat)}
{_row("th", total, receipt.amounts.gross)}
</tfoot>
</table>
</article>"""


def _customer(receipt: Receipt) -> str:
    customer = receipt.customer
    if customer is None:
        return f"<p>Customer: account {escape(receipt.account_id)}. {escape(NO_CUSTOMER)}</p>"
    vat_id = [f"VAT id {customer.vat_id}"] if customer.vat_id else []
    lines = [*customer.address(), *vat_id, *([customer.email] if customer.email else [])]
    return f"<address>{'<br>'.join(escape(line) for line in lines)}</address>"


def _row(cell: str, description: str, amount: Decimal) -> str:
    scope = ' scope="row"' if cell == "th" else ""
    return f"<tr><{cell}{scope}>{escape(description)}</{cell}><td>{_amount(amount)}</td></tr>"


def _amount(amount: Decimal) -> str:
    return f"{amount:.2f}".replace("-", "−")


def _joined(parts: Iterable[str]) -> str:
    return "\n".join(parts)
