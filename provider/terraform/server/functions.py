"""GetFunctions and CallFunction: pure functions, which the host calls also where nothing is configured."""

from __future__ import annotations

from typing import Any

from provider.resources.functions import ArgumentError, Function, UnknownArgumentError
from provider.resources.model import UNKNOWN
from provider.terraform.cty import DYNAMIC, Typed, type_json
from provider.terraform.protocol import tf6
from provider.terraform.schema import MARKDOWN, cty_type
from provider.terraform.server import values
from provider.terraform.server.server import Server


def function_messages(server: Server) -> dict[str, Any]:
    """Every function as the protocol describes it, by name."""
    return {name: _message(function) for name, function in server.functions.items()}


def get_functions(server: Server, _request: Any) -> Any:
    return tf6.GetFunctions.Response(functions=function_messages(server))


def call_function(server: Server, request: Any) -> Any:
    function = server.functions.get(request.name)
    if function is None:
        known = ", ".join(server.functions) or "none"
        error = tf6.FunctionError(text=f'The provider has no function "{request.name}"; it has {known}')
        return tf6.CallFunction.Response(error=error)
    arguments = [_plain(values.read(argument, DYNAMIC)) for argument in request.arguments]
    try:
        result = function.answer(*arguments)
    except UnknownArgumentError:
        result = UNKNOWN
    except ArgumentError as error:
        return tf6.CallFunction.Response(error=_error(error, function))
    return tf6.CallFunction.Response(result=values.write(result, cty_type(function.returns)))


def _error(error: ArgumentError, function: Function) -> Any:
    if error.parameter is None:
        return tf6.FunctionError(text=error.text)
    position = list(function.parameters).index(error.parameter)
    return tf6.FunctionError(text=error.text, function_argument=position)


def _message(function: Function) -> Any:
    """Parameters are dynamic, because a type of an object has no attributes that may be left out; what each takes is
    checked by the function. Unknown parts are let in: a server that is only planned has them."""
    message = tf6.Function(
        summary=function.summary,
        description=function.description,
        description_kind=MARKDOWN,
        parameters=[
            tf6.Function.Parameter(
                name=name,
                type=type_json(DYNAMIC),
                allow_unknown_values=True,
                description=parameter.description,
                description_kind=MARKDOWN,
            )
            for name, parameter in function.parameters.items()
        ],
    )
    # The field's name is a word of Python's.
    getattr(message, "return").type = type_json(cty_type(function.returns))
    return message


def _plain(value: Any) -> Any:
    """A value without the types that it brought."""
    match value:
        case Typed():
            return _plain(value.value)
        case dict():
            return {name: _plain(part) for name, part in value.items()}
        case list():
            return [_plain(part) for part in value]
    return value
