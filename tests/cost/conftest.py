"""What the tools printed of plans, as ``record`` made it, and a report of some of it."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from provider.cost.document import read_document
from provider.cost.model import Project
from provider.cost.report import Report

RECORDED = Path(__file__).with_name("recorded")
TODAY = date(2026, 2, 14)


def recorded(name: str) -> dict[str, Any]:
    """What a tool printed, to be changed by a test."""
    content: dict[str, Any] = json.loads((RECORDED / f"{name}.json").read_text(encoding="utf-8"))
    return content


def project(name: str) -> Project:
    return read_document((RECORDED / f"{name}.json").read_bytes(), name)


def read(document: object, source: str = "plan.json") -> Project:
    return read_document(json.dumps(document).encode(), source)


def report(*projects: Project) -> Report:
    return Report(projects, TODAY)


@pytest.fixture
def improved() -> Report:
    """A server and its disk improved half-way through three months, beside one on a contract of its own."""
    return report(project("terraform-improved"))
