"""An inline program run through Pulumi's Automation API; prints what a test looks at. Run by test_automation.py.

It runs in a process of its own, because the API serves the program from threads and leaves them behind.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import pulumi
from pulumi import automation

import pulumi_qualit as qualit


def declare(offer: str) -> automation.PulumiFn:
    def program() -> None:
        web = qualit.Vps("web", name="web", offer=offer, term_months=3)
        disk = qualit.Resource("disk", vps=web, type="disk", quantity=20)
        pulumi.export("charge", disk.charge)
        pulumi.export("vcpus", web.characteristics.apply(lambda has: has.vcpus))

    return program


def main(folder: str) -> dict[str, Any]:
    """The way of a server: previewed, bought, improved, refused, ended."""
    stack = automation.create_or_select_stack("dev", project_name="shop", program=declare("vps-2"), work_dir=folder)
    said: list[str] = []
    planned = stack.preview(on_output=said.append)
    bought = stack.up()
    stack.workspace.program = declare("vps-4")
    improved = stack.up()
    stack.workspace.program = declare("vps-2")
    refusal = ""
    try:
        stack.preview()
    except automation.CommandError as error:
        refusal = str(error)
    ended = stack.destroy()
    return {
        "planned": {str(operation): count for operation, count in planned.change_summary.items()},
        "said": "\n".join(said),
        "bought": {name: output.value for name, output in bought.outputs.items()},
        "improved": {name: output.value for name, output in improved.outputs.items()},
        "refusal": refusal,
        "ended": ended.summary.result,
    }


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1])))
