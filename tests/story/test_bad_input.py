"""Bad input, as its user meets it: each is an error that names the attribute, the value, the rule and the remedy."""

from __future__ import annotations

import json
import os
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.story.workspace import HEADER, Workspace

pytestmark = pytest.mark.cli

SERVER = """
resource "qualit_vps" "web" {{
  name  = {name}
  offer = {offer}
  {more}
}}
"""


def server(name: str = '"web"', offer: str = '"vps-2"', more: str = "") -> str:
    return SERVER.format(name=name, offer=offer, more=more)


def addition(type_: str, quantity: int | str) -> str:
    return f"""
resource "qualit_resource" "more" {{
  vps_id   = qualit_vps.web.id
  type     = "{type_}"
  quantity = {quantity}
}}
"""


REFUSED = {
    "an unknown offer": (server(offer='"vps-3"'), ["rule S1", 'offer = "vps-3"', "vps-2", "vps-8"]),
    "an unknown system": (server(more='os = "debian-11"'), ["rule S3", 'os = "debian-11"', "debian-12"]),
    "an unknown duration": (server(more="term_months = 2"), ["rule S4", "term_months", "1, 3, 6, 12"]),
    "an unknown type": (server() + addition("gpu", 1), ["rule S2", '"gpu"', '"bandwidth"']),
    "a quantity off the step": (server() + addition("disk", 25), ["rule S2", "Write quantity = 20 or 30"]),
    "a quantity beyond what a server may have": (server() + addition("vcpu", 15), ["rule S2", "16", "quantity = 14"]),
    "a name that DNS refuses": (server(name='"Web_1"'), ["rule C9", 'name = "web-1"']),
    "a means of payment that takes days": (
        server(more='payment_method = "bank_transfer"'),
        ["rule S5", "bank_transfer", "@"],
    ),
    "no offer": ('resource "qualit_vps" "web" {\n  name = "web"\n}\n', ["rule S1", "offer"]),
    "a charge above max_charge": (server(more='max_charge = "5.00"'), ["rule P7", "6.99 EUR", "max_charge"]),
    "an amount that is none": (server(more='max_charge = "5 EUR"'), ["rule P7", "5 EUR", '"25.00"']),
    "a part of a unit": (server() + addition("disk", "10.5"), ["rule S2", "quantity is 10.5", "whole number"]),
    "a name in place of an id": (
        server() + 'resource "qualit_resource" "more" {\n  vps_id = "web"\n  type = "disk"\n  quantity = 50\n}\n',
        ['vps_id = "web"', "qualit_vps.NAME.id"],
    ),
    "an order that does not exist": (
        'resource "qualit_vps" "web" {\n  name = "web"\n  order_id = "ctr-000000000000"\n}\n',
        ["rule L5", "ctr-000000000000"],
    ),
}


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.replace(" ", "-"))
def test_bad_input_is_refused_when_planning(case: str, workspace: Workspace) -> None:
    configuration, words = REFUSED[case]
    workspace.write(configuration)
    refused = workspace.plan()
    assert refused.exit_code == 1, refused.output
    for word in words:
        assert word in refused.text, refused.output
    assert workspace.listing("orders") == []


def test_n8_a_card_number_with_blanks_is_all_that_is_said(workspace: Workspace) -> None:
    workspace.write(server(name='"4111 1111 1111 1111"'))
    refused = workspace.plan()
    assert refused.exit_code == 1
    assert "card number" in refused.text
    assert "1111" not in refused.output


def test_n8_a_card_number_is_refused_and_not_repeated(workspace: Workspace) -> None:
    number = "4242 4242 4242 4242"
    workspace.write(server(more=f'payment_method = "{number}"'))
    refused = workspace.plan()
    assert refused.exit_code == 1
    assert "card number" in refused.text
    assert number not in refused.output


@pytest.mark.parametrize("where", ["an offer", "a key of labels", "the provider block", "the environment"])
def test_n8_a_card_number_is_printed_neither_by_the_provider_nor_with_its_line(
    workspace: Workspace, where: str
) -> None:
    number = "5555 5555 5555 4444"
    more = f'labels = {{ "{number}" = "x" }}' if where == "a key of labels" else ""
    header = HEADER.replace("test-visa", number) if where == "the provider block" else HEADER
    if where == "the environment":
        header = HEADER.replace('payment_method = "test-visa"', "")
        workspace.environment["QUALIT_PAYMENT_METHOD"] = number
    workspace.write(server(offer=f'"{number}"' if where == "an offer" else '"vps-2"', more=more), header=header)
    refused = workspace.plan()
    assert refused.exit_code == 1
    assert "rule N8" in refused.text
    assert "5555" not in refused.output


def test_s5_a_plan_without_any_means_of_payment_lists_the_saved_ones(workspace: Workspace) -> None:
    workspace.write(server(), header=HEADER.replace('payment_method = "test-visa"', ""))
    refused = workspace.plan()
    assert refused.exit_code == 1
    assert "rule S5" in refused.text
    assert "test-paypal" in refused.text


def test_n5_a_declined_card_is_an_error_and_nothing_exists(workspace: Workspace) -> None:
    workspace.write(server(more='payment_method = "test-declined"'))
    declined = workspace.apply()
    assert declined.exit_code == 1
    assert "declined" in declined.text
    assert workspace.listing("servers") == []
    assert workspace.state() == {}
    workspace.write(server())
    assert workspace.apply().exit_code == 0
    assert [order["status"] for order in workspace.listing("orders")] == ["declined", "active"]


