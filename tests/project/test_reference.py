"""The reference says what the resources state today."""

from __future__ import annotations

from pathlib import Path

from provider.resources.reference import main

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"


def test_the_reference_is_current(tmp_path: Path) -> None:
    main(tmp_path)
    written = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()}
    committed = {path.name: path.read_text(encoding="utf-8") for path in REFERENCE.iterdir()}
    assert committed == written, "run `make docs`"
