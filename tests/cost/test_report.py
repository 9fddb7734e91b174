"""Totals, the months ahead, and the four forms of a report."""

from __future__ import annotations

import json
import re
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

from provider.cost.ahead import outlooks
from provider.cost.breakdown import as_json
from provider.cost.markdown import as_markdown
from provider.cost.model import Project
from provider.cost.page import as_page
from provider.cost.report import Report
from provider.cost.words import headline
from tests.cost.conftest import TODAY, project, read, recorded, report


def in_dollars() -> Project:
    """The same new servers, sold in another currency."""
    document = recorded("terraform-new")
    for each in document["resource_changes"]:
        if each["change"]["after"].get("currency"):
            each["change"]["after"]["currency"] = "USD"
    return read(document, "america")


def test_the_headline_is_what_an_approval_needs(improved: Report) -> None:
    assert headline(improved) == "25.28 EUR to pay now, then 31.98 EUR a month (+10.00 EUR)."
    assert headline(report(project("terraform-state"))) == "21.98 EUR a month."
    assert headline(report(project("terraform-foreign"))) == "nothing of Qual.IT to pay."


def test_amounts_of_two_currencies_are_not_added_up() -> None:
    mixed = report(project("pulumi-new"), in_dollars())
    assert [(total.currency, str(total.after)) for total in mixed.totals] == [("EUR", "8.99"), ("USD", "21.98")]
    shown = json.loads(as_json(mixed))
    assert (shown["currency"], shown["totalMonthlyCost"], shown["dueNow"]) == (None, None, None)
    assert [total["totalMonthlyCost"] for total in shown["totals"]] == ["8.99", "21.98"]
    assert "not added up" in as_markdown(mixed)
    assert "26.97 EUR to pay now, then 8.99 EUR a month (+8.99 EUR); 182.85 USD to pay now" in headline(mixed)


def test_the_json_has_the_shape_that_infracosts_users_know(improved: Report) -> None:
    shown = json.loads(as_json(improved))
    assert (shown["version"], shown["qualitVersion"], shown["currency"]) == ("0.2", "1", "EUR")
    assert (shown["pastTotalMonthlyCost"], shown["totalMonthlyCost"], shown["diffTotalMonthlyCost"]) == (
        "21.98",
        "31.98",
        "10.00",
    )
    assert shown["dueNow"] == "25.28"
    [of] = shown["projects"]
    disk = next(each for each in of["breakdown"]["resources"] if each["name"] == "qualit_resource.disk")
    assert disk["costComponents"] == [
        {"name": "additional disk", "unit": "GiB", "monthlyQuantity": "50", "price": "0.10", "monthlyCost": "5.00"}
    ]
    assert (disk["dueNow"], disk["monthlyCost"], disk["server"]) == ("7.58", "5.00", "web-1")


def test_no_number_of_the_json_is_a_float(improved: Report) -> None:
    def refuse(text: str) -> Any:
        raise AssertionError(f"{text} is a float")

    json.loads(as_json(improved), parse_float=refuse)


def test_p7_an_unknown_price_is_null_in_the_json() -> None:
    [of] = json.loads(as_json(report(project("terraform-unknown"))))["projects"]
    disk = next(each for each in of["breakdown"]["resources"] if each["resourceType"] == "qualit_resource")
    assert (disk["dueNow"], disk["monthlyCost"], disk["costComponents"][0]["price"]) == (None, None, None)
    assert of["summary"]["totalUnknownResources"] == 1


def test_the_months_ahead_are_what_is_paid_now_and_each_renewal(improved: Report) -> None:
    [outlook] = outlooks(improved)
    months = {f"{month.first:%Y-%m}": (str(month.before), str(month.after)) for month in outlook.months}
    assert len(months) == 12
    assert months["2026-02"] == ("0.00", "25.28")
    assert months["2026-04"] == months["2026-07"] == months["2026-10"] == ("26.97", "56.97")
    # The contract of a year is renewed a day before its end (L1); the server's own ends on the same day.
    assert months["2027-01"] == ("182.85", "212.85")
    assert months["2026-03"] == ("0.00", "0.00")
    assert outlook.left_out == ()


def test_l1_what_does_not_renew_itself_has_no_payments_ahead() -> None:
    document = recorded("terraform-state")
    for each in document["values"]["root_module"]["resources"]:
        if "auto_renew" in each["values"]:
            each["values"]["auto_renew"] = False
    [outlook] = outlooks(report(read(document)))
    assert {month.after for month in outlook.months} == {Decimal("0.00")}


