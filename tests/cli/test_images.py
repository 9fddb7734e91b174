"""`qualit images`: what is imported, from where, and what every bad input is told."""

from __future__ import annotations

import hashlib
import http.server
import ipaddress
import ssl
import subprocess
import threading
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from provider.commerce.catalogue import DEFAULT_CATALOGUE
from tests.cli.conftest import Qualit
from tests.hypervisor.conftest import URI, start_daemons
from tests.qcow2 import write_qcow2

GIB = 1 << 30


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    return write_qcow2(tmp_path / "debian-12-genericcloud-amd64.qcow2")


def sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def test_an_unknown_system_is_answered_with_the_near_ones(qualit: Qualit, disk: Path) -> None:
    ended = qualit("images", "import", "debain-12", str(disk))
    assert ended.exit_code == 1
    assert '"debain-12" is none of the catalogue. Did you mean debian-12' in ended.err


def test_a_file_that_is_not_there_is_said(qualit: Qualit, tmp_path: Path) -> None:
    assert "none.qcow2 does not exist" in qualit("images", "import", "debian-12", str(tmp_path / "none.qcow2")).err
    assert "is a folder" in qualit("images", "import", "debian-12", str(tmp_path)).err


@pytest.mark.parametrize("algorithm", ["sha256", "sha512"])
def test_a_wrong_checksum_shows_both_and_the_right_one_goes_on(qualit: Qualit, disk: Path, algorithm: str) -> None:
    right = hashlib.new(algorithm, disk.read_bytes()).hexdigest()
    wrong = "0" * len(right)
    ended = qualit("images", "import", "debian-12", str(disk), f"--{algorithm}", wrong)
    assert ended.exit_code == 1
    assert right in ended.err
    assert wrong in ended.err
    assert "Nothing was imported" in ended.err
    ended = qualit("images", "import", "debian-12", str(disk), f"--{algorithm}", right.upper())
    assert (ended.exit_code, "needs no images" in ended.out) == (0, True)


def test_what_is_no_checksum_is_said_with_its_length(qualit: Qualit, disk: Path) -> None:
    ended = qualit("images", "import", "debian-12", str(disk), "--sha256", "abc")
    assert '"abc" has 3 characters; it should have 64 hexadecimal digits' in ended.err
    both = qualit("images", "import", "debian-12", str(disk), "--sha256", "0" * 64, "--sha512", "0" * 128)
    assert "--sha256 or --sha512" in both.err


def test_a_disk_with_a_backing_file_is_refused(qualit: Qualit, tmp_path: Path) -> None:
    disk = write_qcow2(tmp_path / "overlay.qcow2", backing=b"/etc/shadow")
    ended = qualit("images", "import", "debian-12", str(disk))
    assert ended.exit_code == 1
    assert "has a backing file" in ended.err


def test_offers_that_are_too_small_are_named_and_none_that_is_large_enough_is_an_error(
    qualit: Qualit, tmp_path: Path
) -> None:
    disk = write_qcow2(tmp_path / "disk.qcow2", virtual_bytes=20 * GIB + 1)
    ended = qualit("images", "import", "debian-12", str(disk))
    assert ended.exit_code == 0
    assert "disk has 21 GiB. It cannot be installed with vps-1 (20 GiB)." in ended.err
    ended = qualit("images", "import", "debian-12", str(write_qcow2(disk, virtual_bytes=161 * GIB)))
    assert ended.exit_code == 1
    assert "161 GiB, and no offer has so much: vps-1 (20 GiB), vps-2 (40 GiB)" in ended.err


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("http://127.0.0.1/disk.qcow2", "neither a file nor an https address"),
        ("https://user:secret@127.0.0.1:1/disk.qcow2?token=secret", "needs its checksum"),
    ],
)
def test_n8_an_address_that_cannot_be_used_is_said_without_its_secrets(qualit: Qualit, address: str, said: str) -> None:
    ended = qualit("images", "import", "debian-12", address)
    assert ended.exit_code == 1
    assert said in ended.err
    assert "secret" not in ended.err


