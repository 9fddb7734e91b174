"""Where the files of the project are, for the tests beside this module."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


def modules(*folders: str) -> list[Path]:
    """The Python modules below some folders of the project."""
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))
