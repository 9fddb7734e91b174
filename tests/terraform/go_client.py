"""A host's side of a real plugin process, as go-plugin plays it: a P-521 certificate of its own for each process."""

from __future__ import annotations

import os
import subprocess
import sys
from base64 import b64decode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import grpc
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from provider.terraform.handshake import COOKIE

ROOT = Path(__file__).resolve().parents[2]
TOY = "tests.terraform.toy_plugin"


@dataclass(frozen=True)
class Identity:
    """A certificate with its key, both PEM."""

    certificate: bytes
    key: bytes


def new_identity(issuer: Identity | None = None) -> Identity:
    """A certificate with a P-521 key, with the fields that go-plugin gives it; signed by itself or by ``issuer``."""
    key = ec.generate_private_key(ec.SECP521R1())
    by = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    name = by if issuer is None else x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "another")])
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(by)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(seconds=30))
        .not_valid_after(now + timedelta(days=10000))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH]), critical=False
        )
    )
    signer: ec.EllipticCurvePrivateKey = key
    if issuer is not None:
        loaded = serialization.load_pem_private_key(issuer.key, None)
        assert isinstance(loaded, ec.EllipticCurvePrivateKey)
        signer = loaded
    certificate = builder.sign(signer, hashes.SHA512())
    return Identity(
        certificate.public_bytes(serialization.Encoding.PEM),
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
        ),
    )


@dataclass(frozen=True)
class Plugin:
    """A plugin process after its handshake; ``certificate`` is PEM, empty without TLS."""

    process: subprocess.Popen[bytes]
    line: str
    address: str
    certificate: bytes

    @contextmanager
    def channel(self, identity: Identity | None) -> Iterator[grpc.Channel]:
        """A channel to it: mutual TLS as ``identity``, or plain without one."""
        unlimited = (("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1))
        target = f"unix:{self.address}"
        if identity is None:
            with grpc.insecure_channel(target, unlimited) as channel:
                yield channel
            return
        credentials = grpc.ssl_channel_credentials(self.certificate, identity.key, identity.certificate)
        named = (*unlimited, ("grpc.ssl_target_name_override", "localhost"))
        with grpc.secure_channel(target, credentials, named) as channel:
            yield channel


@contextmanager
def started(
    identity: Identity | None, module: str = TOY, environment: Mapping[str, str] | None = None
) -> Iterator[Plugin]:
    """A plugin process as a host starts it; ended in the end if it still runs."""
    env = {**os.environ, COOKIE[0]: COOKIE[1], "PLUGIN_PROTOCOL_VERSIONS": "6", **(environment or {})}
    env.pop("PLUGIN_CLIENT_CERT", None)
    if identity is not None:
        env["PLUGIN_CLIENT_CERT"] = identity.certificate.decode()
    command = [sys.executable, "-m", module]
    with subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline().decode()
            fields = line.rstrip("\n").split("|")
            assert len(fields) == 6, line
            padded = fields[5] + "=" * (-len(fields[5]) % 4)
            der = b64decode(padded)
            pem = x509.load_der_x509_certificate(der).public_bytes(serialization.Encoding.PEM) if der else b""
            yield Plugin(process, line, fields[3], pem)
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
