"""How long the plugin takes to start, beside a peer in Python: ``python benchmarks/handshake.py``.

The peer is PyPI's ``tf`` with a provider of one resource, installed into an environment that is thrown away. Both
are started as Terraform starts them, in turns, and asked for their schema over TLS by the same client. The figures
are medians over the pairs: the handshake line, and the schema's answer. A ratio below 1 means that ours is faster.
Our process serves the real provider with all its resources.
"""

from __future__ import annotations

import argparse
import os
import ssl
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from base64 import b64decode
from dataclasses import dataclass
from pathlib import Path

import grpc

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.terraform.go_client import Identity, new_identity  # noqa: E402

PEER = "tf==1.2.0"
COOKIE = {"TF_PLUGIN_MAGIC_COOKIE": "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2"}
OURS = "import runpy, sys; sys.path.insert(0, {root!r}); runpy.run_module('provider.terraform', run_name='__main__')"
"""As ``python -P -E -m provider.terraform``, also where the package is not installed."""

PEER_PROVIDER = '''\
"""A provider of one resource, for comparison."""
from tf import runner, schema, types
from tf.iface import Provider, Resource


class Box(Resource):
    def __init__(self, provider): pass

    @classmethod
    def get_name(cls): return "box"

    @classmethod
    def get_schema(cls):
        return schema.Schema(attributes=[schema.Attribute("name", types.String(), required=True)])

    def create(self, ctx, planned): return planned
    def read(self, ctx, current): return current
    def update(self, ctx, current, planned): return planned
    def delete(self, ctx, current): return None


class Boxes(Provider):
    def get_model_prefix(self): return "peer_"
    def full_name(self): return "peer/peer"
    def get_provider_schema(self, diags): return schema.Schema(attributes=[])
    def validate_config(self, diags, config): pass
    def configure_provider(self, diags, config): pass
    def get_data_sources(self): return []
    def get_resources(self): return [Box]


if __name__ == "__main__":
    runner.run_provider(Boxes())
'''


@dataclass(frozen=True)
class Times:
    """Milliseconds from the process's start."""

    line: float
    schema: float


def start(command: list[str], home: str, identity: Identity) -> Times:
    """Start a plugin once, ask for its schema, end it."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": home,
        "QUALIT_HOME": home,
        "TMPDIR": home,
        "PLUGIN_PROTOCOL_VERSIONS": "6",
        "PLUGIN_CLIENT_CERT": identity.certificate.decode(),
        **COOKIE,
    }
    started = time.perf_counter()
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        fields = process.stdout.readline().decode().strip().split("|") if process.stdout else []
        line = time.perf_counter()
        if len(fields) < 6:
            raise SystemExit(f"no handshake from {command[0]}")
        certificate = ssl.DER_cert_to_PEM_cert(b64decode(fields[5] + "=" * (-len(fields[5]) % 4))).encode()
        credentials = grpc.ssl_channel_credentials(certificate, identity.key, identity.certificate)
        options = (("grpc.ssl_target_name_override", "localhost"),)
        with grpc.secure_channel(f"unix:{fields[3]}", credentials, options) as channel:
            answer = channel.unary_unary("/tfplugin6.Provider/GetProviderSchema")(b"", timeout=60, wait_for_ready=True)
            if not answer:
                raise SystemExit(f"no schema from {command[0]}")
            asked = time.perf_counter()
        process.kill()
    return Times((line - started) * 1000, (asked - started) * 1000)


def install_peer(folder: Path) -> list[str]:
    """The peer in an environment of its own, with the same versions of what both use; gives its command."""
    venv.create(folder / "venv", with_pip=True)
    python = folder / "venv" / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", PEER, f"grpcio=={grpc.__version__}"], check=True)
    provider = folder / "peer.py"
    provider.write_text(PEER_PROVIDER)
    return [str(python), str(provider)]


def report(name: str, ours: list[float], theirs: list[float]) -> None:
    ratio = statistics.median(mine / other for mine, other in zip(ours, theirs, strict=True))
    print(
        f"{name:<17} ours {statistics.median(ours):6.0f} ms   {PEER} {statistics.median(theirs):6.0f} ms   "
        f"ratio {ratio:.2f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--pairs", type=int, default=15, help="how often each is started")
    pairs = parser.parse_args().pairs
    identity = new_identity()
    ours = [sys.executable, "-P", "-E", "-c", OURS.format(root=str(ROOT))]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        peer = install_peer(folder)
        for command in (ours, peer):
            start(command, name, identity)
        times = [(start(ours, name, identity), start(peer, name, identity)) for _ in range(pairs)]
    print(f"{pairs} pairs, medians, from the process's start:")
    report("handshake line", [mine.line for mine, _ in times], [other.line for _, other in times])
    report("schema answered", [mine.schema for mine, _ in times], [other.schema for _, other in times])


if __name__ == "__main__":
    main()
