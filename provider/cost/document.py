"""Which format a document is in, and what to do where it is one that no report can be made of."""

from __future__ import annotations

from typing import Any

from provider.cost import pulumi, terraform
from provider.cost.model import Project, UnreadableError
from provider.cost.parsing import WHAT_TO_GIVE, decoded, parsed

_ARCHIVE = b"PK\x03\x04"
_FORMATS = ("0", "1")
"""The major versions of Terraform's JSON that are read; a minor one adds only what is not read (as OpenTofu's)."""
_DEPLOYMENTS = 4
"""The newest version of Pulumi's export that is read."""


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
    _refuse_newer_formats(document, source)
    if terraform.is_plan(document):
        return terraform.read_plan(document, source)
    if terraform.is_state(document):
        return terraform.read_state(document, source)
    if pulumi.is_export(document):
        return pulumi.read_export(document, source)
    if pulumi.is_preview(document):
        return pulumi.read_preview(document, source)
    raise _unknown_format(document, source)


def _refuse_newer_formats(document: dict[str, Any], source: str) -> None:
    """A newer major version may mean something else by the same words, and a price must not be guessed (P7)."""
    version = document.get("format_version")
    if isinstance(version, str) and version.partition(".")[0] not in _FORMATS:
        raise UnreadableError(
            f"{source} is in a format that is newer than this program",
            f"Its format_version is {version}, and versions 0 and 1 are read. Install a newer qualit, or make the plan "
            "with an earlier Terraform or OpenTofu.",
        )
    deployment = document.get("version")
    if pulumi.is_export(document) and isinstance(deployment, int) and deployment > _DEPLOYMENTS:
        raise UnreadableError(
            f"{source} is in a format that is newer than this program",
            f"It is an export of version {deployment}, and versions up to {_DEPLOYMENTS} are read. Install a newer "
            "qualit, or export with an earlier Pulumi.",
        )


def _unknown_format(document: dict[str, Any], source: str) -> UnreadableError:
    if "terraform_version" in document and "lineage" in document:
        return UnreadableError(
            f"{source} is a state file and not its JSON",
            "Its format is Terraform's own. In the folder of its configuration: terraform show -json > state.json, and "
            "give state.json.",
        )
    keys = ", ".join(sorted(document)[:8]) or "nothing"
    return UnreadableError(f"{source} is no plan", f"It is a JSON object with {keys}. {WHAT_TO_GIVE}")
