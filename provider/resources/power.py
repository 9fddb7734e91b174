"""What is said of a machine that is not in the power state that its customer left it in (S7).

Called by the reading and applying of a server, and by the command line.
"""

from __future__ import annotations

from provider.backend.port import PowerCause, ServerView
from provider.resources.model import UNKNOWN, Diagnostic, Diagnostics, Values

_WHY: dict[PowerCause, str] = {
    "shut-down": "Its system shut down, by itself or because somebody asked it to. Its disk is in order.",
    "stopped": "It was stopped on its host at once, as if its plug was pulled.",
    "crashed": "It crashed: the process that runs it ended, or its system did. Its disk is as it was at that moment.",
    "not-started": "Its host tried to start it and could not; the host's log says why.",
    "memory-lost": "What its host had saved of its memory is gone: its system starts afresh. Its disk is as it was.",
    "paused": "It was paused on its host: it keeps its memory and does nothing.",
    "disk-error": "Its host paused it because its disk could not be written or read, as when the host's storage is "
    "full. It keeps its memory and goes on where it was once there is room.",
    "suspended": "Its system suspended itself to memory.",
    "missing": "Its machine is not on its host any more. `qualit reconcile` says what can be done.",
}


def power_notice(view: ServerView) -> Diagnostics:
    """A warning when an observed machine was changed behind its customer's back, with what a plan makes of it."""
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
    if wished == "sleeping" and found == "off" and cause != "missing":
        # Whatever the host knows: it has nothing saved any more.
        return (_WHY["memory-lost"],)
    return (_WHY[cause],) if cause else ()


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
