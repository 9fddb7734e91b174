"""The documents: what they name is there."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import get_args

import pytest

from provider.configuration import ENVIRONMENT
from provider.platform.payments.sandbox.faults import OPERATIONS, FaultKind
from provider.platform.payments.sandbox.methods import BEHAVIOURS, METHODS
from tests.project.tree import DOCUMENTS, ROOT, modules

RULE_ROW = re.compile(r"^\| ([A-Z]\d+) \|", re.MULTILINE)
RULE_LITERAL = re.compile(r"""(?:rule=|Refusal\(\s*)["']([A-Z]\d+)["']""")
TOP_LEVEL = "provider|pulumi_qualit|proto|examples|tests|packaging|docs|benchmarks"
PATH = re.compile(rf"`((?:{TOP_LEVEL})/[\w./-]*|[\w.-]+\.(?:py|md|toml|in|lock))`")
GENERATED_OR_LATER = {"provider.py", "provider/pulumi"}
"""A user's file, and a part that the design shows as one of a later release."""

documents = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))


def targets(makefile: str) -> set[str]:
    return set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))


@documents
def test_a_document_links_to_files_that_exist(document: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)", document.read_text())
    assert [link for link in links if "://" not in link and not (document.parent / link).exists()] == []


@documents
def test_a_document_names_files_that_exist(document: Path) -> None:
    named = {name.rstrip("/") for name in PATH.findall(document.read_text())} - GENERATED_OR_LATER
    missing = {name for name in named if not (ROOT / name).exists() and not list(ROOT.glob(f"*/**/{name}"))}
    assert missing == set()


@documents
def test_a_document_names_commands_of_the_makefile(document: Path) -> None:
    named = set(re.findall(r"(?:`|^)make ([a-z-]+)", document.read_text(), re.MULTILINE))
    assert named - targets((ROOT / "Makefile").read_text()) == set()


def test_the_help_shows_every_command_of_the_makefile() -> None:
    shown = subprocess.run(["make", "help"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert set(re.findall(r"^  make ([a-z-]+)", shown, re.MULTILINE)) == targets((ROOT / "Makefile").read_text())


def test_the_readme_shows_each_setting_once_with_its_attribute() -> None:
    rows = re.findall(r"^\| `(QUALIT_\w+)` \| `(\w+)` \|", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert sorted(rows) == sorted((variable, attribute) for attribute, variable in ENVIRONMENT.items())


def test_the_sandbox_gateways_page_shows_every_method_fault_and_operation() -> None:
    page = (ROOT / "docs" / "sandbox-gateway.md").read_text()
    rows = re.findall(r"^\| `(test-[\w-]+)` \| (\w+) \|", page, re.MULTILINE)
    assert rows == [(method.id, method.kind) for method in METHODS]
    named = set(re.findall(r"`(\w+)`", page))
    assert {*OPERATIONS, *get_args(FaultKind)} <= named
    codes = {behaviour.decline_code for behaviour in BEHAVIOURS.values() if behaviour.decline_code}
    assert codes <= named


def test_a_refusal_cites_a_rule_that_exists() -> None:
    rules = set(RULE_ROW.findall((ROOT / "docs" / "rules.md").read_text()))
    cited = {rule: path.name for path in modules("provider") for rule in RULE_LITERAL.findall(path.read_text())}
    assert cited
    assert {rule: path for rule, path in cited.items() if rule not in rules} == {}


def test_decisions_are_numbered_without_a_gap_and_have_the_four_parts() -> None:
    decisions = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert [path.name[:4] for path in decisions] == [f"{number:04}" for number in range(1, len(decisions) + 1)]
    for path in decisions:
        text = path.read_text()
        assert text.startswith(f"# {path.name[:4]}: "), path
        parts = re.findall(r"^\*\*(\w+)\.\*\*", text, re.MULTILINE)
        assert parts == ["Context", "Decision", "Against", "Consequences"], path