@pytest.fixture
def web(tmp_path: Path, disk: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a real https server that has the disk's folder, with a certificate that is trusted here."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    now = datetime.now(UTC)
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(days=1), now + timedelta(days=1))
        .add_extension(address, critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = tmp_path / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    pem.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(pem))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *arguments: object) -> None:
            super().__init__(*arguments, directory=str(disk.parent))  # type: ignore[arg-type]

        def log_message(self, *_: object) -> None:
            pass

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"https://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_an_image_is_fetched_over_https_with_its_size_and_only_with_its_checksum(
    qualit: Qualit, web: str, disk: Path
) -> None:
    ended = qualit("images", "import", "debian-12", f"{web}/{disk.name}?key=secret", "--sha256", sha256(disk))
    assert (ended.exit_code, ended.err) == (0, "")
    assert f"Fetching 0.4 MiB from {web}/{disk.name}." in ended.out
    wrong = qualit("images", "import", "debian-12", f"{web}/{disk.name}", "--sha256", "0" * 64)
    assert sha256(disk) in wrong.err
    missing = qualit("images", "import", "debian-12", f"{web}/none.qcow2?key=secret", "--sha256", "0" * 64)
    assert "404" in missing.err
    assert "secret" not in missing.err + ended.out


@pytest.fixture
def system(user: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A system of this test alone, sold by its own catalogue, on the real host."""
    start_daemons()
    name = f"test-{uuid.uuid4().hex[:8]}"
    catalogue = tmp_path / "catalogue.yaml"
    catalogue.write_text(DEFAULT_CATALOGUE.read_text().replace("{id: debian-12,", f"{{id: {name},"))
    monkeypatch.setenv("QUALIT_CATALOGUE", str(catalogue))
    monkeypatch.setenv("QUALIT_LIBVIRT_URI", URI)
    yield name
    virsh = ["virsh", "-c", URI]
    listed = subprocess.run([*virsh, "vol-list", "qualit"], capture_output=True, text=True, check=True).stdout
    for volume in listed.split():
        if volume.startswith(name):
            subprocess.run([*virsh, "vol-delete", volume, "qualit"], capture_output=True, check=True)


@pytest.mark.qemu
def test_an_image_is_imported_listed_verified_and_removed(qualit: Qualit, system: str, disk: Path) -> None:
    def rows() -> list[dict[str, object]]:
        listed = qualit("images", "list", "--json", "--verify").json()
        return next(entry["images"] for entry in listed if entry["os"] == system)

    assert rows() == []
    ended = qualit("images", "import", system, str(disk), "--sha256", sha256(disk))
    assert (ended.exit_code, ended.err) == (0, "")
    assert f"{system} is installed from version 1 from now on. SHA-256 {sha256(disk)}" in ended.out
    assert "has this image already, as version 1" in qualit("images", "import", system, str(disk)).out
    (row,) = rows()
    assert (row["version"], row["state"], row["sha256"]) == (1, "verified", sha256(disk))
    assert (row["machines"], row["virtual_bytes"], row["source"]) == (0, GIB, disk.name)
    shown = qualit("images", "list").out
    assert f"{sha256(disk)[:16]}" in shown

    damage = ["virsh", "-c", URI, "vol-upload", f"{system}@1.qcow2", __file__, "qualit"]
    subprocess.run(damage, check=True, capture_output=True)
    damaged = qualit("images", "list", "--verify")
    assert damaged.exit_code == 1
    assert f"{sha256(disk)} was imported" in damaged.err

    assert f"There is no version 7 of {system}" in qualit("images", "remove", system, "7").err
    removed = qualit("images", "remove", system, "1")
    assert removed.exit_code == 0
    assert f"Nothing is left that {system} could be installed from" in removed.err
    assert rows() == []
