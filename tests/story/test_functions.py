"""The provider's functions and the price, asked with the real tools."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from provider.resources.functions import FUNCTIONS
from tests.project.tree import ROOT
from tests.story.tools import Tool
from tests.story.workspace import Workspace

pytestmark = pytest.mark.cli

SOLD = """
data "qualit_catalogue" "this" {}

locals {
  sold = data.qualit_catalogue.this
}
"""


@pytest.fixture
def asked(tmp_path: Path, tool: Tool) -> Workspace:
    """A workspace of each tool in turn."""
    made = Workspace(tmp_path, tool.path(), "test:///default")
    made.install()
    return made


def outputs(workspace: Workspace) -> dict[str, object]:
    applied = workspace.apply()
    assert applied.exit_code == 0, applied.output
    shown = json.loads(workspace.run("output", "-json").output)
    return {name: output["value"] for name, output in shown.items()}


def test_every_example_of_the_reference_gives_what_it_says(asked: Workspace) -> None:
    examples = {f"{each.name}_{n}": example for each in FUNCTIONS for n, example in enumerate(each.examples)}
    asked.write(SOLD + "".join(f'output "{name}" {{\n  value = {each.call}\n}}\n' for name, each in examples.items()))
    assert outputs(asked) == {name: example.result for name, example in examples.items()}


def test_functions_need_no_configured_provider_and_take_a_catalogue_file(asked: Workspace) -> None:
    (asked.folder / "catalogue.json").write_text(
        json.dumps(
            {
                "version": "ours",
                "currency": "EUR",
                "smallest_payment": 0.5,
                "contact": "sales@example.org",
                "offers": [
                    {
                        "id": "small",
                        "monthly_price": 4.5,
                        "characteristics": {
                            "vcpus": 1,
                            "memory_gib": 1,
                            "disk_gib": 10,
                            "ipv4_addresses": 1,
                            "bandwidth_mbits": 100,
                        },
                    }
                ],
                "operating_systems": [{"id": "debian-12", "name": "Debian 12"}],
                "additional_resources": [],
            }
        )
    )
    header = 'terraform {\n  required_providers {\n    qualit = { source = "qualit/qualit" }\n  }\n}\n'
    call = 'provider::qualit::cheapest_offer(jsondecode(file("catalogue.json")), { vcpus = 1 }).monthly_price'
    asked.write(f'output "price" {{\n  value = {call}\n}}\n', header=header)
    assert outputs(asked) == {"price": "4.50"}
    assert not asked.platform.exists()


def test_an_argument_that_cannot_be_used_is_pointed_at(asked: Workspace) -> None:
    asked.write(SOLD + 'output "a" {\n  value = provider::qualit::cheapest_offer(local.sold, { vcpu = 3 })\n}\n')
    refused = asked.plan()
    assert refused.exit_code == 1
    assert 'Invalid value for "needs" parameter: There is no vcpu: did you mean vcpus?' in refused.text


def test_c2_a_precondition_and_a_check_can_ask_before_anything_is_ordered(asked: Workspace) -> None:
    def written(offer: str) -> str:
        return (
            SOLD
            + f"""
variable "offer" {{
  default = "{offer}"
}}

data "qualit_price" "wanted" {{
  offer = var.offer
}}

resource "qualit_vps" "web" {{
  name  = "web"
  offer = var.offer

  lifecycle {{
    precondition {{
      condition     = length(data.qualit_price.wanted.problems) > 0 ? false : data.qualit_price.wanted.due_now <= 10
      error_message = try(data.qualit_price.wanted.problems[0].detail, "It costs too much.")
    }}
    precondition {{
      condition     = provider::qualit::is_improvement(local.sold, "vps-1", var.offer)
      error_message = "Less than vps-1."
    }}
  }}
}}

output "month" {{
  value = provider::qualit::monthly_price(local.sold, {{ offer = qualit_vps.web.offer, os = qualit_vps.web.os }})
}}
"""
        )

    asked.write(written("vps-4"))
    refused = asked.plan()
    assert (refused.exit_code, "It costs too much." in refused.text) == (1, True)
    asked.write(written("vps-3"))
    assert "is not in the catalogue" in asked.plan().text
    asked.write(written("vps-2"))
    planned = asked.plan()
    assert planned.exit_code == 0, planned.output
    assert '+ month = "6.99"' in planned.text, "a planned server has a price"
    assert asked.listing("orders") == []


def test_what_the_document_shows_can_be_applied(asked: Workspace) -> None:
    text = (ROOT / "docs" / "functions.md").read_text()
    price, functions = re.findall(r"```hcl\n(.*?)```", text, re.DOTALL)
    asked.write(functions)
    assert asked.apply().exit_code == 0
    assert sorted(order["amount"] for order in asked.listing("orders")) == ["2.00", "3.00", "6.99"]
    asked.write(functions + price)
    planned = asked.plan()
    assert planned.exit_code == 0, planned.output
    assert "No changes." in planned.text
    assert "Check block" not in planned.text


def test_p3_the_price_is_what_the_plan_says_and_what_is_paid(workspace: Workspace) -> None:
    server = 'resource "qualit_vps" "web" {{\n  name  = "web"\n  offer = "{offer}"\n}}\n'
    price = (
        'data "qualit_price" "larger" {\n  server = "web"\n  offer = "vps-4"\n  on = "2026-02-14"\n}\n'
        'output "due" {\n  value = data.qualit_price.larger.due_now\n}\n'
    )
    workspace.at("2026-01-31T09:00:00Z")
    workspace.write(server.format(offer="vps-2"))
    assert workspace.apply().exit_code == 0
    workspace.write(server.format(offer="vps-2") + price)
    assert outputs(workspace) == {"due": "3.50"}, "two weeks before"
    workspace.at("2026-02-14T09:00:00Z")
    asked = workspace.qualit("price", "--server", "web", "--offer", "vps-4", "--json")
    assert json.loads(asked)["due_now"] == "3.50"
    workspace.write(server.format(offer="vps-4"))
    assert workspace.plan().exit_code == 0
    assert workspace.changes()["qualit_vps.web"]["after"]["charge"]["amount"] == "3.50"
    assert workspace.apply_saved().exit_code == 0
    assert workspace.listing("orders")[-1]["amount"] == "3.50"
