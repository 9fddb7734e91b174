"""Compile the .proto files of this folder into the descriptor sets that the plugins load.

Run it after changing one of them: ``python proto/generate.py``. It needs grpcio-tools, which running a plugin does
not.
"""

from __future__ import annotations

import tempfile
from importlib.resources import files
from pathlib import Path

HERE = Path(__file__).resolve().parent
SOURCES = {
    "terraform": ("tfplugin6.proto", "go_plugin.proto", "health.proto"),
    "pulumi": ("pulumirpc.proto", "rpc_status.proto"),
}
"""By the package below ``provider`` that loads them."""


def compile_descriptors(adapter: str) -> bytes:
    """The serialized ``FileDescriptorSet`` of an adapter's sources and what they import, without comments."""
    from grpc_tools import protoc

    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "set.binpb"
        arguments = [
            "protoc",
            f"-I{HERE}",
            f"-I{files('grpc_tools') / '_proto'}",
            f"--descriptor_set_out={output}",
            "--include_imports",
            *SOURCES[adapter],
        ]
        if protoc.main(arguments) != 0:
            raise SystemExit("protoc refused the sources; see above")
        return output.read_bytes()


def output(adapter: str) -> Path:
    """Where an adapter's descriptor set lies."""
    return HERE.parent / "provider" / adapter / "protocol.binpb"


if __name__ == "__main__":
    for each in SOURCES:
        output(each).write_bytes(compile_descriptors(each))
