"""`make demo`: the way of a server, from a declared one to a paid, running, improved one, with real output.

Every step says what it shows and why, runs the real commands, and checks what it said. It ends with 1 when
something is not as it says.
"""

from __future__ import annotations

import json
import sys
import time
from decimal import Decimal
from pathlib import Path

import world
from machine import look
from stage import ClaimFailedError, claim, headline, say
from world import NotPossibleError, World

BOUGHT = "2026-01-31T09:00:00Z"
IMPROVED = "2026-02-14T09:00:00Z"
"""The two days of the story, on a test clock: half of the paid month has passed on the second."""


def main() -> int:
    began = time.monotonic()
    folder = world.demo_folder()
    try:
        program, tools = world.find_program()
        with world.fresh_folder(folder, IMPROVED):
            demo = World(folder, choose_host(folder), program, tools)
            tell(demo)
    except NotPossibleError as error:
        say(f"The demo cannot run: {error}")
        return 1
    except ClaimFailedError as error:
        say(f"\n✗ Not as the demo says: {error}")
        return 1
    pretended = "" if demo.real else ", but its machines were pretended"
    say(f"\nEverything was as the demo said{pretended}, in {time.monotonic() - began:.0f} seconds.")
    return 0


def choose_host(folder: Path) -> str:
    """Real machines where that is possible, and said plainly where it is not."""
    from provider.platform.hypervisor.checks import run_checks

    missing = [check for check in run_checks("qemu:///system", world.home_of(folder)) if not check.ok]
    if not missing:
        return "qemu:///system"
    say("Real machines are not possible here:")
    for check in missing:
        say(f"  {check.name}: {check.detail} {check.remedy}".rstrip())
    say(
        "The demo goes on with libvirt's test driver, test:///default: orders and payments are the same, but its\n"
        "machines are pretended, so nothing is shown with virsh and no claim about a machine is checked."
    )
    return "test:///default"


def tell(demo: World) -> None:
    """The story, in the order in which a customer lives it."""
    (demo.folder / "libvirt-uri").write_text(demo.uri, encoding="utf-8")
    demo.day = BOUGHT
    prepare(demo)
    plan_with_its_price(demo)
    order_pay_and_run(demo)
    demo.day = IMPROVED
    add_disk(demo)
    take_a_better_offer(demo)
    refuse_a_downgrade(demo)
    refuse_a_temporary_change(demo)
    sleep_and_wake(demo)
    end(demo)


def prepare(demo: World) -> None:
    headline(
        "A new user",
        f"The demo has a folder of its own, {demo.folder}: a user's home, the platform's records,\n"
        "and one main.tf. Its clock is a test clock, so that half a month can pass in a moment. The payments are\n"
        "made at the sandbox gateway: no real money moves.",
    )
    demo.qualit("terraform", "install")
    demo.write("1-server")
    demo.terraform("init")
    if demo.real:
        demo.qualit("images", "build-demo")


def plan_with_its_price(demo: World) -> None:
    headline("A plan shows its price", "What is paid now and each month stands in the plan. Planning orders nothing.")
    demo.terraform("plan", "-out=first.plan")
    planned = json.loads(demo.terraform("show", "-json", "first.plan", show=False))
    charge = Decimal(planned["resource_changes"][0]["change"]["after"]["charge"]["amount"])
    price = json.loads(demo.qualit("price", "--offer", "vps-2", "--term-months", "1", "--json", show=False))
    claim(
        f"The plan's price, {charge} EUR, is the one that `qualit price` computes.",
        holds=charge == Decimal(price["due_now"]) == Decimal("6.99"),
        seen=price,
    )
    claim(
        "Nothing was ordered or paid yet.",
        holds=not demo.listing("orders") and not demo.listing("payments"),
        seen=demo.listing("orders"),
    )


def order_pay_and_run(demo: World) -> None:
    headline(
        "An apply orders, pays and starts a machine",
        "The price that was planned is the price that is paid, also when the plan is applied a day later.",
    )
    demo.terraform("apply", "first.plan")
    demo.qualit("servers")
    demo.qualit("orders")
    demo.qualit("payments")
    demo.virsh("list")
    claim(
        "The payment gateway charged what the plan said: 6.99 EUR.",
        holds=demo.charged() == Decimal("6.99"),
        seen=demo.charged(),
    )
    if demo.real:
        machine = demo.machine()
        claim(
            "libvirt runs the machine, with what was bought: 2 vCPUs, 4 GiB of memory, 40 GiB of disk.",
            holds=machine is not None
            and (machine.state, machine.vcpus, machine.memory_gib, machine.disk_gib) == ("running", 2, 4, 40),
            seen=machine,
        )
    second = demo.terraform("plan", show=False)
    claim("A second plan has nothing to change.", holds="No changes." in second, seen=second)


