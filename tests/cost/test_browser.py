"""The page in a real browser: its chart has the bars that the JSON says, and it fits on a phone."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import dataclass
from decimal import Decimal
from html import escape, unescape
from pathlib import Path
from typing import Any

import pytest

from provider.cost.breakdown import as_json
from provider.cost.page import as_page
from provider.cost.report import Report
from tests.cost.conftest import project, report

pytestmark = pytest.mark.cli

PHONE, DESKTOP = 360, 1280
MEASURE = """
const measure = frame => {
  const page = frame.contentDocument, shown = frame.contentWindow;
  const box = each => each.getBoundingClientRect();
  return {
    width: page.documentElement.scrollWidth,
    bars: [...page.querySelectorAll("rect")].map(each => [each.textContent, box(each).height]),
    outside: [...page.querySelectorAll("h1, td, p, text")].filter(each => box(each).right > shown.innerWidth).length,
    heads: [...page.querySelectorAll("th")].filter(each => each.checkVisibility()).length,
    fetched: shown.performance.getEntriesByType("resource").length,
  };
};
addEventListener("load", () => {
  const measured = Object.fromEntries([...document.querySelectorAll("iframe")].map(each => [each.id, measure(each)]));
  document.body.innerHTML = `<pre>${JSON.stringify(measured)}</pre>`;
});
"""
"""Run beside the page, which has no script of its own."""


@dataclass(frozen=True)
class Shown:
    """What a browser makes of a page, by the width that it has, and what it wrote on its console."""

    at: dict[str, dict[str, Any]]
    console: list[str]


def shown(page: str, folder: Path) -> Shown:
    """Show a page with Chromium in two widths; skips the test where there is none."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("Chromium is not on PATH: see packaging/debian-packages.txt")
    frames = "".join(
        f'<iframe id="{width}" width="{width}" height="2000" style="border:0" srcdoc="{escape(page)}"></iframe>'
        for width in (PHONE, DESKTOP)
    )
    file = folder / "frames.html"
    file.write_text(f"<!doctype html><body>{frames}<script>{MEASURE}</script></body>", encoding="utf-8")
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--enable-logging=stderr"]
    run = subprocess.run(
        [chromium, *options, f"--user-data-dir={folder / 'profile'}", "--dump-dom", file.as_uri()],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    found = re.search(r"<pre>(.*?)</pre>", run.stdout, re.DOTALL)
    assert found, run.stderr
    return Shown(json.loads(unescape(found[1])), [line for line in run.stderr.splitlines() if "CONSOLE" in line])


def test_the_bars_of_the_chart_are_the_amounts_of_the_json(improved: Report, tmp_path: Path) -> None:
    seen = shown(as_page(improved), tmp_path)
    [outlook] = json.loads(as_json(improved))["monthsAhead"]
    amounts = {
        f"{month['month']} {which}: {month[which]} EUR": Decimal(month[which])
        for month in outlook["months"]
        for which in ("before", "after")
    }
    for measured in seen.at.values():
        heights = dict(measured["bars"])
        assert heights.keys() == amounts.keys()
        of_a_unit = max(heights.values()) / float(max(amounts.values()))
        assert {
            title: height for title, height in heights.items() if abs(height - float(amounts[title]) * of_a_unit) > 0.2
        } == {}
    assert seen.console == []


@pytest.mark.parametrize(
    "names", [("terraform-improved",), ("terraform-new", "pulumi-refused", "terraform-unknown", "terraform-tainted")]
)
def test_the_page_fits_on_a_phone_and_fetches_nothing(names: tuple[str, ...], tmp_path: Path) -> None:
    seen = shown(as_page(report(*map(project, names))), tmp_path)
    assert seen.console == []
    for width, measured in seen.at.items():
        assert measured["width"] <= int(width)
        assert (measured["outside"], measured["fetched"]) == (0, 0)
    # Columns have heads where there is room for columns; on a phone each amount has its name beside it.
    assert (seen.at[str(PHONE)]["heads"], seen.at[str(DESKTOP)]["heads"]) == (0, 12)
