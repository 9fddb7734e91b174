"""The page about the report: its example runs, and every field of the JSON is on it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from provider.cost.breakdown import as_json
from tests.cost.conftest import project, report
from tests.project.tree import ROOT

PAGE = (ROOT / "docs" / "cost.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "code"),
    [("terraform-improved", 0), ("terraform-unknown", 1), ("pulumi-refused", 1), ("terraform-foreign", 0)],
)
def test_the_policy_of_the_page_decides(name: str, code: int) -> None:
    [policy] = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    run = subprocess.run(
        [sys.executable, "-c", policy],
        input=as_json(report(project(name))),
        text=True,
        capture_output=True,
        check=False,
    )
    assert run.returncode == code, run.stderr


def test_the_policy_of_the_page_is_the_one_of_the_pipelines() -> None:
    assert f"```python\n{(ROOT / 'examples' / 'gitops' / 'policy.py').read_text(encoding='utf-8')}```" in PAGE


def names(value: Any) -> Iterator[str]:
    """Every key of a document."""
    if isinstance(value, dict):
        yield from value
        for each in value.values():
            yield from names(each)
    if isinstance(value, list):
        for each in value:
            yield from names(each)


def test_every_field_of_the_json_is_on_the_page() -> None:
    shown = json.loads(as_json(report(project("terraform-improved"), project("pulumi-refused"))))
    assert {name for name in names(shown) if not re.search(rf"\b{name}\b", PAGE)} == set()