def test_a_contract_that_is_past_its_end_is_left_out_of_the_months_and_named() -> None:
    [outlook] = outlooks(Report((project("terraform-state"),), date(2026, 5, 1)))
    assert outlook.left_out == ("web-1",)


def test_the_comment_has_one_headline_a_small_table_and_folded_details(improved: Report) -> None:
    comment = as_markdown(improved)
    lines = comment.splitlines()
    assert lines[0] == "**Qual.IT: 25.28 EUR to pay now, then 31.98 EUR a month (+10.00 EUR).**"
    assert "| web-1 | changes | 25.28 EUR | 8.99 EUR | 18.99 EUR | +10.00 EUR | 2026-04-30 |" in lines
    assert "| 1 server unchanged |  |  |  |  |  |  |" in lines
    assert comment.count("<details>") == comment.count("</details>") == 1
    assert comment.index("7.58 EUR") > comment.index("<details>")


def test_the_comment_shows_a_refusal_before_everything() -> None:
    comment = as_markdown(report(project("pulumi-refused")))
    assert comment.startswith("**Qual.IT: Refused: nothing of it could be priced.**\n\n- **Downgrade refused")


def test_p7_there_is_no_total_where_nothing_is_known() -> None:
    document = recorded("terraform-unknown")
    document["resource_changes"] = [r for r in document["resource_changes"] if r["address"] == "qualit_resource.disk"]
    unknown = report(read(document))
    assert headline(unknown) == "no price is known yet (1 resource with a price that is not known yet)."
    for form in (as_markdown, as_page):
        assert "Total" not in form(unknown)
        assert "unknown" in form(unknown)


def test_names_are_no_markup_in_a_comment_or_a_page() -> None:
    document = recorded("terraform-new")
    for each in document["resource_changes"]:
        each["address"] = 'module.x["a|b"].<script>@team'
        each["change"]["after"]["name"] = "<img src=x>|@all"
    comment, page = as_markdown(report(read(document))), as_page(report(read(document)))
    for dangerous in ("<script", "<img", "@all", "@team"):
        assert dangerous not in comment
    assert "<img" not in page
    assert "<script" not in page
    row = next(line for line in comment.splitlines() if "&lt;img" in line)
    assert len(re.findall(r"(?<!\\)\|", row)) == 8


def test_a_comment_about_many_servers_stays_within_what_a_comment_may_be() -> None:
    document = recorded("terraform-improved")
    web = next(each for each in document["resource_changes"] if each["address"] == "qualit_vps.web")
    document["resource_changes"] = []
    for number in range(500):
        copy = json.loads(json.dumps(web))
        copy["address"] = f"qualit_vps.web[{number}]"
        for side in ("before", "after"):
            copy["change"][side] |= {"id": f"vps-{number}", "name": f"web-{number}"}
        document["resource_changes"].append(copy)
    comment = as_markdown(report(read(document)))
    assert len(comment) < 65_536
    assert "440 servers more that change" in comment
    assert "8850.00 EUR to pay now" in comment


class Elements(HTMLParser):
    """What a page refers to, and whether its elements are closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []
        self.bars = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.links += [value or "" for name, value in attrs if name in ("src", "href")]
        self.bars += tag == "rect"
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_needs_nothing_from_elsewhere_and_has_a_chart_of_twelve_months(improved: Report) -> None:
    page = as_page(improved)
    elements = Elements()
    elements.feed(page)
    assert (elements.open, elements.links, elements.bars) == ([], [], 24)
    assert "url(" not in page
    assert "@import" not in page
    assert "<title>2026-04 after: 56.97 EUR</title>" in page


def test_every_form_can_be_made_of_every_recording() -> None:
    names = ("new", "improved", "refused", "destroyed", "state")
    projects = [project(f"{tool}-{name}") for tool in ("terraform", "pulumi") for name in names]
    for each in (*map(report, projects), report(*projects), Report((), TODAY)):
        for form in (as_json, as_markdown, as_page):
            assert form(each).endswith("\n")


def test_s4_a_new_server_says_for_how_long_it_is_paid() -> None:
    comment = as_markdown(report(project("terraform-new")))
    assert "| web-1 | new | 26.97 EUR | 0.00 EUR | 8.99 EUR | +8.99 EUR | 3 months from now |" in comment
