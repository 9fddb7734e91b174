"""The seed that a cloud image is installed from."""

from __future__ import annotations

import json
import stat
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from provider.platform.hypervisor.port import HypervisorUnavailableError
from provider.platform.hypervisor.seed import renewed_seed_image, seed_image
from tests.hypervisor.machines import machine_spec

SPEC = machine_spec("web", "10.69.0.10", "10.69.0.11")


def content(image: Path, name: str) -> str:
    return subprocess.run(["mtype", "-i", str(image), f"::{name}"], capture_output=True, text=True, check=True).stdout


def test_it_says_who_the_machine_is_and_how_it_is_reached() -> None:
    with seed_image(SPEC) as image:
        meta = yaml.safe_load(content(image, "meta-data"))
        network = json.loads(content(image, "network-config"))
        label = subprocess.run(["mlabel", "-s", "-i", str(image), "::"], capture_output=True, text=True, check=True)
    assert meta == {"instance-id": SPEC.uuid, "local-hostname": "web", "public-keys": list(SPEC.ssh_keys)}
    matched = [entry["match"]["macaddress"] for entry in network["ethernets"].values()]
    assert matched == [address.mac for address in SPEC.addresses]
    assert "CIDATA" in label.stdout.upper()


def test_user_data_arrives_as_it_was_written_however_long() -> None:
    script = "#!/bin/sh\necho 'ä: \"{}\"'\n" + "# padding\n" * 200_000
    with seed_image(replace(SPEC, user_data=script)) as image:
        assert content(image, "user-data") == script


def test_without_user_data_nothing_is_configured_twice() -> None:
    with seed_image(SPEC) as image:
        assert yaml.safe_load(content(image, "user-data")) == {}
        assert "80-qualit-hotplug.rules" in content(image, "vendor-data")


def test_renewed_it_has_the_present_name_and_keys_and_its_user_data_still() -> None:
    script = "#!/bin/sh\n" + "# padding\n" * 200_000
    with seed_image(replace(SPEC, user_data=script)) as image:
        before = image.read_bytes()
    keys = tuple(f"ssh-ed25519 AAAA{number} me" for number in range(300))
    with renewed_seed_image(before, replace(SPEC, hostname="shop", ssh_keys=keys, user_data=None)) as image:
        assert len(image.read_bytes()) == len(before), "it is written over the old one"
        meta = yaml.safe_load(content(image, "meta-data"))
        assert content(image, "user-data") == script
        assert json.loads(content(image, "network-config"))["version"] == 2
    assert meta == {"instance-id": SPEC.uuid, "local-hostname": "shop", "public-keys": list(keys)}


def test_n8_nobody_else_can_read_it_and_it_is_gone_afterwards() -> None:
    with seed_image(SPEC) as image:
        assert stat.S_IMODE(image.parent.stat().st_mode) == 0o700
    assert not image.parent.exists()


def test_missing_mtools_is_named_with_what_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(HypervisorUnavailableError) as caught, seed_image(SPEC):
        pass
    assert "apt-get install mtools" in caught.value.remedy