def test_c9_a_forced_replacement_is_refused_with_what_to_do(workspace: Workspace) -> None:
    workspace.write(server())
    assert workspace.apply().exit_code == 0
    replaced = workspace.plan("-replace=qualit_vps.web")
    assert replaced.exit_code == 1
    assert "rule C9" in replaced.text
    assert "moved" in replaced.text
    assert len(workspace.listing("payments")) == 1


def test_c9_a_renamed_server_is_refused(workspace: Workspace) -> None:
    workspace.write(server())
    assert workspace.apply().exit_code == 0
    workspace.write(server(name='"shop"'))
    renamed = workspace.plan()
    assert renamed.exit_code == 1
    assert "rule C9" in renamed.text


def test_c8_deletion_protection_refuses_the_end_when_planning(workspace: Workspace) -> None:
    workspace.write(server(more="deletion_protection = true"))
    assert workspace.apply().exit_code == 0
    refused = workspace.plan("-destroy")
    assert refused.exit_code == 1
    assert "rule C8" in refused.text
    assert "deletion_protection = false" in refused.text


def test_c7_another_system_needs_leave_to_reinstall(workspace: Workspace) -> None:
    workspace.write(server())
    assert workspace.apply().exit_code == 0
    workspace.write(server(more='os = "ubuntu-24.04"'))
    refused = workspace.plan()
    assert refused.exit_code == 1
    assert "allow_reinstall = true" in refused.text
    workspace.write(server(more='os = "ubuntu-24.04"\nallow_reinstall = true'))
    assert workspace.apply().exit_code == 0
    assert workspace.listing("servers")[0]["os"] == "ubuntu-24.04"
    assert len(workspace.listing("payments")) == 1


def test_c5_releasing_an_addition_keeps_it_and_declaring_it_again_is_free(workspace: Workspace) -> None:
    workspace.write(server() + addition("disk", 30))
    assert workspace.apply().exit_code == 0
    workspace.write(server())
    released = workspace.plan()
    assert "rule C5" in released.text
    assert workspace.apply_saved().exit_code == 0
    assert workspace.listing("servers")[0]["characteristics"]["disk_gib"] == 70
    workspace.write(server() + addition("disk", 30))
    assert workspace.apply().exit_code == 0
    assert len(workspace.listing("payments")) == 2


def test_a_libvirt_that_does_not_answer_is_said_when_planning(workspace: Workspace) -> None:
    workspace.environment["QUALIT_LIBVIRT_URI"] = "qemu:///system?socket=/nonexistent/libvirt-sock"
    workspace.write(server())
    refused = workspace.plan()
    assert refused.exit_code == 1
    assert "libvirt" in refused.text
    assert workspace.listing("orders") == []


def test_a_catalogue_with_an_error_names_file_line_and_field(workspace: Workspace, tmp_path: Path) -> None:
    catalogue = tmp_path / "catalogue.yaml"
    catalogue.write_text("version: '1'\ncurrency: euro\n")
    workspace.environment["QUALIT_CATALOGUE"] = str(catalogue)
    workspace.write(server())
    refused = workspace.plan()
    assert refused.exit_code == 1
    assert "catalogue.yaml" in refused.text
    assert "line 2" in refused.text
    assert "currency" in refused.text


def test_a_state_of_a_newer_version_is_refused_and_kept(workspace: Workspace) -> None:
    workspace.write(server())
    assert workspace.apply().exit_code == 0
    path = workspace.folder / "terraform.tfstate"
    state = json.loads(path.read_text())
    state["resources"][0]["instances"][0]["schema_version"] = 99
    path.write_text(json.dumps(state))
    refused = workspace.plan()
    assert refused.exit_code == 1
    assert "newer provider version" in refused.text
    assert len(workspace.listing("payments")) == 1


def test_n4_another_home_loses_no_server_and_buys_none_again(workspace: Workspace) -> None:
    workspace.write(server())
    assert workspace.apply().exit_code == 0
    workspace.environment["QUALIT_HOME"] = str(workspace.platform.with_name("other"))
    for refused in (workspace.plan(), workspace.run("destroy", "-input=false", "-auto-approve", "-refresh=false")):
        assert refused.exit_code == 1
        assert 'The server "web" is not known here (rule N4)' in refused.text
        assert "QUALIT_HOME" in refused.text
    assert workspace.state()["qualit_vps.web"]["status"] == "active"


@pytest.fixture
def read_only_folder(tmp_path: Path) -> Iterator[Path]:
    """A folder that nobody can write to, not even root: a read-only mount where that is possible."""
    folder = tmp_path / "read-only"
    folder.mkdir()
    if os.geteuid() != 0:
        folder.chmod(stat.S_IRUSR | stat.S_IXUSR)
        yield folder
        folder.chmod(stat.S_IRWXU)
        return
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", str(folder)], check=False)
    if mounted.returncode != 0:
        pytest.skip("root cannot mount a read-only folder here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_read_only_home_is_said_with_its_path(workspace: Workspace, read_only_folder: Path) -> None:
    workspace.environment["QUALIT_HOME"] = str(read_only_folder / "home")
    workspace.write(server())
    refused = workspace.plan()
    assert refused.exit_code == 1
    assert str(read_only_folder) in refused.output.replace("\n", "").replace("│", "").replace(" ", "") or (
        "QUALIT_HOME" in refused.text
    )
