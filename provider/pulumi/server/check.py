"""Check: everything that can be said against the wanted inputs, before anything is shown or done."""

from __future__ import annotations

from typing import Any

from provider.backend.port import BackendError
from provider.pulumi.card_numbers import card_numbers
from provider.pulumi.decode import Read
from provider.pulumi.protocol import rpc
from provider.pulumi.server import planning
from provider.pulumi.server.problems import Wording, errors
from provider.pulumi.server.server import Entry, Server
from provider.resources.model import Diagnostic


def check(server: Server, request: Any) -> Any:
    """The inputs come back as they were given: defaults are the platform's, and apply when something is created (C10).

    A refusal of the plan is a failure here already, so that it stands on its property in the preview.
    """
    entry = server.entry(request)
    refused = card_numbers(request.news)
    if refused:
        return rpc.CheckResponse(inputs=request.news, failures=Wording().failures(refused))
    read = planning.read_wanted(entry, request.news)
    found: list[Diagnostic] = []
    if not read.problems:
        found = errors(entry.resource.validate(read.values)) or _refusals(server, entry, read, request)
    return rpc.CheckResponse(inputs=request.news, failures=Wording(read).failures(found))


def _refusals(server: Server, entry: Entry, read: Read, request: Any) -> list[Diagnostic]:
    """Without old inputs it is a create; also where a replacement is forced, which is refused as one (C9)."""
    prior = None
    if request.olds.fields:
        prior = planning.prior_of(server, entry, request.olds)
        if prior is None:
            return []
    try:
        result = planning.plan(server, entry, prior, read.values)
    except BackendError as error:
        return [Diagnostic.of_error(error)]
    if prior is None:
        planning.remember(server, entry, request.news, result)
    return errors(result.diagnostics)
