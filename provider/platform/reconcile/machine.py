"""What is wrong with a server's machine: gone, fallen, less or more than was paid for.

Called by ``compare``; pure, as it is.

Where its disk is, a machine is brought back to what was paid for. Where it is not, nothing is made in its place (N4).
"""

from __future__ import annotations

from collections.abc import Iterator

from provider.commerce.contract import CHARACTERISTIC
from provider.platform.machines import shortfall
from provider.platform.reconcile.facts import MachineFact
from provider.platform.reconcile.finding import BringForward, Finding, PlaceKeys, Repair, Severity, SwitchOff


def of_machine(fact: MachineFact, *, forgets: bool) -> Iterator[Finding]:
    """What to say of one machine; ``forgets`` of a host that makes a missing one again."""
    if fact.state == "ended":
        yield from _of_an_ended_server(fact)
    elif fact.elsewhere is not None:
        yield _finding(
            fact,
            "machine-on-another-host",
            f"The machine of {fact.name} is on {fact.elsewhere}, which was not asked.",
            "Run `qualit reconcile` with the QUALIT_LIBVIRT_URI of that host.",
            severity="information",
        )
    elif fact.machine is None:
        yield from _missing(fact, forgets=forgets)
    elif fact.machine.fault == "diskless":
        yield _diskless(fact, runs=fact.machine.power_state in ("running", "paused"))
    elif fact.state == "suspended":
        if fact.machine.power_state in ("running", "paused"):
            yield _finding(
                fact,
                "machine-of-a-suspended-server",
                f"{fact.name} is suspended, and its machine runs.",
                "It is switched off; it comes back when it is renewed (L2), or the dispute of its payment is won (L8).",
                repair=SwitchOff(fact.server_id),
            )
    else:
        fallen = list(_fallen(fact))
        yield from fallen or _compared(fact)


def _of_an_ended_server(fact: MachineFact) -> Iterator[Finding]:
    if fact.machine is not None:
        yield _finding(
            fact,
            "machine-of-an-ended-server",
            f"{fact.name} has ended, and its machine {fact.uuid} is still on the host ({fact.machine.power_state}).",
            f"Remove it with its disk: `virsh destroy {fact.uuid}` if it runs, then `virsh undefine {fact.uuid} "
            "--managed-save --nvram --remove-all-storage`.",
        )


def _missing(fact: MachineFact, *, forgets: bool) -> Iterator[Finding]:
    if forgets:
        return
    if not fact.has_disk:
        yield _finding(
            fact,
            "machine-missing",
            f"The machine {fact.uuid} of {fact.name} is not on the host, and neither is its disk.",
            "No new, empty one is made in its place: restore it on the host from a backup, or agree with its customer "
            "to end the server and create it anew.",
        )
    elif fact.state == "active":
        yield _finding(
            fact,
            "machine-forgotten",
            f"The machine {fact.uuid} of {fact.name} was removed from the host, and its disk is there.",
            "It is defined again, with its disk, as its customer had it.",
            repair=BringForward(fact.server_id),
        )


def _diskless(fact: MachineFact, *, runs: bool) -> Finding:
    rescue = (
        f"It still runs from the deleted file: do not stop it, and copy its disk first, with `virsh blockcopy "
        f"{fact.uuid} vda --dest FILE --transient-job --wait --finish`. "
        if runs
        else ""
    )
    return _finding(
        fact,
        "machine-without-disk",
        f"The disk of {fact.name} is not in the storage pool of the host, where its machine {fact.uuid} has it.",
        f"{rescue}Put it back under the name that `virsh domblklist {fact.uuid}` shows, from a backup if there is one. "
        "No new, empty one is made in its place.",
    )


def _fallen(fact: MachineFact) -> Iterator[Finding]:
    fault = fact.machine.fault if fact.machine is not None else None
    back = BringForward(fact.server_id)
    if fault == "crashed" and fact.power_state != "off":
        yield _finding(
            fact,
            "machine-crashed",
            f"The QEMU of {fact.name} ended, and not because its system shut down.",
            f"It is started again with what was paid for. If it comes again: `/var/log/libvirt/qemu/` of {fact.uuid}.",
            repair=back,
        )
    elif fault == "paused":
        yield _finding(
            fact,
            "machine-paused",
            f"The host stopped {fact.name} because its disk could not be written.",
            "It goes on where it was."
            if fact.has_room
            else "The storage pool is full. Make room in it, or give it a larger file system; then it goes on.",
            repair=back if fact.has_room else None,
        )
    elif fault == "ballooned":
        yield _finding(
            fact,
            "machine-ballooned",
            f"Memory of {fact.name} was taken from its system with a balloon.",
            "It is given back, while it runs.",
            repair=back,
        )
    elif fault == "undefined":
        yield _finding(
            fact,
            "machine-undefined",
            f"The host would forget the machine of {fact.name} when it stops: its definition was removed.",
            "It is defined again, while it runs.",
            repair=back,
        )


def _compared(fact: MachineFact) -> Iterator[Finding]:
    machine, wanted = fact.machine, fact.wanted
    if machine is None or wanted is None:
        return
    if machine.keys_wait and machine.guest_agent and machine.power_state == "running":
        yield _finding(
            fact,
            "keys-waiting",
            f"The keys of {fact.name} changed, and its running system does not have them.",
            "They are placed through its guest agent.",
            severity="information",
            repair=PlaceKeys(fact.server_id),
        )
    lack = shortfall(machine, wanted)
    more = [
        f"{name} = {getattr(machine, name)} (paid: {getattr(wanted, name)})"
        for name in CHARACTERISTIC.values()
        if getattr(machine, name) > getattr(wanted, name)
    ]
    if lack is not None:
        yield _finding(
            fact,
            "machine-short",
            f"The machine of {fact.name} is less than was paid for: {lack}.",
            "It is brought to what was paid for, in place.",
            repair=BringForward(fact.server_id),
        )
    elif more:
        yield _finding(
            fact,
            "machine-surplus",
            f"The machine of {fact.name} has more than was paid for: {', '.join(more)}.",
            "It is never taken away by force (N3), and never counts as paid.",
            severity="information",
        )


def _finding(
    fact: MachineFact,
    code: str,
    wrong: str,
    remedy: str,
    *,
    severity: Severity = "unexplained",
    repair: Repair | None = None,
) -> Finding:
    return Finding(code, fact.server_id, wrong, remedy, fact.contract_id, severity, repair)
