"""Plan, apply, read: what a person's change becomes, checked as a host checks it."""

from __future__ import annotations

from typing import Any

import pytest

from provider.resources.model import UNKNOWN
from provider.terraform.server import Server
from tests.terraform.host import AnswerError, Host, State

BOX = "qualit_box"
EVERYTHING: dict[str, Any] = {
    "name": "full",
    "size": 3,
    "big": 12345678901234567890123456789012345678,
    "open": True,
    "tags": ["b", "a", "b"],
    "labels": {"k": "v"},
    "limits": {"cpu": 2, "given": None},
    "disks": [{"gib": 10, "key_wo": "s3cret"}, {"gib": 20, "key_wo": None}],
    "ports": [{"number": 80}, {"number": 22}],
    "secret_wo": "hunter2",
}


def path_of(diagnostic: Any) -> list[Any]:
    return [getattr(step, step.WhichOneof("selector")) for step in diagnostic.attribute.steps]


def test_a_create_plans_known_values_and_applies_them(host: Host) -> None:
    plan = host.plan(BOX, host.config(BOX, **EVERYTHING))
    assert plan.planned is not None
    assert (plan.planned["price"], plan.planned["address"]) == ("3.00", UNKNOWN)
    state = host.apply(BOX, plan)
    assert state.values is not None
    assert state.values["address"] == "10.0.0.1"
    assert state.values["big"] == EVERYTHING["big"]
    assert state.values["tags"] == ["a", "b"]
    assert state.values["limits"] == {"cpu": 2, "given": "by the toy"}


def test_write_only_values_are_used_and_nowhere_kept_also_not_nested_ones(host: Host) -> None:
    plan = host.plan(BOX, host.config(BOX, **EVERYTHING))
    state = host.apply(BOX, plan)
    for kept in (plan.planned, state.values):
        assert kept is not None
        assert kept["secret_wo"] is None
        assert kept["disks"][0]["key_wo"] is None
    assert state.values is not None
    assert state.values["secret_length"] == len("hunter2")


def test_a_second_plan_of_the_same_configuration_changes_nothing(host: Host) -> None:
    state = host.refresh(BOX, host.create(BOX, **EVERYTHING))
    assert host.plan(BOX, host.config(BOX, **EVERYTHING), state).planned == state.values


def test_c10_leaving_out_an_optional_computed_attribute_keeps_its_value(host: Host) -> None:
    state = host.create(BOX, name="kept", size=4)
    plan = host.plan(BOX, host.config(BOX, name="kept"), state)
    assert plan.planned is not None
    assert plan.planned["size"] == 4


def test_what_is_unknown_at_plan_is_decided_at_apply(host: Host) -> None:
    plan = host.plan(BOX, host.config(BOX, name="later", size=UNKNOWN, tags=[UNKNOWN, "x"], labels=UNKNOWN))
    assert plan.planned is not None
    assert plan.planned["price"] is UNKNOWN
    state = host.apply(BOX, plan, size=7, tags=["y", "x"], labels={})
    assert state.values is not None
    assert (state.values["price"], state.values["tags"], state.values["labels"]) == ("7.00", ["x", "y"], {})


def test_a_string_of_five_megabytes_goes_there_and_back(host: Host) -> None:
    state = host.create(BOX, name="large", labels={"text": "ä" * 2_500_000})
    assert state.values is not None
    assert len(host.refresh(BOX, state).values["labels"]["text"]) == 2_500_000  # type: ignore[index]


def test_a_refusal_points_at_the_attribute_as_far_as_the_schema_has_the_path(host: Host) -> None:
    with pytest.raises(AnswerError) as refused:
        host.plan(
            BOX, host.config(BOX, name="a", limits={"cpu": 11, "given": None}, disks=[{"gib": 13, "key_wo": None}])
        )
    assert [path_of(one) for one in refused.value.errors] == [["limits", "cpu"], ["disks", 0, "gib"]]


def test_an_exception_of_the_platform_becomes_its_own_words_with_the_rule(host: Host) -> None:
    state = host.create(BOX, name="a", size=4)
    with pytest.raises(AnswerError) as refused:
        host.plan(BOX, host.config(BOX, name="a", size=2), state)
    (error,) = refused.value.errors
    assert (error.summary, error.detail) == ("Downgrade refused (rule C2)", "Boxes do not shrink.")
    assert path_of(error) == ["size"]


