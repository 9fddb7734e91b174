"""The generated files, by name, formatted."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from provider.pulumi.names import camel
from provider.pulumi.sdk import functions, resources, types
from provider.resources.registry import PROVIDER_SCHEMA

FOLDER = Path(__file__).resolve().parents[3] / "pulumi_qualit"

_NOTE = "# Written by `python -m provider.pulumi.sdk` from the resource model; change that, not this.\n"


def generated_files() -> dict[str, str]:
    """What the folder ``pulumi_qualit`` has to hold; raises CalledProcessError if ruff is missing or refuses."""
    texts = {
        "_settings.py": _settings(),
        "_types.py": types.text(),
        "_resources.py": resources.text(),
        "_functions.py": functions.text(),
    }
    return {name: _formatted(_NOTE + text) for name, text in texts.items()}


def _settings() -> str:
    names = ", ".join(f'"{camel(name)}"' for name in PROVIDER_SCHEMA.attributes)
    return f'''"""The provider's configuration: ``pulumi config set qualit:NAME VALUE``."""

from __future__ import annotations

PACKAGE = "qualit"

SETTINGS = ({names})
"""The names that can be set; each has an environment variable too."""

WRITTEN = "__written"
"""Among inputs and state: the names of the inputs that the program wrote."""
ADOPT = "__adopt"
"""Among inputs: the import id of what is taken into management in place of buying it (the option ``import_``)."""
MARKED = "__secret"
"""Among inputs: the names of those that are secrets."""
URN = "__urn"
"""Among inputs and state: the resource's URN, at which notices stand. Pulumi does not tell it to a dynamic provider."""
PREVIEWED = "__previewed"
"""Among inputs: that this is a preview, which Pulumi does not tell either."""
'''


def _formatted(text: str) -> str:
    settings = str(FOLDER.parent / "pyproject.toml")
    command = (sys.executable, "-m", "ruff", "format", "--config", settings, "--stdin-filename", "x.py", "-")
    return subprocess.run(  # noqa: S603 - ruff, with arguments of ours
        command, input=text, capture_output=True, text=True, check=True
    ).stdout
