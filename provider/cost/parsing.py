"""A document's bytes become a JSON object, or words that say what is wrong with them and what to give."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from provider.cost.model import UnreadableError

WHAT_TO_GIVE = (
    "Give the output of `terraform show -json PLAN` (or `tofu show -json PLAN`), of `pulumi preview --json`, or the "
    "folder of the configuration."
)
_BYTE_ORDER_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


def parsed(text: str, source: str, what_to_give: str = WHAT_TO_GIVE) -> dict[str, Any]:
    """A JSON object, its numbers exact; ``what_to_give`` is said where it is none.

    Raises:
        UnreadableError: it is none.
    """
    if not text.strip():
        raise UnreadableError(f"{source} is empty", f"Did the command that should write it fail? {what_to_give}")
    try:
        document = json.loads(text, parse_float=Decimal)
    except RecursionError:
        raise UnreadableError(f"{source} is nested too deep", what_to_give) from None
    except json.JSONDecodeError as error:
        raise _no_json(text, error, source, what_to_give) from None
    if not isinstance(document, dict):
        raise UnreadableError(f"{source} is no plan", f"It is JSON, but no object. {what_to_give}")
    return document


def parsed_lines(text: str) -> Iterator[dict[str, Any]]:
    """The JSON objects of an output that has one a line; other lines are left out."""
    for line in text.splitlines():
        try:
            found = json.loads(line, parse_float=Decimal)
        except (json.JSONDecodeError, RecursionError):
            continue
        if isinstance(found, dict):
            yield found


def decoded(content: bytes, source: str) -> str:
    """The text, also as PowerShell writes it."""
    for mark, encoding in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return content[len(mark) :].decode(encoding, errors="replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise UnreadableError(f"{source} is not text", WHAT_TO_GIVE) from None


def _no_json(text: str, error: json.JSONDecodeError, source: str, what_to_give: str) -> UnreadableError:
    if any("@level" in line for line in parsed_lines(text)):
        return UnreadableError(
            f"{source} is the log of a plan and has no prices",
            "`terraform plan -json` prints what it does, a line each. Save the plan (-out=FILE) and give what "
            "`terraform show -json FILE` prints.",
        )
    if any({"sequence", "timestamp"} <= line.keys() for line in parsed_lines(text)):
        return UnreadableError(
            f"{source} is a stream of events",
            "Run `pulumi preview --json` without PULUMI_ENABLE_STREAMING_JSON_PREVIEW and without --event-log.",
        )
    if text.lstrip().startswith("{") and _is_cut_off(text.rstrip(), error):
        return UnreadableError(
            f"{source} ends in the middle",
            f"The JSON is cut off in line {error.lineno} ({error.msg}). Write it again, and look whether the command "
            "that wrote it succeeded.",
        )
    where = f"line {error.lineno}, column {error.colno}"
    return UnreadableError(f"{source} is not JSON", f"In {where}: {error.msg}. {what_to_give}")


def _is_cut_off(text: str, error: json.JSONDecodeError) -> bool:
    """Whether the rest is missing, rather than something in it being wrong."""
    ends_early = error.pos >= len(text) or not text.endswith("}")
    return error.msg != "Extra data" and (ends_early or error.msg.startswith("Unterminated"))
