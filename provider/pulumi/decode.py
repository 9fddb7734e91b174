"""Reading what the engine sends: from properties to the values of the resource model, each problem on its property."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from provider.pulumi import wire
from provider.pulumi.names import camel, settable
from provider.resources.model import UNKNOWN, Path, Value, Values
from provider.resources.schema import Attribute, ListOf, MapOf, Nested, Scalar, SetOf, Type

_WORDS: dict[wire.Kind, str] = {
    "null": "null",
    "bool": "true or false",
    "number": "a number",
    "text": "a string",
    "list": "a list",
    "object": "an object",
}
_TAKES = {Scalar.STRING: "a string", Scalar.NUMBER: "a whole number", Scalar.BOOL: "true or false"}
_SCALAR_KINDS: dict[wire.Kind, Scalar] = {"text": Scalar.STRING, "number": Scalar.NUMBER, "bool": Scalar.BOOL}


@dataclass(frozen=True, slots=True)
class Problem:
    """What cannot be used, on the top-level property as it was given."""

    property: str
    text: str


@dataclass(frozen=True, slots=True)
class Read:
    """Properties as they were read.

    Attributes:
        values: every attribute, None where nothing was given.
        problems: what cannot be used.
        secrets: the paths of values that were marked as secrets, as far as the nearest list.
        secret_texts: their texts, to be kept out of messages.
    """

    values: Values
    problems: tuple[Problem, ...] = ()
    secrets: frozenset[Path] = frozenset()
    secret_texts: tuple[str, ...] = ()


def read_inputs(properties: Any, attributes: Mapping[str, Attribute]) -> Read:
    """What a user set: only what can be set is taken, and what is required must be there."""
    names = settable(attributes)
    reader = _Reader()
    for given in sorted(properties.fields):
        if given not in names and not given.startswith("__"):
            reader.problems.append(_not_settable(given, names, attributes))
            if wire.holds_secret(properties.fields[given]):
                reader.secrets.add((given,))
    known = {given: (name, attributes[name]) for given, name in names.items()}
    values = dict.fromkeys(attributes) | reader.object(properties.fields, known, ())
    refused = {problem.property for problem in reader.problems}
    for given, name in names.items():
        if attributes[name].required and values[name] is None and given not in refused:
            reader.problems.append(Problem(given, f"Missing value: {given} is required."))
    return reader.result(values)


def read_state(properties: Any, names: Mapping[str, str], attributes: Mapping[str, Attribute]) -> Read:
    """What the state has; ``names`` are the attributes by property. What is not an attribute any more is dropped."""
    reader = _Reader()
    known = {given: (name, attributes[name]) for given, name in names.items()}
    return reader.result(dict.fromkeys(attributes) | reader.object(properties.fields, known, ()))


@dataclass(slots=True)
class _Reader:
    problems: list[Problem] = field(default_factory=list)
    secrets: set[Path] = field(default_factory=set)
    secret_texts: set[str] = field(default_factory=set)

    def result(self, values: Values) -> Read:
        texts = tuple(sorted(self.secret_texts, key=len, reverse=True))
        return Read(values, tuple(self.problems), frozenset(self.secrets), texts)

    def object(self, fields: Any, known: Mapping[str, tuple[str, Attribute]], path: Path) -> Values:
        """The attributes that are given, by their own names."""
        values: Values = {}
        for given in sorted(fields):
            if given in known:
                name, attribute = known[given]
                values[name] = self.value(fields[given], attribute.type, (*path, name), hidden=False)
        return values

    def value(self, message: Any, type: Type, path: Path, *, hidden: bool) -> Value:
        """One value; None, with a problem noted, where it is not what the attribute takes."""
        value = wire.unwrap(message)
        hidden = hidden or value.secret
        if value.secret:
            self.secrets.add(path)
        if value.kind == "unknown":
            return UNKNOWN
        if value.kind == "null":
            return None
        if value.kind in ("asset", "archive"):
            return self._refuse(path, f"takes {_takes(type)}, not an {value.kind}: read the file in your program")
        match type, value.kind:
            case Scalar(), ("text" | "number" | "bool"):
                return self._scalar(value, type, path, hidden=hidden)
            case ((ListOf(element) | SetOf(element)), "list"):
                return self._list(value.content, type, element, path, hidden=hidden)
            case MapOf(element), "object":
                return self._map(value.content, element, path, hidden=hidden)
            case Nested(attributes), "object":
                return self._nested(value.content, attributes, path)
        return self._refuse(path, f"takes {_takes(type)}, not {_WORDS[value.kind]}")

    def _scalar(self, value: wire.Unwrapped, type: Scalar, path: Path, *, hidden: bool) -> Value:
        content = value.content
        if hidden and isinstance(content, str) and content:
            self.secret_texts.add(content)
        if _SCALAR_KINDS[value.kind] is not type:
            return self._refuse(path, f"takes {_TAKES[type]}, not {_WORDS[value.kind]}")
        if type is not Scalar.NUMBER:
            return content
        if not float(content).is_integer():
            shown = "" if hidden else f", not {content:g}"
            return self._refuse(path, f"takes a whole number{shown}")
        return int(content)

    def _list(self, elements: Any, type: Type, element: Type, path: Path, *, hidden: bool) -> list[Value]:
        """A set comes in the order of its content, each element once."""
        before = len(self.secrets)
        values = [self.value(part, element, (*path, index), hidden=hidden) for index, part in enumerate(elements)]
        if len(self.secrets) > before:
            self.secrets = {kept for kept in self.secrets if kept[: len(path)] != path} | {path}
        if isinstance(type, SetOf):
            known = {repr(value): value for value in values if value is not UNKNOWN}
            values = [known[key] for key in sorted(known)] + [value for value in values if value is UNKNOWN]
        return values

    def _map(self, fields: Any, element: Type, path: Path, *, hidden: bool) -> Values:
        return {key: self.value(fields[key], element, (*path, key), hidden=hidden) for key in sorted(fields)}

    def _nested(self, fields: Any, attributes: Mapping[str, Attribute], path: Path) -> Values:
        known = {camel(name): (name, attribute) for name, attribute in attributes.items()}
        for given in sorted(set(fields) - set(known)):
            names = ", ".join(sorted(known))
            self._refuse(path, f"has no property {given}; it has {names}")
        return dict.fromkeys(attributes) | self.object(fields, known, path)

    def _refuse(self, path: Path, what: str) -> None:
        self.problems.append(Problem(camel(str(path[0])), f"Wrong value: {shown_path(path)} {what}."))


def shown_path(path: Path) -> str:
    """A path as a person writes it: ``timeouts.create``, ``sshKeys[0]``."""
    first, *others = path
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in others)
    return camel(str(first)) + "".join(steps)


def _takes(type: Type) -> str:
    match type:
        case Scalar():
            return _TAKES[type]
        case ListOf() | SetOf():
            return "a list"
        case MapOf():
            return "a map"
        case Nested():
            return "an object"


def _not_settable(given: str, names: Mapping[str, str], attributes: Mapping[str, Attribute]) -> Problem:
    others = {camel(name): attribute for name, attribute in attributes.items()}
    if given in others and others[given].computed:
        advice = "It is an output: remove it from the inputs."
    elif given in others:
        advice = "Pulumi keeps every input in its state, so write-only attributes are of no use here: set userData."
    else:
        near = difflib.get_close_matches(camel(given), names, n=1)
        guess = f"Did you mean {near[0]}? " if near else ""
        advice = f"{guess}The properties are {', '.join(sorted(names))}."
    return Problem(given, f"Unknown property: {given} cannot be set. {advice}")
