"""Compile the .proto files of this folder into the descriptor set that the Terraform plugin loads.

Run it after changing one of them: ``python proto/generate.py``. It needs grpcio-tools, which running the plugin
does not.
"""

from __future__ import annotations

import tempfile
from importlib.resources import files
from pathlib import Path

HERE = Path(__file__).resolve().parent
SOURCES = ("tfplugin6.proto", "go_plugin.proto", "health.proto")
OUTPUT = HERE.parent / "provider" / "terraform" / "protocol.binpb"


def compile_descriptors() -> bytes:
    """The serialized ``FileDescriptorSet`` of all sources and what they import, without comments."""
    from grpc_tools import protoc

    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "set.binpb"
        arguments = [
            "protoc",
            f"-I{HERE}",
            f"-I{files('grpc_tools') / '_proto'}",
            f"--descriptor_set_out={output}",
            "--include_imports",
            *SOURCES,
        ]
        if protoc.main(arguments) != 0:
            raise SystemExit("protoc refused the sources; see above")
        return output.read_bytes()


if __name__ == "__main__":
    OUTPUT.write_bytes(compile_descriptors())
