"""What a change of settings does inside the installed system, and when: said by the plan and by the apply."""

from __future__ import annotations

from provider.backend.port import Backend, ServerView, UnavailableError
from provider.resources.model import UNKNOWN, Diagnostic, Diagnostics, Value, Values

_KEYS_WAIT = (
    "{why}. They are placed in the running system when its guest agent answers (a worker and `qualit reconcile` try), "
    "and with the next installation. Until then change ~/.ssh/authorized_keys on the server; a key that was taken out "
    "of ssh_keys may still log in."
)


def changed(planned: Value, prior: Value) -> bool:
    """Whether a value is another one; keys are a set, whatever their order."""
    if planned is UNKNOWN:
        return False
    both_lists = isinstance(planned, list) and isinstance(prior, list)
    return bool(sorted(planned) != sorted(prior) if both_lists else planned != prior)


def plan_inside(planned: Values, prior: Values, backend: Backend) -> Diagnostics:
    """Warnings for what the installed system takes later or not at all, unless this plan installs another."""
    if planned["os"] != prior["os"]:
        return ()
    found = [
        Diagnostic(
            "warning",
            f"{name} is used at installation only",
            f"{name} changed; the installed system keeps what it has. The new value is used when a system is installed "
            "again.",
            (name,),
        )
        for name in ("user_data", "user_data_wo_version")
        if changed(planned[name], prior[name])
    ]
    if changed(planned["hostname"], prior["hostname"]):
        found.append(
            Diagnostic(
                "warning",
                "hostname is used at the next start",
                "hostname changed; the running system keeps its name until it starts again. Most images take the new "
                "one then, unless `preserve_hostname` is set in them. To have it now: `hostnamectl set-hostname` on "
                "the server.",
                ("hostname",),
            )
        )
    why = _keys_will_wait(planned, prior, backend) if changed(planned["ssh_keys"], prior["ssh_keys"]) else None
    return (*found, _keys_wait("ssh_keys waits for the guest agent", why)) if why is not None else tuple(found)


def keys_wait(view: ServerView) -> Diagnostics:
    """The warning of an apply whose keys are not in the running system."""
    if view.keys_wait is None:
        return ()
    why = f"ssh_keys of {view.name} changed and are not in its system yet: {view.keys_wait}"
    return (_keys_wait("ssh_keys waits for the guest agent", why),)


def _keys_will_wait(planned: Values, prior: Values, backend: Backend) -> str | None:
    """Why changed keys will not be in the system after the apply, as far as it can be known; else None."""
    if planned["power_state"] not in ("running", UNKNOWN):
        return f"ssh_keys changed, and the server is to be {planned['power_state']}"
    try:
        view = backend.server(prior["id"], observe=True)
    except UnavailableError:
        return None  # The apply needs the host as well, and says it.
    if view is None or view.power_state != "running" or view.guest_agent:
        return None
    return f"ssh_keys changed, and no guest agent (qemu-guest-agent) is connected in the system of {view.name}"


def _keys_wait(summary: str, why: str) -> Diagnostic:
    return Diagnostic("warning", summary, _KEYS_WAIT.format(why=why), ("ssh_keys",))
