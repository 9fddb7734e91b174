"""A storage pool that is full: what is known before the payment is refused then, what comes later is refunded."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from provider.backend.port import RefusedError, UnavailableError
from provider.commerce.change import NewContract, SetQuantity
from provider.platform.hypervisor.checks import run_checks
from provider.platform.hypervisor.connection import LibvirtConnection
from provider.platform.hypervisor.demo_image import install_demo_images
from provider.platform.hypervisor.images import Images
from provider.platform.hypervisor.installation import Installation
from provider.platform.hypervisor.volumes import Volumes
from tests.faults.conftest import Ground
from tests.faults.greedy_image import greedy_image

pytestmark = pytest.mark.qemu
Once = Callable[[Any, str, Callable[[], object]], None]
NEW = NewContract("vps-1", "debian-12", 1)


class Pool:
    """A small pool that can be filled."""

    def __init__(self, folder: Path) -> None:
        self._filler = folder / "filler"

    def fill(self) -> None:
        """Take all that is left, to the last block."""
        with self._filler.open("wb") as file:
            subprocess.run(["cat", "/dev/zero"], stdout=file, stderr=subprocess.DEVNULL, check=False)

    def fill_but(self, mib: int) -> None:
        free = int(subprocess.check_output(["df", "--output=avail", "-B1", self._filler.parent]).split()[1])
        subprocess.run(["fallocate", "-l", str(free - mib * 1024**2), str(self._filler)], check=True)

    def empty(self) -> None:
        self._filler.unlink()


@pytest.fixture
def pool(ground: Ground) -> Iterator[Pool]:
    with ExitStack() as mounted:
        try:
            folder = mounted.enter_context(ground.host.small_pool(60))
        except OSError as error:
            pytest.skip(f"No file can be mounted as a file system here: {error}")
        install_demo_images(ground.host.uri)
        yield Pool(folder)
        for server in ground.shop.backend.servers():
            ground.shop.backend.end_server(server.id)


def test_n2_a_full_pool_is_known_before_a_new_server_or_more_disk_is_paid(ground: Ground, pool: Pool) -> None:
    ground.shop.buy("vps-1")
    ground.booted()
    charged = ground.shop.charged
    pool.fill_but(100)
    for quote, name in (
        (ground.shop.plan(NEW, "db"), "db"),
        (ground.shop.plan(SetQuantity("disk", 10)), "web"),
    ):
        with pytest.raises(UnavailableError, match=r"its storage is full: less than 1 GiB of its \d+ GiB of disk"):
            ground.shop.apply(quote, name=name)
    assert ground.shop.charged == charged
    (check,) = (check for check in run_checks(ground.host.uri) if check.name == "storage pool")
    assert not check.ok
    assert ground.shop.add("vcpu", 1).status == "active", "what takes no disk is sold"


def test_n3_a_pool_that_fills_up_after_the_payment_gives_all_of_it_back(ground: Ground, pool: Pool, once: Once) -> None:
    pool.fill_but(1500)

    def fill_up() -> None:
        pool.empty()
        pool.fill_but(0)

    once(Installation, "system", fill_up)
    with pytest.raises(RefusedError, match=r"The storage pool of the host is full.*was refunded in full"):
        ground.shop.apply(ground.shop.plan(NEW))
    assert ground.order().status == "refunded"
    assert ground.shop.charged == 0
    assert ground.shop.backend.server_named("web") is None
    assert ground.virsh("list", "--all", "--uuid") == ""
    assert [name for name in ground.virsh("vol-list", "qualit").split() if "system" in name] == []


def test_a_machine_that_the_host_stopped_for_want_of_room_goes_on_where_it_was(
    ground: Ground, pool: Pool, tmp_path: Path
) -> None:
    Images(Volumes(LibvirtConnection(ground.host.uri))).add("ubuntu-24.04", greedy_image(tmp_path), source="test")
    ground.shop.buy("vps-1", os="ubuntu-24.04")
    before = ground.booted()
    pool.fill_but(100)
    deadline = time.monotonic() + 120
    while ground.machine().fault != "paused":
        assert time.monotonic() < deadline, "the guest did not meet the end of the pool"
        time.sleep(0.5)
    (finding,) = ground.shop.backend.reconcile().unexplained
    assert (finding.code, "Make room in it" in finding.remedy) == ("machine-paused", True)
    view = ground.shop.backend.server(ground.shop.server().id, observe=True)
    assert view is not None
    assert view.fault == "paused"

    pool.empty()
    assert [finding.code for finding in ground.shop.backend.reconcile().repaired] == ["machine-paused"]
    assert ground.booted().boot == before.boot
