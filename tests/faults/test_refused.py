"""A host that refuses to plug in what was paid for: the order is refunded, contract and basis are as before."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from provider.backend.port import RefusedError
from provider.commerce.change import SetQuantity, SwitchSolution
from tests.faults.conftest import Ground

pytestmark = pytest.mark.qemu


def refused(ground: Ground, change: SetQuantity | SwitchSolution, why: str) -> None:
    """Ordering it is refunded in full; it is as if it had never been ordered, and the guest runs on."""
    before, charged, guest = ground.shop.server().contract.contract, ground.shop.charged, ground.booted()
    with pytest.raises(RefusedError, match=f"(?s){why}.*was refunded in full"):
        ground.shop.apply(ground.shop.plan(change))
    assert ground.order().status == "refunded"
    assert ground.shop.charged == charged
    assert ground.shop.server().contract.contract == before
    assert ground.booted().boot == guest.boot


def test_n3_memory_that_cannot_grow_because_its_device_was_removed_from_the_definition(
    ground: Ground, tmp_path: Path
) -> None:
    ground.shop.buy("vps-1")
    xml = ground.virsh("dumpxml", "--inactive", ground.uuid())
    definition = tmp_path / "domain.xml"
    definition.write_text(re.sub(r"<memory model='virtio-mem'.*?</memory>", "", xml, flags=re.DOTALL))
    ground.virsh("define", str(definition))
    refused(ground, SetQuantity("memory", 1), "with room for 2 GiB of memory")
    assert ground.shop.add("vcpu", 1).status == "active", "the server can still be improved in what is left"


def test_n3_an_address_for_which_the_machine_has_no_slot_left(ground: Ground, tmp_path: Path) -> None:
    ground.shop.buy("vps-1")
    device = tmp_path / "device.xml"
    device.write_text("<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>")

    def take_every_slot() -> None:
        for _ in range(40):
            ground.virsh("attach-device", ground.uuid(), str(device), "--live")

    with pytest.raises(subprocess.CalledProcessError) as caught:
        take_every_slot()
    assert "No more available PCI slots" in caught.value.stderr
    refused(ground, SetQuantity("ipv4", 1), "PCI")
    report = ground.shop.backend.reconcile()
    assert (report.repaired, report.unexplained) == ((), ())
