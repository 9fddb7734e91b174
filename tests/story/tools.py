"""The real command-line tools that the story is told with."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest


def _tools_folder() -> Path:
    configured = os.environ.get("QUALIT_TOOLS_DIR")
    if configured:
        return Path(configured)
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(cache) / "qualit" / "tools"


TOOLS_FOLDER = _tools_folder()
"""Where ``make tools`` puts them; found out before a test gets a home of its own."""


@dataclass(frozen=True)
class Tool:
    """One of the tools, with the versions of it that count."""

    name: str
    command: str
    version: str
    cached: str
    required: bool

    def path(self) -> str:
        """Where it is: on PATH, or where ``make tools`` puts it.

        Skips the test where a tool that is tried only if a machine has it is missing, and fails for the others.
        """
        for candidate in (shutil.which(self.command), str(TOOLS_FOLDER / self.cached)):
            if candidate and re.search(self.version, _version_of(candidate)):
                return candidate
        message = f"{self.name} is neither on PATH nor in {TOOLS_FOLDER}"
        if self.required:
            pytest.fail(f"{message}: run make tools")
        pytest.skip(message)


TERRAFORM_1_11 = Tool("terraform-1.11", "terraform", r"^Terraform v1\.11\.", "none", required=False)
TERRAFORM_1_15 = Tool(
    "terraform-1.15", "terraform", r"^Terraform v1\.15\.", "terraform-1.15.5/terraform", required=True
)
OPENTOFU_1_12 = Tool("opentofu-1.12", "tofu", r"^OpenTofu v1\.12\.", "opentofu-1.12.6/tofu", required=True)
TOOLS = (TERRAFORM_1_11, TERRAFORM_1_15, OPENTOFU_1_12)


def _version_of(command: str) -> str:
    if not Path(command).exists():
        return ""
    environment = {**os.environ, "TF_CLI_CONFIG_FILE": "/dev/null", "CHECKPOINT_DISABLE": "1"}
    run = subprocess.run([command, "version"], capture_output=True, text=True, env=environment, check=False)
    return run.stdout