def test_an_unexpected_exception_is_a_bug_with_its_place_and_without_its_words(
    host: Host, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(AnswerError) as refused:
        host.plan(BOX, host.config(BOX, name="explode"))
    (error,) = refused.value.errors
    assert error.summary == "This is a bug of the provider"
    assert "RuntimeError at provider/terraform/server/plan.py" in error.detail
    assert "terraform-provider.log" in error.detail
    logged = capsys.readouterr().err
    assert "unexpected RuntimeError" in logged
    assert "hunter2" not in error.detail + logged


def test_static_checks_run_before_anything_is_configured(unconfigured: Host) -> None:
    with pytest.raises(AnswerError, match="A name has no spaces") as refused:
        unconfigured.plan(BOX, unconfigured.config(BOX, name="a b"))
    assert path_of(refused.value.errors[0]) == ["name"]


def test_a_host_that_would_store_write_only_values_is_refused_them(host: Host) -> None:
    config = host.out(BOX, host.config(BOX, **EVERYTHING))
    with pytest.raises(AnswerError, match=r"Terraform 1\.11") as refused:
        host.call("ValidateResourceConfig", type_name=BOX, config=config)
    assert [path_of(one) for one in refused.value.errors] == [["disks", 0, "key_wo"], ["secret_wo"]]


def test_a_destroy_is_planned_with_its_warning(host: Host) -> None:
    state = host.create(BOX, name="a")
    plan = host.plan(BOX, None, state)
    assert plan.planned is None
    assert [one.summary for one in plan.warnings] == ["The box is lost"]
    assert host.apply(BOX, plan).values is None
    assert host.refresh(BOX, state).values is None


def test_a_failed_create_leaves_nothing(host: Host) -> None:
    with pytest.raises(AnswerError, match="Declined") as refused:
        host.create(BOX, name="declined")
    assert refused.value.state == State(None, b"")


def test_a_failed_update_leaves_the_state_and_what_is_stored_beside_it(host: Host, server: Server) -> None:
    state = host.refresh(BOX, host.create(BOX, name="a"))
    assert state.values is not None
    renamed = State(state.values | {"name": "declined"}, state.private)
    plan = host.plan(BOX, host.config(BOX, name="declined", size=9), renamed)
    with pytest.raises(AnswerError, match="Declined") as refused:
        host.apply(BOX, plan)
    assert refused.value.state == renamed


def test_private_data_is_stored_by_read_and_apply_and_goes_through_a_plan(host: Host) -> None:
    created = host.create(BOX, name="late")
    assert created.private == b'{"order": "ord-1"}'
    refreshed = host.refresh(BOX, created)
    assert refreshed.private == b'{"planned_on": "2026-01-31"}'
    plan = host.plan(BOX, host.config(BOX, name="late", size=2), refreshed)
    assert plan.private == refreshed.private


def test_a_mistake_in_one_attribute_after_an_apply_neither_loses_nor_taints_what_was_paid_for(host: Host) -> None:
    plan = host.plan(BOX, host.config(BOX, name="sloppy"))
    state = host.apply(BOX, plan)
    assert state.values is not None
    assert (state.values["price"], state.values["address"]) == ("1.00", None)


def test_a_stopped_provider_begins_nothing_new(host: Host) -> None:
    plan = host.plan(BOX, host.config(BOX, name="a"))
    assert host.call("StopProvider").Error == ""
    with pytest.raises(AnswerError, match="Stopped before this change was begun") as refused:
        host.apply(BOX, plan)
    assert refused.value.state == State()


def test_an_import_gives_a_state_that_plans_nothing(host: Host) -> None:
    host.create(BOX, name="a", size=2)
    imported = host.import_state(BOX, "a")
    assert host.plan(BOX, host.config(BOX, name="a", size=2), imported).planned == imported.values


def test_an_import_of_nothing_names_the_id(host: Host) -> None:
    with pytest.raises(AnswerError, match='no qualit_box with the import id "ghost"'):
        host.import_state(BOX, "ghost")


def test_a_move_from_another_type_is_refused_with_what_to_write(host: Host) -> None:
    with pytest.raises(AnswerError, match=r"import \{ to = qualit_box"):
        host.call("MoveResourceState", source_type_name="other_server", target_type_name=BOX)


def test_a_data_source_reads(host: Host) -> None:
    host.create(BOX, name="b")
    host.create(BOX, name="a")
    assert host.look_up("qualit_box_names")["names"] == ["a", "b"]
    assert host.look_up("qualit_box_names", prefix="b")["names"] == ["b"]
    with pytest.raises(AnswerError, match="An empty prefix"):
        host.look_up("qualit_box_names", prefix="")


def test_a_type_that_is_not_ours_is_named(host: Host) -> None:
    with pytest.raises(AnswerError, match="no qualit_barrel"):
        host.call("UpgradeResourceState", type_name="qualit_barrel")
