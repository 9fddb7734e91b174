"""The provider's configuration: CheckConfig, DiffConfig, Configure."""

from __future__ import annotations

from typing import Any

from provider.configuration import ConfigurationError, load_configuration
from provider.pulumi.card_numbers import card_numbers
from provider.pulumi.decode import Read, read_inputs
from provider.pulumi.log import log
from provider.pulumi.protocol import pb, rpc
from provider.pulumi.server.problems import Wording, of_exception
from provider.pulumi.server.server import Server
from provider.resources.model import UNKNOWN

_OF_THE_ENGINE = ("version", "pluginDownloadURL")
"""What an engine adds to every provider's inputs."""


def check_config(server: Server, request: Any) -> Any:
    """Check what is written and known; the environment, which another machine may have, is left aside."""
    refused = card_numbers(request.news)
    if refused:
        return rpc.CheckResponse(inputs=request.news, failures=Wording().failures(refused))
    read = _read(server, request.news)
    found = []
    known = {name: value for name, value in read.values.items() if value is not UNKNOWN}
    if not read.problems:
        try:
            load_configuration(known, environment={})
        except ConfigurationError as error:
            found.append(of_exception(error))
    return rpc.CheckResponse(inputs=request.news, failures=Wording(read).failures(found))


def diff_config(_server: Server, request: Any) -> Any:
    """Never a replacement: that would replace every resource, and buy it again (C9)."""
    before, after = request.old_inputs.fields, request.news.fields
    kinds = rpc.PropertyDiff
    changed = {
        name: kinds(
            kind=kinds.ADD if name not in before else kinds.DELETE if name not in after else kinds.UPDATE,
            inputDiff=True,
        )
        for name in sorted(set(before) | set(after))
        if before.get(name) != after.get(name) and not name.startswith("__")
    }
    answer = rpc.DiffResponse
    return answer(
        changes=answer.DIFF_SOME if changed else answer.DIFF_NONE,
        diffs=list(changed),
        detailedDiff=changed,
        hasDetailedDiff=True,
    )


def configure(server: Server, request: Any) -> Any:
    """Connect to the platform."""
    Wording().refuse(card_numbers(request.args))
    read = _read(server, request.args)
    Wording(read).refuse_input()
    configuration = load_configuration({name: value for name, value in read.values.items() if value is not UNKNOWN})
    log.keep_errors_in(configuration.home / "logs" / "pulumi-provider.log")
    server.configure(configuration)
    return rpc.ConfigureResponse(acceptSecrets=True, supportsPreview=True, acceptOutputs=True)


def _read(server: Server, properties: Any) -> Read:
    ours = {name: value for name, value in properties.fields.items() if name not in _OF_THE_ENGINE}
    return read_inputs(pb.Struct(fields=ours), server.provider_schema.attributes)
