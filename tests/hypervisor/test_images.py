"""System images in a real pool. Nothing boots: what is shown is what may be used, and what is never lost."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from os import cpu_count
from pathlib import Path

import pytest

from provider.platform.hypervisor.connection import LibvirtConnection
from provider.platform.hypervisor.demo_image import DISK_MIB, SHAPE, demo_image, install_demo_images
from provider.platform.hypervisor.images import Images, image_name, record_name
from provider.platform.hypervisor.installation import Installation
from provider.platform.hypervisor.libvirt_host import LibvirtHost
from provider.platform.hypervisor.port import DeliveryImpossibleError, HypervisorUnavailableError
from provider.platform.hypervisor.qcow2 import ImageError
from provider.platform.hypervisor.volumes import Volumes
from tests.hypervisor.conftest import URI, start_daemons
from tests.hypervisor.machines import machine_spec
from tests.qcow2 import write_qcow2

pytestmark = pytest.mark.qemu


@pytest.fixture
def volumes() -> Iterator[Volumes]:
    start_daemons()
    connection = LibvirtConnection(URI)
    yield Volumes(connection)
    connection.close()


@pytest.fixture
def images(volumes: Volumes) -> Images:
    return Images(volumes)


@pytest.fixture
def os(volumes: Volumes) -> Iterator[str]:
    """A system of this test alone; its images go with it."""
    name = f"test-{uuid.uuid4().hex[:8]}"
    yield name
    volumes.refresh()
    for volume in volumes.names():
        if volume.startswith(name):
            volumes.delete(volume)


@pytest.fixture
def machine(volumes: Volumes) -> Iterator[str]:
    """The UUID of a machine; its volumes go with it."""
    name = str(uuid.uuid4())
    yield name
    for volume in volumes.machine_volumes(name):
        volumes.delete(volume)


def test_a_second_import_is_a_new_version_and_the_first_is_never_touched(
    volumes: Volumes, images: Images, os: str, machine: str, tmp_path: Path
) -> None:
    first = images.add(os, write_qcow2(tmp_path / "1.qcow2", content=b"one"), source="1.qcow2")
    assert (first.version, first.finished, first.machines, first.source) == (1, True, 0, "1.qcow2")
    assert images.newest(os).name() == image_name(os, 1)
    volumes.create_overlay(f"{machine}-system-1.qcow2", images.newest(os), 1)
    content = volumes.read(image_name(os, 1))

    second = images.add(os, write_qcow2(tmp_path / "2.qcow2", content=b"two"), source="2.qcow2")
    assert (second.version, second.machines) == (2, 0)
    assert images.newest(os).name() == image_name(os, 2)
    assert volumes.read(image_name(os, 1)) == content
    assert [(image.version, image.machines) for image in images.of(os)] == [(1, 1), (2, 0)]

    with pytest.raises(
        ImageError, match=rf"{image_name(os, 1)} is what these disks .* lost with it: {machine}-system-1"
    ):
        images.remove(images.of(os)[0])
    volumes.delete(f"{machine}-system-1.qcow2")
    images.remove(images.of(os)[0])
    assert [image.version for image in images.of(os)] == [2]


def test_the_same_image_again_is_the_one_that_is_there(images: Images, os: str, tmp_path: Path) -> None:
    disk = write_qcow2(tmp_path / "disk.qcow2")
    assert images.add(os, disk, source="one") == images.add(os, disk, source="two")


def test_an_import_that_is_killed_leaves_nothing_that_is_used(
    volumes: Volumes, images: Images, os: str, tmp_path: Path
) -> None:
    disk = write_qcow2(tmp_path / "large.qcow2")
    with disk.open("ab") as file:
        file.truncate(2 << 30)
    program = (
        "import sys; from pathlib import Path\n"
        "from provider.platform.hypervisor.connection import LibvirtConnection\n"
        "from provider.platform.hypervisor.images import Images\n"
        "from provider.platform.hypervisor.volumes import Volumes\n"
        f"Images(Volumes(LibvirtConnection({URI!r}))).add({os!r}, Path({str(disk)!r}), source='killed')\n"
    )
    with subprocess.Popen([sys.executable, "-c", program]) as importing:
        while image_name(os, 1) not in volumes.names():
            assert importing.poll() is None
            time.sleep(0.01)
        assert images.newest(os) is None, "it is used while it is being imported"
        importing.kill()
    volumes.refresh()
    assert images.newest(os) is None
    assert [image.finished for image in images.of(os)] == [False]

    again = images.add(os, write_qcow2(tmp_path / "small.qcow2"), source="again")
    assert images.newest(os).name() == image_name(os, again.version) == image_name(os, 2)
    images.remove(images.of(os)[0])
    assert [image.version for image in images.of(os)] == [2]


def test_a_record_that_was_cut_off_is_none(volumes: Volumes, images: Images, os: str, tmp_path: Path) -> None:
    images.add(os, write_qcow2(tmp_path / "disk.qcow2"), source="disk.qcow2")
    record = volumes.read(record_name(os, 1)).decode()
    volumes.delete(record_name(os, 1))
    for part in (record[:-2], "\0" * len(record)):
        volumes.write_text(record_name(os, 1), part)
        assert images.newest(os) is None
        volumes.delete(record_name(os, 1))


def test_content_that_changed_is_found_and_never_taken_for_whole(
    volumes: Volumes, images: Images, os: str, tmp_path: Path
) -> None:
    image = images.add(os, write_qcow2(tmp_path / "disk.qcow2"), source="disk.qcow2")
    assert images.damage(image) is None
    other = write_qcow2(tmp_path / "other.qcow2", content=b"other")
    subprocess.run(["virsh", "-c", URI, "vol-upload", image.volume, other, "qualit"], check=True, capture_output=True)
    assert f"{image.sha256} was imported" in (images.damage(image) or "")


def test_what_arrives_with_another_content_is_removed(
    volumes: Volumes, images: Images, os: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Volumes, "sha256", lambda self, name: "0" * 64)
    with pytest.raises(ImageError, match="arrived in the pool with another content"):
        images.add(os, write_qcow2(tmp_path / "disk.qcow2"), source="disk.qcow2")
    assert images.of(os) == []


def test_a_pool_without_room_is_refused_before_anything_is_sent(images: Images, os: str, tmp_path: Path) -> None:
    disk = write_qcow2(tmp_path / "huge.qcow2")
    with disk.open("ab") as file:
        file.truncate(10 << 40)
    with pytest.raises(ImageError, match=rf"has {10 << 40} bytes, and the pool .* bytes left"):
        images.add(os, disk, source="huge.qcow2")
    assert images.of(os) == []


def test_an_image_put_there_by_hand_is_used_until_one_is_imported(
    volumes: Volumes, images: Images, os: str, tmp_path: Path
) -> None:
    volumes.write(image_name(os, 0), write_qcow2(tmp_path / "hand.qcow2"))
    assert images.newest(os).name() == f"{os}.qcow2"
    (by_hand,) = images.of(os)
    assert (by_hand.version, by_hand.sha256, by_hand.finished) == (0, None, True)
    with pytest.raises(ImageError, match="virsh vol-delete"):
        images.remove(by_hand)
    images.add(os, write_qcow2(tmp_path / "disk.qcow2", content=b"new"), source="disk.qcow2")
    assert images.newest(os).name() == image_name(os, 1)


def test_a_machine_made_while_its_image_is_removed_keeps_the_image(
    volumes: Volumes, images: Images, os: str, machine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = images.add(os, write_qcow2(tmp_path / "disk.qcow2"), source="disk.qcow2")
    volume = images.newest(os)
    delete = Volumes.delete

    def interfere(self: Volumes, name: str) -> None:
        if name == record_name(os, 1):
            volumes.create_overlay(f"{machine}-system-1.qcow2", volume, 1)
        delete(self, name)

    with monkeypatch.context() as patch:
        patch.setattr(Volumes, "delete", interfere)
        with pytest.raises(ImageError, match="would be lost"):
            images.remove(image)
    assert images.newest(os).name() == image.volume


def test_an_image_removed_while_a_machine_is_made_is_not_used_by_it(
    volumes: Volumes, images: Images, os: str, tmp_path: Path
) -> None:
    image = images.add(os, write_qcow2(tmp_path / "disk.qcow2"), source="disk.qcow2")
    volume, spec = images.newest(os), machine_spec("late")
    volumes.delete(record_name(os, 1))
    with pytest.raises(HypervisorUnavailableError, match=rf"{image.volume} was removed from the host while"):
        Installation(volumes).system(spec, volume)
    assert volumes.machine_volumes(spec.uuid) == ()


def test_a_host_installs_from_what_was_imported_on_a_disk_that_holds_it(
    images: Images, os: str, tmp_path: Path
) -> None:
    images.add(os, write_qcow2(tmp_path / "disk.qcow2", virtual_bytes=(2 << 30) + 1), source="disk.qcow2")
    host = LibvirtHost(LibvirtConnection(URI), tmp_path)
    host.check(os, 3)
    with pytest.raises(DeliveryImpossibleError, match=rf"{image_name(os, 1)} needs a disk of 3 GiB, .* has 2 GiB"):
        host.check(os, 2)


def test_a_hosts_capacity_is_its_memory_but_for_its_own_and_the_file_system_of_the_pool(
    volumes: Volumes, tmp_path: Path
) -> None:
    has = LibvirtHost(LibvirtConnection(URI), tmp_path).capacity()
    kib = int(re.search(r"MemTotal: +(\d+) kB", Path("/proc/meminfo").read_text())[1])  # type: ignore[index]
    assert has.memory_gib == kib // 1024**2 - 1
    assert has.disk_gib == shutil.disk_usage(volumes.path("")).total // 1024**3
    assert has.vcpus == cpu_count()


def test_a_demo_image_of_an_earlier_shape_is_replaced_and_stays_while_a_machine_is_based_on_it(
    volumes: Volumes, images: Images, os: str, machine: str, tmp_path: Path
) -> None:
    by_hand = write_qcow2(tmp_path / "0.qcow2", virtual_bytes=DISK_MIB * 1024**2)
    volumes.write(image_name(os, 0), by_hand)
    images.add(os, write_qcow2(tmp_path / "1.qcow2", content=b"one"), source="qualit images build-demo")
    volumes.create_overlay(f"{machine}-system-1.qcow2", images.newest(os), 1)

    assert install_demo_images(URI, (os,)) == (os,)
    assert [image.version for image in images.of(os)] == [0, 1, 2]
    assert images.of(os)[-1].source == f"qualit images build-demo, shape {SHAPE}"
    assert install_demo_images(URI, (os,)) == ()

    images.add(os, write_qcow2(tmp_path / "3.qcow2", content=b"own"), source="own.qcow2")
    assert install_demo_images(URI, (os,)) == (), "a system's own image is never replaced"


@pytest.mark.parametrize(("mib", "replaced"), [(DISK_MIB, True), (2048, False)])
def test_an_image_that_was_put_there_by_hand_is_replaced_only_if_it_was_the_demo(
    volumes: Volumes, os: str, mib: int, replaced: bool, tmp_path: Path
) -> None:
    volumes.write(image_name(os, 0), write_qcow2(tmp_path / "0.qcow2", virtual_bytes=mib * 1024**2))
    volumes.refresh()
    assert install_demo_images(URI, (os,)) == ((os,) if replaced else ())


def test_what_is_cached_of_an_earlier_shape_is_built_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "demo-guest.qcow2").write_bytes(b"earlier")
    monkeypatch.setattr(
        "provider.platform.hypervisor.demo_image.build_demo_image", lambda image, _work: image.write_bytes(b"built")
    )
    assert demo_image(tmp_path).read_bytes() == b"built"
