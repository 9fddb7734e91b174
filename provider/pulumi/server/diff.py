"""Diff: whether the wanted inputs change anything, and what. Nothing is ever a replacement (C9)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from provider.pulumi.names import settable
from provider.pulumi.protocol import rpc
from provider.pulumi.server import planning
from provider.pulumi.server.notices import tell_warnings
from provider.pulumi.server.problems import Wording, errors
from provider.pulumi.server.server import Entry, Server
from provider.resources.model import Values
from provider.resources.reminders import reminders

_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def diff(server: Server, request: Any) -> Any:
    """Compare what the plan says with the state; an input that is left out keeps its value (C10)."""
    entry = server.entry(request)
    read = planning.wanted(entry, request.news)
    state = planning.stored(entry, request.olds, request.id, read)
    result = planning.plan(server, entry, state.values, read.values)
    wording = Wording(read, state)
    if errors(result.diagnostics) and server.refreshed.get(request.id) == (request.news, request.old_inputs):
        return _of_refresh(entry, request)
    wording.refuse(result.diagnostics)
    planned = result.planned or {}
    tell_warnings(server, request.urn, wording, reminders(entry.kind, state.values, server.backend()))
    changed = {given: name for given, name in entry.outputs.items() if planned[name] != state.values[name]}
    answer = rpc.DiffResponse
    if not changed:
        tell_warnings(server, request.urn, wording, result.diagnostics)
        return answer(changes=answer.DIFF_NONE, hasDetailedDiff=True)
    details = dict(_details(entry, changed, request, state.values, planned))
    return answer(
        changes=answer.DIFF_SOME,
        diffs=sorted({re.split(r"[.\[]", path, maxsplit=1)[0] for path in details}),
        detailedDiff=details,
        hasDetailedDiff=True,
    )


def _of_refresh(entry: Entry, request: Any) -> Any:
    """What a refresh found, which the engine asks for the wrong way round: as a change back to the inputs of before.

    Such a change may well be one that is refused (C3), and nobody wants it.
    """
    answer, update = rpc.DiffResponse, rpc.PropertyDiff.UPDATE
    before, after = request.old_inputs.fields, request.news.fields
    found = sorted(given for given in settable(entry.attributes) if before.get(given) != after.get(given))
    return answer(
        changes=answer.DIFF_SOME,
        diffs=found,
        detailedDiff={given: rpc.PropertyDiff(kind=update, inputDiff=True) for given in found},
        hasDetailedDiff=True,
    )


def _details(
    entry: Entry, changed: dict[str, str], request: Any, prior: Values, planned: Values
) -> Iterator[tuple[str, Any]]:
    """The changes by path. What is computed is left out beside inputs: the engine has no new value to show for it."""
    inputs = settable(entry.attributes)
    shown = [given for given in changed if given in inputs] or list(changed)
    for given in shown:
        before, after = request.old_inputs.fields, request.news.fields
        of_inputs = given in inputs and before.get(given) != after.get(given)
        for path, kind in _kinds(given, prior[changed[given]], planned[changed[given]]):
            yield path, rpc.PropertyDiff(kind=kind, inputDiff=of_inputs)


def _kinds(path: str, before: Any, after: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(before, dict) and isinstance(after, dict) and path == "labels":
        for key in sorted(set(before) | set(after)):
            if before.get(key) != after.get(key):
                step = f".{key}" if _PLAIN_KEY.fullmatch(key) else f"[{json.dumps(key)}]"
                yield from _kinds(path + step, before.get(key), after.get(key))
        return
    kinds = rpc.PropertyDiff
    yield path, kinds.ADD if before is None else kinds.DELETE if after is None else kinds.UPDATE
