"""The generated files are what the resource model says now, and the same as the native plugin's schema."""

from __future__ import annotations

import inspect
from typing import Any

import pulumi
import pytest
from pulumi import _types

import pulumi_qualit
from provider.pulumi.package import package_schema
from provider.pulumi.sdk import FOLDER, generated_files
from provider.resources.registry import DATA_SOURCES, FUNCTIONS, MANAGED, PROVIDER_SCHEMA
from pulumi_qualit._settings import SETTINGS

SCHEMA: dict[str, Any] = package_schema(PROVIDER_SCHEMA, MANAGED, DATA_SOURCES, FUNCTIONS)
LOOKED_UP = [token for token in SCHEMA["functions"] if token.startswith("qualit:index:get")]
CLASSES: dict[str, tuple[type[pulumi.CustomResource], type[Any]]] = {
    "Vps": (pulumi_qualit.Vps, pulumi_qualit.VpsArgs),
    "Order": (pulumi_qualit.Order, pulumi_qualit.OrderArgs),
    "Resource": (pulumi_qualit.Resource, pulumi_qualit.ResourceArgs),
}


def test_the_generated_files_are_current() -> None:
    for name, text in generated_files().items():
        assert (FOLDER / name).read_text() == text, f"{name}: run python -m provider.pulumi.sdk"


def test_there_is_a_class_for_every_resource_of_the_schema() -> None:
    assert {f"qualit:index:{name}" for name in CLASSES} == set(SCHEMA["resources"])


@pytest.mark.parametrize("kind", CLASSES)
def test_a_resource_has_the_outputs_of_the_schema(kind: str) -> None:
    assert set(_types.resource_types(CLASSES[kind][0])) == set(
        SCHEMA["resources"][f"qualit:index:{kind}"]["properties"]
    )


@pytest.mark.parametrize("kind", CLASSES)
def test_its_args_have_the_inputs_of_the_schema(kind: str) -> None:
    names = _types.input_type_py_to_pulumi_names(CLASSES[kind][1])
    assert set(names.values()) == set(SCHEMA["resources"][f"qualit:index:{kind}"]["inputProperties"])


def test_there_is_a_function_for_every_one_of_the_schema() -> None:
    wanted = {token.removeprefix("qualit:index:get") for token in LOOKED_UP}
    given = {name for name in pulumi_qualit.__all__ if name.startswith("Get")}
    assert {f"Get{name}Result" for name in wanted} == given


@pytest.mark.parametrize("token", LOOKED_UP)
def test_a_functions_result_has_the_properties_of_the_schema(token: str) -> None:
    result = getattr(pulumi_qualit, f"Get{token.removeprefix('qualit:index:get')}Result")
    assert set(_types.output_type_types(result)) == set(SCHEMA["functions"][token]["outputs"]["properties"])


def test_there_is_a_function_for_every_one_that_looks_nothing_up() -> None:
    for function in FUNCTIONS:
        parameters = list(inspect.signature(getattr(pulumi_qualit, function.name)).parameters)
        assert parameters == list(function.parameters)


def test_every_setting_of_the_schema_is_known() -> None:
    assert set(SETTINGS) == set(SCHEMA["config"]["variables"])


def test_everything_is_described() -> None:
    for outputs, args in CLASSES.values():
        assert outputs.__doc__
        assert args.__doc__
