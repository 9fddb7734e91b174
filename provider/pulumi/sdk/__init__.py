"""Writes the generated part of ``pulumi_qualit`` from the resource model.

``python -m provider.pulumi.sdk`` writes the files anew; run it after a change of a schema. It needs ruff, which
formats them, and is no part of the plugin.
"""

from __future__ import annotations

from provider.pulumi.sdk.files import FOLDER, generated_files

__all__ = ["FOLDER", "generated_files"]
