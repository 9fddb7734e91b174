"""A tiny real provider for tests of the adapter: boxes in memory, with every kind of attribute and of answer."""

from __future__ import annotations

import itertools
from typing import cast

from provider.backend.port import Backend, RefusedError
from provider.configuration import Configuration
from provider.resources.model import (
    UNKNOWN,
    ApplyRequest,
    Diagnostic,
    Diagnostics,
    PlanRequest,
    PlanResult,
    StateResult,
    Values,
)
from provider.resources.schema import Attribute, ListOf, MapOf, Nested, Scalar, Schema, SetOf
from provider.terraform.server import Server

PROVIDER_SCHEMA = Schema(
    "Boxes.",
    {
        "home": Attribute(Scalar.STRING, "Where the boxes are.", optional=True),
        "test_clock": Attribute(Scalar.STRING, "The time.", optional=True),
    },
)

BOX_SCHEMA = Schema(
    "A box.",
    {
        "name": Attribute(Scalar.STRING, "Its name.", required=True),
        "size": Attribute(Scalar.NUMBER, "Kept when left out.", optional=True, computed=True),
        "big": Attribute(Scalar.NUMBER, "A number of any size.", optional=True),
        "open": Attribute(Scalar.BOOL, "Whether it is open.", optional=True),
        "tags": Attribute(SetOf(Scalar.STRING), "In no order.", optional=True),
        "labels": Attribute(MapOf(Scalar.STRING), "By key.", optional=True),
        "limits": Attribute(
            Nested(
                {
                    "cpu": Attribute(Scalar.NUMBER, "At most 10.", optional=True),
                    "given": Attribute(Scalar.STRING, "By the provider.", computed=True),
                }
            ),
            "An object.",
            optional=True,
        ),
        "disks": Attribute(
            ListOf(
                Nested(
                    {
                        "gib": Attribute(Scalar.NUMBER, "How much.", required=True),
                        "key_wo": Attribute(Scalar.STRING, "Its key.", optional=True, write_only=True),
                    }
                )
            ),
            "In order.",
            optional=True,
        ),
        "ports": Attribute(
            SetOf(Nested({"number": Attribute(Scalar.NUMBER, "Which.", required=True)})), "Objects.", optional=True
        ),
        "secret_wo": Attribute(Scalar.STRING, "Used, not kept.", optional=True, write_only=True, sensitive=True),
        "price": Attribute(Scalar.STRING, "Known at plan.", computed=True),
        "address": Attribute(Scalar.STRING, "Known after the apply.", computed=True),
        "secret_length": Attribute(Scalar.NUMBER, "What became of the secret.", computed=True),
    },
    version=1,
)


class Boxes:
    """The toy's platform."""

    def __init__(self, configuration: Configuration) -> None:
        self.configuration = configuration
        self.kept: dict[str, Values] = {}
        self.addresses = itertools.count(1)

    def interrupt(self, wanted: bool = True) -> None:
        """Nothing is waited for here."""

    def close(self) -> None:
        """Nothing is held open here."""


def boxes(backend: Backend) -> Boxes:
    return cast(Boxes, backend)


class Box:
    name = "box"
    schema = BOX_SCHEMA

    def validate(self, config: Values) -> Diagnostics:
        if config["name"] is not UNKNOWN and " " in config["name"]:
            return (Diagnostic("error", "A name has no spaces", "Write it without.", ("name",)),)
        return ()

    def plan(self, request: PlanRequest, backend: Backend) -> PlanResult:
        if request.proposed is None:
            return PlanResult(None, (Diagnostic("warning", "The box is lost", "What is in it too."),))
        planned = dict(request.proposed)
        if planned["name"] == "explode":
            raise RuntimeError("hunter2 went wrong")
        refused = self._refusals(request, backend)
        if refused:
            return PlanResult(None, refused)
        planned["size"] = 1 if planned["size"] is None else planned["size"]
        planned["price"] = UNKNOWN if planned["size"] is UNKNOWN else f"{planned['size']}.00"
        if isinstance(planned["limits"], dict):
            planned["limits"] = planned["limits"] | {"given": "by the toy"}
        if request.prior is None:
            planned |= {"address": UNKNOWN, "secret_length": UNKNOWN}
        return PlanResult(planned)

    def _refusals(self, request: PlanRequest, backend: Backend) -> Diagnostics:
        proposed, prior = request.proposed or {}, request.prior
        found: list[Diagnostic] = []
        limits = proposed["limits"]
        if isinstance(limits, dict) and isinstance(limits["cpu"], int) and limits["cpu"] > 10:
            found.append(Diagnostic("error", "Too many", "At most 10.", ("limits", "cpu", "of", 3)))
        for index, disk in enumerate(proposed["disks"] or ()):
            if disk["gib"] == 13:
                found.append(Diagnostic("error", "No such disk", "Not 13.", ("disks", index, "gib")))
        if prior and isinstance(proposed["size"], int) and proposed["size"] < prior["size"]:
            raise RefusedError("Downgrade refused", "Boxes do not shrink.", rule="C2", attribute="size")
        if prior is None and proposed["name"] in boxes(backend).kept:
            found.append(Diagnostic("error", "The name is taken", "Import it.", ("name",)))
        return tuple(found)

    def apply(self, request: ApplyRequest, backend: Backend) -> StateResult:
        platform = boxes(backend)
        if request.planned is None:
            del platform.kept[(request.prior or {})["name"]]
            return StateResult(None)
        state = dict(request.planned)
        name = state["name"]
        if name == "declined":
            return StateResult(request.prior, (Diagnostic("error", "Declined", "Nothing was changed."),))
        if request.prior is None:
            state["address"] = f"10.0.0.{next(platform.addresses)}"
            secret = (request.config or {})["secret_wo"]
            state["secret_length"] = len(secret) if secret is not None else None
        platform.kept[name] = dict(state)
        if name == "sloppy":
            state |= {"address": UNKNOWN, "price": 3.5}
        if name == "late":
            return StateResult(state, (Diagnostic("warning", "Still being delivered", "Paid."),), {"order": "ord-1"})
        return StateResult(state)

    def read(self, state: Values, backend: Backend) -> StateResult:
        found = boxes(backend).kept.get(state["name"])
        if found is None:
            return StateResult(None, (Diagnostic("warning", "The box is gone", "Planning makes a new one."),))
        return StateResult(dict(found), private={"planned_on": "2026-01-31"})

    def import_state(self, import_id: str, backend: Backend) -> StateResult:
        found = boxes(backend).kept.get(import_id)
        return StateResult(None if found is None else dict(found))


class BoxNames:
    name = "box_names"
    schema = Schema(
        "All boxes.",
        {
            "prefix": Attribute(Scalar.STRING, "Only these.", optional=True),
            "names": Attribute(ListOf(Scalar.STRING), "Sorted.", computed=True),
        },
    )

    def validate(self, config: Values) -> Diagnostics:
        return () if config["prefix"] != "" else (Diagnostic("error", "An empty prefix", "Leave it out.", ("prefix",)),)

    def read(self, config: Values, backend: Backend) -> StateResult:
        prefix = config["prefix"] or ""
        return StateResult(config | {"names": sorted(n for n in boxes(backend).kept if n.startswith(prefix))})


def make_server() -> Server:
    """A provider of boxes; each configuration starts with none."""
    return Server(PROVIDER_SCHEMA, (Box(),), (BoxNames(),), lambda configuration: cast(Backend, Boxes(configuration)))
