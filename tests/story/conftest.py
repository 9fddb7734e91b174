"""Workspaces for the stories: each tool, with the machine that a test asks for."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.story.tools import TERRAFORM_1_15, TOOLS, Tool
from tests.story.workspace import Workspace


@pytest.fixture(params=TOOLS, ids=lambda tool: tool.name)
def tool(request: pytest.FixtureRequest) -> Tool:
    """Each of the tools in turn."""
    param: Tool = request.param
    return param


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A workspace with one tool, on libvirt's test driver."""
    made = Workspace(tmp_path, TERRAFORM_1_15.path(), "test:///default")
    made.install()
    return made