def add_disk(demo: World) -> None:
    headline(
        "Two weeks later: an additional disk",
        "It is priced for the 14 of 28 days that remain: 5.00 a month, so 2.50 now. The machine runs on.",
    )
    before = demo.machine()
    demo.write("2-more-disk")
    demo.terraform("apply", "-auto-approve")
    demo.virsh("domid", demo.domain())
    claim("2.50 EUR more were charged.", holds=demo.charged() == Decimal("9.49"), seen=demo.charged())
    if before:
        after = demo.machine()
        claim(
            f"The same boot of the machine (domain id {before.id}) has 90 GiB of disk.",
            holds=after is not None and (after.id, after.disk_gib) == (before.id, 90),
            seen=after,
        )


def take_a_better_offer(demo: World) -> None:
    headline(
        "A better offer, on the running machine",
        "For the days that remain, the new offer less the old one: 7.00 - 3.50. No restart.",
    )
    before = demo.machine()
    demo.write("3-better-offer")
    demo.terraform("apply", "-auto-approve")
    demo.qualit("servers")
    demo.virsh("domid", demo.domain())
    demo.virsh("vcpucount", demo.domain(), "--current", "--live")
    claim("3.50 EUR more were charged.", holds=demo.charged() == Decimal("12.99"), seen=demo.charged())
    if before:
        after = demo.machine()
        claim(
            f"The same boot of the machine (domain id {before.id}) has 4 vCPUs, 8 GiB and 130 GiB of disk.",
            holds=after is not None
            and (after.id, after.vcpus, after.memory_gib, after.disk_gib) == (before.id, 4, 8, 130),
            seen=after,
        )


def refuse_a_downgrade(demo: World) -> None:
    headline(
        "A downgrade is refused",
        "mem-2 has more memory than vps-4, but fewer vCPUs and less disk: that is a downgrade. It is refused already\n"
        "when planning, never by replacing the server, and the message says what to write instead.",
    )
    _refused(demo, "4-downgrade", "C2")


def refuse_a_temporary_change(demo: World) -> None:
    headline(
        "A temporary change is refused",
        "The better offer is taken back in the code, as `git revert` does. A server is not improved for a few days\n"
        "only: the message says when it was improved, and from what.",
    )
    _refused(demo, "2-more-disk", "C3")


def _refused(demo: World, step: str, rule: str) -> None:
    """Plan a change that is refused, and put the configuration back."""
    orders, before = demo.listing("orders"), demo.main
    demo.write(step)
    said = demo.terraform("plan", exit_code=1)
    claim(f"The plan fails and names rule {rule}.", holds=f"(rule {rule})" in said, seen=said)
    claim("Nothing was ordered.", holds=demo.listing("orders") == orders, seen=demo.listing("orders"))
    demo.restore(before)
    say("main.tf is put back.")


def sleep_and_wake(demo: World) -> None:
    headline("Sleep and wake", "The machine's memory is saved to disk and comes back. Both are free.")
    demo.write("5-asleep")
    demo.terraform("apply", "-auto-approve")
    demo.virsh("domstate", demo.domain())
    asleep = demo.machine()
    demo.write("6-awake")
    demo.terraform("apply", "-auto-approve")
    demo.virsh("domstate", demo.domain())
    awake = demo.machine()
    if demo.real:
        claim("It was off, with its memory saved.", holds=asleep is not None and asleep.sleeping, seen=asleep)
        claim(
            "It runs again, as large as it was.",
            holds=awake is not None and (awake.state, awake.vcpus, awake.memory_gib) == ("running", 4, 8),
            seen=awake,
        )
    claim("Nothing was charged for it.", holds=demo.charged() == Decimal("12.99"), seen=demo.charged())


def end(demo: World) -> None:
    headline("The end of a server", "The plan says until when it is paid and what is lost before anything is deleted.")
    domain = demo.domain()
    said = " ".join(demo.terraform("plan", "-destroy", "-out=last.plan").split())
    demo.terraform("apply", "last.plan")
    demo.qualit("servers")
    demo.qualit("payments")
    claim(
        "The plan said that the disk is deleted, and that the server was paid until 2026-02-28.",
        holds="disk is deleted" in said and "paid until 2026-02-28" in said,
        seen=said,
    )
    claim("No server is left.", holds=not demo.listing("servers"), seen=demo.listing("servers"))
    if demo.real:
        left = look(demo.uri, domain)
        claim("libvirt has no such machine any more.", holds=left is None, seen=left)
    claim(
        f"Orders and payment gateway agree to the cent: {demo.charged()} EUR.",
        holds=demo.ordered() == demo.charged() == Decimal("12.99"),
        seen=(demo.ordered(), demo.charged()),
    )


if __name__ == "__main__":
    sys.exit(main())
