"""What is said of a machine that is not as its customer left it: in another power state (S7), or something befell it.

Called by the reading and applying of a server, and by the command line.
"""

from __future__ import annotations

from provider.backend.port import Backend, PowerCause, ServerView
from provider.commerce.policy import what_a_fault_means
from provider.resources.model import UNKNOWN, Diagnostic, Diagnostics, Values

_WHY: dict[PowerCause, str] = {
    "shut-down": "Its system shut down, by itself or because somebody asked it to. Its disk is in order.",
    "stopped": "It was stopped on its host at once, as if its plug was pulled.",
    "not-started": "Its host tried to start it and could not; the host's log says why.",
    "memory-lost": "What its host had saved of its memory is gone: its system starts afresh. Its disk is as it was.",
    "paused": "It was paused on its host: it keeps its memory and does nothing.",
    "suspended": "Its system suspended itself to memory.",
}
"""A crash and a disk that fails are told as what befell the machine, with who mends it."""
_EXPLAINS_POWER = ("crashed", "paused", "forgotten", "diskless")


def machine_notices(view: ServerView, backend: Backend) -> Diagnostics:
    """Warnings of an observed machine: what befell it, or else that it was changed behind its customer's back.

    What changes nothing for the customer is no news.
    """
    if view.status != "active" or view.fault in (None, "undefined"):
        return power_notice(view)
    fault = Diagnostic("warning", *what_a_fault_means(view.name, view.fault, backend.catalogue().contact))
    return (fault,) if view.fault in _EXPLAINS_POWER else (fault, *power_notice(view))


def power_notice(view: ServerView) -> Diagnostics:
    """A warning when a machine is in another power state than it was left in, with what a plan makes of it."""
    wished, found = view.settings.power_state, view.power_state
    if view.status != "active" or found == wished:
        return ()
    return (
        Diagnostic(
            "warning",
            f"{view.name} is {found} and was left {wished} (rule S7)",
            " ".join((*_why(view), _what_follows(view))),
        ),
    )


def leaves_as_found(planned: Values, prior: Values, config: Values, view: ServerView) -> bool:
    """Whether a plan writes the power state that the machine was found in, and that it was not left in before.

    ``view`` has what the platform recorded. Nothing happens to the machine; that it is to stay so is recorded.
    """
    wanted = planned["power_state"]
    return (
        view.status == "active"
        and config["power_state"] not in (None, UNKNOWN)
        and wanted == prior["power_state"]
        and wanted != view.settings.power_state
    )


def _why(view: ServerView) -> tuple[str, ...]:
    wished, found, cause = view.settings.power_state, view.power_state, view.power_cause
    if found == "sleeping":
        return ("Its memory was saved on its host, and it wakes where it was.",)
    if found == "running":
        return ("It was woken on its host." if wished == "sleeping" else "It was started on its host.",)
    if wished == "sleeping" and found == "off":
        # Whatever the host knows: it has nothing saved any more.
        return (_WHY["memory-lost"],)
    return (_WHY[cause],) if cause in _WHY else ()


def _what_follows(view: ServerView) -> str:
    wished, found = view.settings.power_state, view.power_state
    if found == "paused":
        return "The next apply brings it back."
    back = {
        "running": "starts it again" if found == "off" else "wakes it",
        "sleeping": "starts it and puts it to sleep at once" if found == "off" else "puts it to sleep",
        "off": "switches it off",
    }[wished]
    return (
        f'With power_state = "{wished}" in its configuration the next apply {back}; without power_state it stays as it '
        f'is (rule C10). If it is to be {found} from now on, write power_state = "{found}".'
    )
