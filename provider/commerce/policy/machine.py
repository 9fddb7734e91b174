"""What a customer is told when something happened to a server's machine that nobody ordered (N4)."""

from __future__ import annotations

from typing import Literal

MachineFault = Literal["crashed", "paused", "ballooned", "undefined", "forgotten", "diskless"]
"""What became of a machine that nobody asked for: its QEMU ended and not its guest; the host stopped it because its
disk could not be written; its guest was made to give memory back; the host will forget it when it stops; the host has
forgotten it; its disk is gone."""

_BROUGHT_BACK = "A worker brings it back, or this apply does; `qualit reconcile` does it at once."


def what_a_fault_means(name: str, fault: MachineFault, contact: str) -> tuple[str, str]:
    """Summary and detail of a warning that says what became of a server's machine."""
    match fault:
        case "diskless":
            return f"The disk of {name} is lost (rule N4)", what_a_lost_disk_means(name, contact)
        case "forgotten":
            what = f"The machine of {name} was removed from its host, outside of Qual.IT, and its disk is there."
        case "crashed":
            what = f"The machine of {name} ended, and not because its system shut down: its QEMU crashed or was killed."
        case "paused":
            return (
                f"{name} stands still",
                f"Its host has stopped {name} because its disk cannot be written: the host's storage is full. It goes "
                f"on where it was, by itself, when there is room again; the team makes it: {contact}.",
            )
        case "ballooned":
            what = f"Memory of {name} was taken from its system with a balloon, outside of Qual.IT."
        case "undefined":
            what = f"The host of {name} would forget it when it stops: its definition was removed, outside of Qual.IT."
    return f"The machine of {name} is not as it was left", f"{what} {_BROUGHT_BACK}"


def what_a_lost_disk_means(name: str, contact: str) -> str:
    """What is so of a server without its disk, and what its customer can decide."""
    return (
        f"The disk of {name} is not on its host any more: it was deleted outside of Qual.IT, or the host's storage is "
        "not there. Nothing is installed in its place by itself, and the contract stays as it is. If the machine still "
        "runs, save what you need from inside before it stops. The team can put the disk back from a backup, and "
        f"{name} is as it was: {contact}. If there is none, remove the server, agree with the team on what is paid, "
        "and create it anew."
    )
