"""Which format a document is in, and what to do where it is one that no report can be made of."""

from __future__ import annotations

from typing import Any

from provider.cost import pulumi, terraform
from provider.cost.model import Project, UnreadableError
from provider.cost.parsing import WHAT_TO_GIVE, decoded, parsed

_ARCHIVE = b"PK\x03\x04"


def read_document(content: bytes, source: str) -> Project:
    """The project that a file, or what a tool printed, describes; ``source`` is what people know it by.

    Raises:
        UnreadableError: it is in no format that is known, or broken.
    """
    if content.startswith(_ARCHIVE):
        raise UnreadableError(
            f"{source} is a plan file and not its JSON",
            f"In the folder of its configuration, print it: terraform show -json {source} > plan.json (OpenTofu: tofu "
            f"show -json {source} > plan.json). Then give plan.json.",
        )
    document = parsed(decoded(content, source), source)
    if terraform.is_plan(document):
        return terraform.read_plan(document, source)
    if terraform.is_state(document):
        return terraform.read_state(document, source)
    if pulumi.is_export(document):
        return pulumi.read_export(document, source)
    if pulumi.is_preview(document):
        return pulumi.read_preview(document, source)
    raise _unknown_format(document, source)


def _unknown_format(document: dict[str, Any], source: str) -> UnreadableError:
    if "terraform_version" in document and "lineage" in document:
        return UnreadableError(
            f"{source} is a state file and not its JSON",
            "Its format is Terraform's own. In the folder of its configuration: terraform show -json > state.json, and "
            "give state.json.",
        )
    keys = ", ".join(sorted(document)[:8]) or "nothing"
    return UnreadableError(f"{source} is no plan", f"It is a JSON object with {keys}. {WHAT_TO_GIVE}")
