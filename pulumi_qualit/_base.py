"""What the three resources have in common: a Pulumi resource whose provider is the dynamic one."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pulumi
from pulumi.dynamic.dynamic import PROVIDER_KEY, serialize_provider

from pulumi_qualit._settings import ADOPT, MARKED, PACKAGE, PREVIEWED, URN

if TYPE_CHECKING:
    from pulumi_qualit._dynamic import Provider


class DynamicResource(pulumi.CustomResource):
    """A resource of Qual.IT.

    With Pulumi's option ``import_``, which takes its name at Qual.IT, what exists is taken into management. As long as
    the option stands, removing the resource does not end it.

    It is no subclass of ``pulumi.dynamic.Resource``, which takes properties without types only; for Pulumi it is
    the same.
    """

    def __init__(
        self,
        kind: str,
        args_type: type[Any],
        outputs: Sequence[str],
        resource_name: str,
        args: tuple[Any, ...],
        inputs: dict[str, Any],
    ) -> None:
        """Declare it.

        Args:
            kind: ``Vps``, ``Order`` or ``Resource``.
            args_type: the type of its inputs.
            outputs: the names of what is only computed.
            resource_name: what the program calls it.
            args: the positional arguments after that: inputs of ``args_type``, or none, then Pulumi's options.
            inputs: the named arguments: the inputs one by one, ``args``, ``opts``.
        """
        given, opts = _given(args_type, args, inputs)
        properties = object.__new__(args_type)
        vars(properties).update(dict.fromkeys(outputs), **vars(given))
        outputs_given = {name: value for name, value in vars(given).items() if isinstance(value, pulumi.Output)}
        if outputs_given:
            vars(properties)[MARKED] = asyncio.ensure_future(_secret_names(outputs_given))
        token = f"pulumi-python:dynamic/{PACKAGE}:{kind}"
        vars(properties)[URN] = asyncio.ensure_future(_urn(resource_name, token, opts.parent))
        if pulumi.runtime.is_dry_run():
            vars(properties)[PREVIEWED] = True
        vars(properties)[PROVIDER_KEY] = _serialized(kind)
        if opts.import_ is not None:
            # Pulumi gives a dynamic provider nothing to import with, so `check` sees to it. A forced replacement would
            # import it a second time and then delete it: so as long as the option stands, Pulumi deletes nothing.
            vars(properties)[ADOPT], opts.import_ = opts.import_, None
            opts.retain_on_delete = True if opts.retain_on_delete is None else opts.retain_on_delete
        super().__init__(token, resource_name, properties, opts)

    @staticmethod
    def _looked_up(
        args_type: type[Any], id: pulumi.Input[str], opts: pulumi.ResourceOptions | None
    ) -> tuple[Any, pulumi.ResourceOptions]:
        """The inputs and options of what is only read."""
        return object.__new__(args_type), pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(id=id))


def id_of(
    argument: str, resource: object, output: str, id_argument: str, id: Any, *, required: bool = False
) -> pulumi.Input[str] | None:
    """The id of a resource that is given itself, or by its id; raises TypeError for both, or for a missing one."""
    if resource is not None and id is not None:
        raise TypeError(f"{argument} and {id_argument} say the same: give one of them")
    if resource is None:
        if id is None and required:
            raise TypeError(f"missing {argument}: give the resource itself, or its id as {id_argument}")
        given: pulumi.Input[str] | None = id
        return given
    known: pulumi.Input[str] = getattr(resource, output)
    return known


def _given(args_type: type[Any], args: tuple[Any, ...], inputs: dict[str, Any]) -> tuple[Any, pulumi.ResourceOptions]:
    """The inputs, and a copy of the options, in whichever way they were passed."""
    positional = list(args)
    named = dict(inputs)
    given = named.pop("args", None)
    if positional and isinstance(positional[0], args_type):
        given = positional.pop(0)
    opts = named.pop("opts", None)
    if positional:
        opts = positional.pop(0)
    if positional or not isinstance(opts, pulumi.ResourceOptions | None):
        raise TypeError(f"after the name come {args_type.__name__}, if any, and pulumi.ResourceOptions")
    if given is not None and named:
        raise TypeError(f"{', '.join(named)}: inputs are given as {args_type.__name__} or one by one, not both")
    return given if given is not None else args_type(**named), pulumi.ResourceOptions.merge(opts, None)


async def _urn(name: str, token: str, parent: pulumi.Resource | None) -> str:
    """The URN as plain text: as an output it would make the resource depend on its parent.

    ``pulumi.create_urn`` says the same with ten outputs, which Pulumi's runtime looks through again and again.
    """
    if parent is None:
        return f"urn:pulumi:{pulumi.get_stack()}::{pulumi.get_project()}::{token}::{name}"
    above = str(await parent.urn.future()).rpartition("::")[0]
    return f"{above}${token}::{name}"


async def _secret_names(given: dict[str, pulumi.Output[Any]]) -> list[str]:
    """Which inputs are secrets, by their names in Pulumi, which takes the marks away from a dynamic provider."""
    words = {name: name.split("_") for name, value in given.items() if await value.is_secret()}
    return [first + "".join(word.capitalize() for word in others) for first, *others in words.values()]


@functools.cache
def _serialized(kind: str) -> str:
    """A reference to the provider class, as Pulumi keeps it in the state; nothing of a program's is in it."""
    from pulumi_qualit import _dynamic

    providers: dict[str, type[Provider]] = {
        "Vps": _dynamic.VpsProvider,
        "Order": _dynamic.OrderProvider,
        "Resource": _dynamic.AdditionalResourceProvider,
    }
    serialized: str = serialize_provider(providers[kind]())
    return serialized
