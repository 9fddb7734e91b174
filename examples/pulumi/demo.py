"""The story in Pulumi: a program in Python, with real output. `make demo` runs it where a Pulumi CLI is on PATH.

Every step says what it shows, runs the real CLI, and checks what it said. Its machines are pretended (libvirt's test
driver); the demo before it shows real ones. It ends with 1 when something is not as it says.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "demo"))

import stage
from stage import ClaimFailedError, claim, headline, say

BOUGHT = "2026-01-31T09:00:00Z"
IMPROVED = "2026-02-14T09:00:00Z"
"""The two days of the story, on a test clock: half of the paid month has passed on the second."""

NOISE = re.compile(
    r"@ (previewing|updating|destroying)|Duration:|The resources in the stack|If you want to remove the stack"
    r"|[ +~-]+pulumi:pulumi:Stack demo-dev"
)
"""What the CLI prints at every run, and the progress of the stack itself, whose messages stand below it again."""

PROGRAM = """\
import pulumi
import pulumi_qualit as qualit

web = qualit.Vps("web", name="web", offer="{offer}"{more})
disk = qualit.Resource("disk", vps=web, type="disk", quantity={disk})

pulumi.export("monthly", {{"web": web.monthly_price, "disk": disk.monthly_price}})
"""


class Project:
    """A folder with a program, its state in files, and a platform with its own clock."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "project"
        state = folder / "state"
        for path in (self.folder, state):
            path.mkdir()
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("PULUMI_", "QUALIT_"))}
        self.environment = {
            **kept,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PULUMI_BACKEND_URL": state.as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": "demo",
            "PULUMI_HOME": str(folder / "pulumi"),
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "QUALIT_HOME": str(folder / "platform"),
            "QUALIT_LIBVIRT_URI": "test:///default",
            "QUALIT_TEST_CLOCK": BOUGHT,
            "QUALIT_PAYMENT_METHOD": "test-visa",
        }
        (self.folder / "Pulumi.yaml").write_text("name: demo\nruntime: python\n", encoding="utf-8")

    def write(self, offer: str, disk: int, more: str = "") -> None:
        """Change the program, and show the difference."""
        file = self.folder / "__main__.py"
        before = file.read_text(encoding="utf-8") if file.exists() else ""
        text = PROGRAM.format(offer=offer, disk=disk, more=more)
        stage.show_change(before, text, file.name)
        file.write_text(text, encoding="utf-8")

    def pulumi(self, *arguments: str, exit_code: int = 0, show: bool = True) -> str:
        command = ["pulumi", *arguments, "--non-interactive", "--color", "always" if stage.COLOUR else "never"]
        return self._run(command, exit_code=exit_code, show=show)

    def up(self) -> str:
        return self.pulumi("up", "--yes", "--skip-preview")

    def listing(self, name: str) -> list[dict[str, Any]]:
        listed: list[dict[str, Any]] = json.loads(self._run(["qualit", name, "--json"], exit_code=0, show=False))
        return listed

    def charged(self) -> Decimal:
        return sum((Decimal(payment["amount"]) for payment in self.listing("payments")), Decimal("0.00"))

    def _run(self, command: list[str], *, exit_code: int, show: bool) -> str:
        return stage.run(
            command, folder=self.folder, environment=self.environment, exit_code=exit_code, show=show, noise=NOISE
        )


def main() -> int:
    if shutil.which("pulumi") is None:
        say("\nNo Pulumi CLI is on PATH, so the story is not told in Pulumi.")
        return 0
    try:
        with tempfile.TemporaryDirectory(prefix="qualit-demo-") as folder:
            tell(Project(Path(folder)))
    except ClaimFailedError as error:
        say(f"\n✗ Not as the demo says: {error}")
        return 1
    say("\nIn Pulumi too, everything was as the demo said.")
    return 0


def tell(demo: Project) -> None:
    """The story, in the order in which a customer lives it."""
    preview_with_its_price(demo)
    order_and_pay(demo)
    demo.environment["QUALIT_TEST_CLOCK"] = IMPROVED
    improve(demo)
    refuse(demo)
    sleep(demo)
    end(demo)


def preview_with_its_price(demo: Project) -> None:
    headline(
        "The same in Pulumi: a preview shows its price",
        "A program in Python. `pip install` is all that it needs: Pulumi looks for no plugin. Server and disk are\n"
        "priced before either exists.",
    )
    demo.write("vps-2", 50)
    demo.pulumi("stack", "init", "dev", show=False)
    said = demo.pulumi("preview")
    claim("The preview names both charges, 6.99 and 5.00 EUR.", holds="6.99 EUR" in said and "5.00" in said, seen=said)
    claim("Nothing was ordered.", holds=not demo.listing("orders"), seen=demo.listing("orders"))


def order_and_pay(demo: Project) -> None:
    headline("An up orders, pays and starts the server", "The price of the preview is the price that is paid.")
    demo.up()
    claim("11.99 EUR were charged.", holds=demo.charged() == Decimal("11.99"), seen=demo.charged())


def improve(demo: Project) -> None:
    headline(
        "Two weeks later: a better offer, in place",
        "For the 14 of 28 days that remain: 7.00 - 3.50. Nothing is replaced.",
    )
    demo.write("vps-4", 50)
    said = demo.up()
    claim("Nothing was replaced.", holds="replace" not in said, seen=said)
    claim("3.50 EUR more were charged.", holds=demo.charged() == Decimal("15.49"), seen=demo.charged())


def refuse(demo: Project) -> None:
    headline("Going back is refused in the preview", "A downgrade, a temporary change, and less disk than was bought.")
    for offer, disk, rule in (("mem-2", 50, "C2"), ("vps-2", 50, "C3"), ("vps-4", 20, "C2")):
        demo.write(offer, disk)
        said = demo.pulumi("preview", exit_code=1)
        claim(f"The preview fails and names rule {rule}.", holds=f"(rule {rule})" in said, seen=said)
    claim("Nothing was charged.", holds=demo.charged() == Decimal("15.49"), seen=demo.charged())


def sleep(demo: Project) -> None:
    headline("Sleep", "Free, and back at any time.")
    demo.write("vps-4", 50, ', power_state="sleeping"')
    demo.up()
    (server,) = demo.listing("servers")
    claim("The server sleeps.", holds=server["power_state"] == "sleeping", seen=server["power_state"])


def end(demo: Project) -> None:
    headline("The end", "A destroy says what is lost.")
    said = demo.pulumi("destroy", "--yes", "--skip-preview")
    claim(
        "It named rule C8, and no server is left.", holds="rule C8" in said and not demo.listing("servers"), seen=said
    )


if __name__ == "__main__":
    sys.exit(main())
