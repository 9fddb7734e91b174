"""``python -m provider.pulumi.sdk``: write the generated files of ``pulumi_qualit``."""

from __future__ import annotations

from provider.pulumi.sdk import FOLDER, generated_files

if __name__ == "__main__":
    for name, text in generated_files().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
