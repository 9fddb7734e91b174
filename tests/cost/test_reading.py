"""Each format is read into the same model, with what it cannot say told."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from provider.cost.document import read_document
from provider.cost.model import Project, UnreadableError
from provider.cost.report import servers, totals
from provider.cost.terraform import read_diagnostics, read_plan
from tests.cost.conftest import project, read, recorded, report


def amounts(of: Project, server: str) -> tuple[Any, ...]:
    """What a server costs now, before and after, and what happens to it."""
    found = next(each for each in servers(of) if each.name == server)
    until = found.paid_until.isoformat() if found.paid_until else None
    return (_text(found.due_now), _text(found.before), _text(found.after), found.change, until)


def _text(price: Decimal | None) -> str | None:
    return None if price is None else str(price)


@pytest.mark.parametrize(
    ("name", "server", "expected"),
    [
        ("terraform-new", "web-1", ("26.97", "0.00", "8.99", "new", None)),
        ("terraform-new", "worker-1", ("155.88", "0.00", "12.99", "new", None)),
        ("terraform-improved", "web-1", ("25.28", "8.99", "18.99", "changes", "2026-04-30")),
        ("terraform-improved", "worker-1", ("0.00", "12.99", "12.99", "unchanged", "2027-01-31")),
        ("terraform-destroyed", "web-1", ("0.00", "8.99", "0.00", "ends", "2026-04-30")),
        ("terraform-released", "web-1", ("0.00", "8.99", "8.99", "an addition is released", "2026-04-30")),
        ("terraform-state", "web-1", ("0.00", "8.99", "8.99", "unchanged", "2026-04-30")),
        ("terraform-unknown", "web-1", (None, "0.00", None, "new", None)),
        ("terraform-refused", "web-1", (None, "8.99", None, "not planned", "2026-04-30")),
        ("pulumi-new", "web-1", ("26.97", "0.00", "8.99", "new", None)),
        ("pulumi-improved", "web-1", ("25.28", "8.99", "18.99", "changes", "2026-04-30")),
        ("pulumi-destroyed", "web-1", ("0.00", "8.99", "0.00", "ends", "2026-04-30")),
        ("pulumi-state", "web-1", ("0.00", "8.99", "8.99", "unchanged", "2026-04-30")),
        ("pulumi-native", "web-1", ("26.97", "0.00", "8.99", "new", None)),
        ("pulumi-native-improved", "web-1", ("17.70", "8.99", "15.99", "changes", "2026-04-30")),
    ],
)
def test_a_server_costs_what_the_tool_planned(name: str, server: str, expected: tuple[Any, ...]) -> None:
    assert amounts(project(name), server) == expected


@pytest.mark.parametrize("name", ["pulumi-new", "pulumi-native", "terraform-new"])
def test_s2_an_addition_has_its_units_and_its_unit_price(name: str) -> None:
    [disk] = [each for each in project(name).resources if each.kind == "resource"]
    assert disk.after is not None
    [component] = disk.after.components
    assert (component.quantity, component.unit, component.price) == (Decimal(20), "GiB", Decimal("0.10"))


def test_p7_an_unknown_price_is_counted_and_in_no_total() -> None:
    of = project("terraform-unknown")
    [total] = totals(of.resources)
    assert (total.due_now, total.after, total.unknown) == (Decimal("20.97"), Decimal("6.99"), 1)
    assert of.foreign == 1


def test_p7_an_unknown_price_of_a_native_pulumi_resource_is_unknown() -> None:
    document = recorded("pulumi-native")
    said = next(each for each in document["diagnostics"] if each["urn"].endswith("disk"))
    said["message"] = "What this will charge is not known yet: it depends on values that are known only after others.\n"
    assert amounts(read(document), "web-1") == (None, "0.00", None, "new", None)


def test_p7_a_native_create_without_a_notice_is_not_taken_for_free() -> None:
    document = recorded("pulumi-native")
    document["diagnostics"] = []
    assert report(read(document)).unknown == 2


def test_a_free_change_of_a_native_resource_keeps_its_price() -> None:
    document = recorded("pulumi-native-improved")
    document["diagnostics"] = []
    for step in document["steps"]:
        if step["urn"].endswith("web"):
            step["newState"]["inputs"] = {**step["oldState"]["inputs"], "labels": {"team": "shop"}}
    assert amounts(read(document), "web-1")[:3] == ("0.00", "8.99", "8.99")


def test_c5_a_released_addition_stays_paid_and_is_told() -> None:
    [disk] = [each for each in project("terraform-released").resources if each.kind == "resource"]
    assert "C5" in disk.notes[0]


def test_c8_the_end_of_a_server_says_what_is_lost() -> None:
    [web] = [each for each in project("terraform-destroyed").resources if each.name == "web-1"]
    assert web.notes == (
        "Ends, paid until 2026-04-30: the machine and its disk are deleted, and nothing is paid back (C8).",
    )


def test_l5_a_contract_that_was_bought_apart_outlives_its_server() -> None:
    document = recorded("terraform-destroyed")
    order = next(each for each in document["resource_changes"] if each["type"] == "qualit_order")
    order["change"] = {**order["change"], "actions": ["no-op"], "after": order["change"]["before"]}
    of = read(document)
    assert amounts(of, "worker-1")[:3] == ("0.00", "12.99", "12.99")
    [worker] = [each for each in of.resources if each.name == "worker-1"]
    assert "goes on, paid until 2027-01-31 (L5)" in worker.notes[0]


@pytest.mark.parametrize("name", ["pulumi-refused", "pulumi-native-refused"])
def test_a_refused_preview_says_what_is_refused_and_why(name: str) -> None:
    [problem] = project(name).errors
    assert (problem.address, problem.summary) == ("web", "Downgrade refused: vps-2 to vps-1 (rule C2)")
    assert problem.detail.startswith('offer = "vps-1" has less than vps-2')


def test_a_failed_plan_says_that_it_is_a_part_and_shows_what_there_is() -> None:
    of = project("terraform-refused")
    assert [each.summary for each in of.errors] == ["The plan failed"]
    [total] = totals(of.resources)
    assert (total.before, total.after, total.difference, total.unknown) == (
        Decimal("21.98"),
        Decimal("12.99"),
        Decimal("0.00"),
        2,
    )


def test_the_errors_of_a_plan_are_read_from_its_log() -> None:
    diagnostic = {
        "severity": "error",
        "summary": "Downgrade refused",
        "detail": "Write vps-2.",
        "address": "qualit_vps.web",
    }
    log = (
        f"not JSON\n{json.dumps({'type': 'version'})}\n{json.dumps({'type': 'diagnostic', 'diagnostic': diagnostic})}\n"
    )
    problems = read_diagnostics(log)
    of = read_plan(recorded("terraform-refused"), "shop", problems)
    assert [(each.address, each.summary) for each in of.errors] == [("qualit_vps.web", "Downgrade refused")]


def test_a_preview_that_hides_what_does_not_change_is_told() -> None:
    [warning] = project("pulumi-native-hidden").warnings
    assert "--show-sames" in warning.detail


def test_a_warning_of_a_preview_is_told_as_such_once() -> None:
    document = recorded("pulumi-native")
    urn = document["diagnostics"][0]["urn"]
    told = {
        "urn": urn,
        "severity": "warning",
        "message": "warning: The quoted price is no longer held (rule P5): 5.06.\n",
    }
    document["diagnostics"].append(told)
    [warning] = read(document).warnings
    assert (warning.summary, warning.detail) == ("The quoted price is no longer held (rule P5)", "5.06.")


def test_a_tainted_server_is_told_and_still_has_its_price() -> None:
    of = project("terraform-tainted")
    [warning] = of.warnings
    assert (warning.address, warning.detail) == (
        "qualit_vps.web",
        "If that is not meant: terraform untaint qualit_vps.web",
    )
    assert amounts(of, "web-1")[2] == "8.99"


def test_a_plan_of_another_provider_has_nothing_of_ours() -> None:
    of = project("terraform-foreign")
    assert (of.resources, of.foreign) == ((), 1)


def test_types_of_our_name_from_another_provider_are_not_ours() -> None:
    document = recorded("terraform-new")
    for each in document["resource_changes"]:
        each["provider_name"] = "registry.terraform.io/someone/else"
    assert read(document).resources == ()


def test_a_server_in_a_module_of_a_state_is_found() -> None:
    document = recorded("terraform-state")
    root = document["values"]["root_module"]
    document["values"]["root_module"] = {"child_modules": [{"address": "module.shop", "child_modules": [root]}]}
    assert amounts(read(document), "web-1")[2] == "8.99"


def test_a_replacement_is_an_end_and_a_new_server() -> None:
    document = recorded("terraform-improved")
    web = next(each for each in document["resource_changes"] if each["address"] == "qualit_vps.web")
    web["change"]["actions"] = ["delete", "create"]
    actions = [each.action for each in read(document).resources if each.address == "qualit_vps.web"]
    assert actions == ["end", "create"]


def test_a_replacement_of_another_generation_loses_the_old_contract() -> None:
    document = recorded("terraform-improved")
    web = next(each for each in document["resource_changes"] if each["address"] == "qualit_vps.web")
    web["change"]["actions"] = ["delete", "create"]
    web["change"]["after"]["id"] = "vps-another"
    [old] = [each for each in read(document).resources if each.kind == "vps" and each.action == "end"]
    assert "nothing is paid back (C8)" in old.notes[0]


def test_p7_a_dynamic_resource_with_an_unknown_price_is_unknown() -> None:
    document = recorded("pulumi-new")
    for step in document["steps"]:
        if step["urn"].endswith("disk"):
            unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
            step["newState"]["inputs"] |= {"quantity": unknown, "monthlyPrice": unknown, "unitPrice": unknown}
            del step["newState"]["inputs"]["charge"]
    assert amounts(read(document), "web-1") == (None, "0.00", None, "new", None)


def test_an_amount_that_is_none_is_unknown_and_named() -> None:
    document = recorded("terraform-new")
    for each in document["resource_changes"]:
        if each["type"] == "qualit_resource":
            each["change"]["after"]["monthly_price"] = 2.0
    [disk] = [each for each in read(document).resources if each.kind == "resource"]
    assert disk.monthly_after is None
    assert "no amount" in disk.notes[0]


def test_an_empty_state_is_a_state() -> None:
    assert (read({"format_version": "1.0"}).kind, read({"format_version": "1.0"}).resources) == ("state", ())


@pytest.mark.parametrize(
    ("content", "summary", "remedy"),
    [
        (
            b"PK\x03\x04rest of an archive",
            "saved.tfplan is a plan file",
            "terraform show -json saved.tfplan > plan.json",
        ),
        (b"", "saved.tfplan is empty", "terraform show -json"),
        (b'{"format_version": "1.2", "resource_changes": [{"address"', "ends in the middle", "cut off in line 1"),
        (b'{"format_version": "1.2", }', "is not JSON", "line 1, column"),
        (b"Error: no plan", "is not JSON", "pulumi preview --json"),
        (b"[1, 2]", "is no plan", "no object"),
        (b'{"a": 1}', "is no plan", "a JSON object with a"),
        (b'{"version": 4, "terraform_version": "1.11.4", "lineage": "x"}', "is a state file", "terraform show -json"),
        (b'{"@level": "info", "type": "version"}\n{"@level": "info"}\n', "is the log of a plan", "-out=FILE"),
        (b'{"sequence": 1, "timestamp": 2}\n{"sequence": 2, "timestamp": 2}\n', "is a stream of events", "--event-log"),
        (b"\xff\x00\x9c", "is not text", "terraform show -json"),
        (b'{"format_version": "2.0", "resource_changes": []}', "newer than this program", "format_version is 2.0"),
        (b'{"version": 5, "deployment": {}}', "newer than this program", "export of version 5"),
        (b"[" * 200_000, "is nested too deep", "terraform show -json"),
    ],
)
def test_what_is_no_plan_is_told_with_what_to_give(content: bytes, summary: str, remedy: str) -> None:
    with pytest.raises(UnreadableError) as raised:
        read_document(content, "saved.tfplan")
    assert summary in raised.value.summary
    assert remedy in raised.value.detail


@pytest.mark.parametrize("version", ["0.2", "1.0", "1.99"])
def test_a_plan_of_another_minor_version_is_read(version: str) -> None:
    assert len(read({**recorded("terraform-new"), "format_version": version}).resources) == 4


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_file_that_powershell_wrote_is_read(encoding: str) -> None:
    content = json.dumps(recorded("terraform-new")).encode(encoding)
    assert len(read_document(content, "plan.json").resources) == 4


@pytest.mark.parametrize("broken", [None, 7, "x", [], [None, 7], {}])
def test_a_document_of_a_strange_shape_is_read_as_far_as_it_goes(broken: object) -> None:
    for document in (
        {"format_version": "1.2", "resource_changes": broken},
        {"format_version": "1.2", "errored": True, "prior_state": broken},
        {"format_version": "1.0", "values": broken},
        {"steps": [], "diagnostics": broken, "changeSummary": broken},
        {"deployment": {"resources": broken}},
        {"steps": [{"op": "create", "newState": broken}]},
    ):
        assert read(document).resources == ()
