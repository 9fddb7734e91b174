"""Invoke of a function that computes: nothing is looked up, so nothing needs to be configured."""

from __future__ import annotations

from typing import Any

from provider.pulumi import wire
from provider.pulumi.decode import read_inputs
from provider.pulumi.encode import write
from provider.pulumi.names import RESULT, camel, in_pulumi_words
from provider.pulumi.protocol import rpc
from provider.pulumi.server.problems import Wording
from provider.resources.functions import ArgumentError, Function, UnknownArgumentError
from provider.resources.model import UNKNOWN
from provider.resources.schema import Attribute, Nested


def compute(function: Function, arguments: Any) -> Any:
    """The answer to the call of a function with a ``Struct`` of its arguments."""
    read = read_inputs(arguments, function.parameters)
    if read.problems:
        return rpc.InvokeResponse(failures=Wording(read).failures(()))
    if isinstance(function.returns, Nested):
        outputs = function.returns.attributes
    else:
        outputs = {RESULT: Attribute(function.returns, function.result)}
    try:
        result = function.answer(*(read.values[name] for name in function.parameters))
        values = result if isinstance(function.returns, Nested) else {RESULT: result}
    except UnknownArgumentError:
        values = dict.fromkeys(outputs, UNKNOWN)
    except ArgumentError as error:
        place = camel(error.parameter) if error.parameter else ""
        reason = in_pulumi_words(f"{error.text}.")
        return rpc.InvokeResponse(failures=[rpc.CheckFailure(property=place, reason=reason)])
    fields = write(values, {camel(name): name for name in outputs}, outputs)
    return rpc.InvokeResponse(**{"return": wire.struct(fields)})
