"""The steps that a purchase can be killed at, as data, and how a process kills itself at one of them.

The product has no hooks: the functions of its steps are wrapped from outside, in the process that is to die.
"""

from __future__ import annotations

import functools
import importlib
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

Scenario = Literal[
    "new",
    "addition",
    "improvement",
    "refund",
    "refund of an addition",
    "parked",
    "declined",
    "renewal",
    "renewal by itself",
    "renewal out of suspension",
]
When = Literal["before", "after"]

NEW: tuple[Scenario, ...] = ("new", "addition", "improvement")
REFUND: tuple[Scenario, ...] = ("refund", "refund of an addition")
PARKED: tuple[Scenario, ...] = ("parked",)
DECLINED: tuple[Scenario, ...] = ("declined",)
BY_ITSELF: tuple[Scenario, ...] = ("renewal by itself",)
OUT_OF_SUSPENSION: tuple[Scenario, ...] = ("renewal out of suspension",)
RENEWAL: tuple[Scenario, ...] = ("renewal", *BY_ITSELF, *OUT_OF_SUSPENSION)
ORDERED = (*NEW, *RENEWAL)
DELIVERED = (*NEW, *OUT_OF_SUSPENSION)
"""Scenarios in which a machine changes: a renewal before the end touches none."""

_PURCHASE = "provider.platform.purchase"
_GATEWAY = "provider.platform.payments.sandbox.gateway:SandboxGateway"
_HOST = "provider.platform.hypervisor.testdriver:TestDriverHost"
_ENGINE = "dbos._sys_db:SystemDatabase"


@dataclass(frozen=True, slots=True)
class Step:
    """A function of the product, ``module:qualified name``, and the scenarios in which it is called.

    ``of`` narrows it to calls that have this among their arguments, or among the values of the first.
    """

    name: str
    target: str
    scenarios: tuple[Scenario, ...] = ORDERED
    whens: tuple[When, ...] = ("before", "after")
    of: str | None = None


STEPS = (
    Step("placing's writes", f"{_PURCHASE}.place:_Placing.place"),
    Step("the placing commit", "provider.platform.workers.buying:place_order", (*NEW, "renewal", *OUT_OF_SUSPENSION)),
    Step("the quote of a renewal by itself", "provider.platform.renewal:hold_quote", BY_ITSELF),
    Step("the placing of a renewal by itself", "provider.platform.renewal:place_order", BY_ITSELF),
    Step("switch off", f"{_HOST}.set_power", OUT_OF_SUSPENSION, of="off"),
    Step(
        "the suspension's record", "provider.platform.records.contracts:set_status", OUT_OF_SUSPENSION, of="suspended"
    ),
    Step("create intent", f"{_GATEWAY}.create_intent"),
    Step("the intent's record", f"{_PURCHASE}.pay:create_payment", whens=("after",)),
    Step("retrieve", f"{_GATEWAY}.retrieve"),
    Step("confirm", f"{_GATEWAY}.confirm"),
    Step("settle", f"{_PURCHASE}.pay:settle"),
    Step("the ledger's writes", f"{_PURCHASE}.pay:record_charge"),
    Step("the receipt's writes", f"{_PURCHASE}.pay:issue"),
    Step("begin delivery", f"{_PURCHASE}.deliver:begin_delivery"),
    Step("ensure", f"{_HOST}.ensure", DELIVERED),
    Step("the machine's record", "provider.platform.records.servers:installed", DELIVERED),
    Step("switch on", f"{_HOST}.set_power", OUT_OF_SUSPENSION, of="running"),
    Step("the contract's writes", "provider.platform.records.contracts:save"),
    Step("activate", f"{_PURCHASE}.deliver:activate"),
    *(
        Step(f"the step record of {step}", f"{_ENGINE}.record_operation_result", of=step)
        for step in ("look", "create_payment", "confirm_payment", "begin_delivery")
    ),
    *(
        Step(f"the step record of {step}", f"{_ENGINE}.record_operation_result", DELIVERED, of=step)
        for step in ("deliver", "activate")
    ),
    Step("the end of the run", f"{_ENGINE}.update_workflow_outcome"),
    Step("park", "provider.platform.records.orders:end_run", PARKED),
    Step("the step record of park", f"{_ENGINE}.record_operation_result", PARKED, of="park"),
    Step("give up", f"{_PURCHASE}.pay:give_up", DECLINED),
    Step("the quote's return", "provider.platform.records.quotes:give_back", DECLINED),
    Step("begin refund", f"{_PURCHASE}.refund:begin_refund", REFUND),
    Step("delete", f"{_HOST}.delete", ("refund",)),
    Step("refund", f"{_GATEWAY}.refund", REFUND),
    Step("the refund's writes", f"{_PURCHASE}.refund:record_refund", REFUND),
    Step("the credit note's writes", f"{_PURCHASE}.refund:issue", REFUND),
    Step("the refunded record", f"{_PURCHASE}.refund:refund", REFUND, whens=("after",)),
    Step("the step record of refund", f"{_ENGINE}.record_operation_result", REFUND, of="refund"),
)

POINTS: dict[str, tuple[When, Step]] = {f"{when} {step.name}": (when, step) for step in STEPS for when in step.whens}


def points_of(scenario: Scenario) -> list[str]:
    """The names of the points that a scenario comes past, in the order of ``STEPS``."""
    return [name for name, (_, step) in POINTS.items() if scenario in step.scenarios]


def die_at(point: str) -> None:
    """Let this process die, as by SIGKILL at any time, the first time that it comes to a point."""
    when, step = POINTS[point]

    def wrap(function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            if step.of is not None and not _is_of(step.of, args):
                return function(*args, **kwargs)
            if when == "after":
                function(*args, **kwargs)
            os.kill(os.getpid(), signal.SIGKILL)
            raise AssertionError("a dead process goes on")

        return wrapped

    replace(step.target, wrap)


def replace(target: str, wrap: Callable[[Any], Any]) -> None:
    """Put another value in the place of the one at ``module:qualified name``."""
    module, _, path = target.partition(":")
    *owners, name = path.split(".")
    owner = functools.reduce(getattr, owners, importlib.import_module(module))
    setattr(owner, name, wrap(getattr(owner, name)))


def _is_of(name: str, args: tuple[Any, ...]) -> bool:
    """Whether a call is meant: of a host or a record with this value, or the engine's of the step of this name."""
    result = args[1]
    return name in args[1:] or (isinstance(result, dict) and result.get("function_name") == name)
