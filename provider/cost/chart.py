"""The chart of the months ahead: one inline SVG, with a title that says in words what it shows."""

from __future__ import annotations

from decimal import Decimal
from html import escape

from provider.cost.ahead import Outlook

_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP = 760, 250, 70, 46, 12


def chart(outlook: Outlook) -> str:
    """Two bars a month: what would be paid without the change, and with it."""
    most = max((max(month.before, month.after) for month in outlook.months), default=Decimal(0))
    top = _rounded_up(most)
    slot = Decimal(_WIDTH - _LEFT) / len(outlook.months)
    bar = slot * Decimal("0.36")
    parts = [_line(top * step / 4, top) for step in range(5)]
    for index, month in enumerate(outlook.months):
        x = _LEFT + slot * index + slot * Decimal("0.12")
        label = f"{month.first:%Y-%m}"
        parts.append(
            _bar(x, bar, month.before, top, "before", f"{label} before: {month.before:.2f} {outlook.currency}")
        )
        parts.append(
            _bar(x + bar, bar, month.after, top, "after", f"{label} after: {month.after:.2f} {outlook.currency}")
        )
        middle = x + bar
        parts.append(f'<text x="{middle:.1f}" y="{_HEIGHT - 25}" text-anchor="middle">{month.first:%b}</text>')
        if index == 0 or month.first.month == 1:
            parts.append(f'<text x="{middle:.1f}" y="{_HEIGHT - 5}" text-anchor="middle">{month.first:%Y}</text>')
    title = f"Payments of the next {len(outlook.months)} months in {outlook.currency}, before and after the change"
    return (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" xmlns="http://www.w3.org/2000/svg">'
        f"<title>{escape(title)}</title>{''.join(parts)}</svg>"
    )


def _line(value: Decimal, top: Decimal) -> str:
    y = _y(value, top)
    return (
        f'<line x1="{_LEFT}" x2="{_WIDTH}" y1="{y:.1f}" y2="{y:.1f}"/>'
        f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{value:.0f}</text>'
    )


def _bar(x: Decimal, width: Decimal, value: Decimal, top: Decimal, which: str, words: str) -> str:
    y = _y(value, top)
    height = _HEIGHT - _BOTTOM - y
    return (
        f'<rect class="{which}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}">'
        f"<title>{escape(words)}</title></rect>"
    )


def _y(value: Decimal, top: Decimal) -> Decimal:
    return _HEIGHT - _BOTTOM - (_HEIGHT - _BOTTOM - _TOP) * value / top


def _rounded_up(most: Decimal) -> Decimal:
    """The upper end of the scale, of which a quarter is a whole amount in round figures: 4, 8, 12 … 400, 480, 600 …"""
    step = Decimal(1)
    while True:
        for factor in map(Decimal, ("1", "1.2", "1.5", "2", "2.5", "3", "4", "5", "6", "8")):
            quarter = step * factor
            if 4 * quarter >= most and quarter == quarter.to_integral_value():
                return 4 * quarter
        step *= 10
