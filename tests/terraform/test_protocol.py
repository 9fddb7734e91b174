"""The compiled descriptors that the package ships."""

from __future__ import annotations

import runpy
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_shipped_descriptors_are_those_of_the_sources() -> None:
    generate = runpy.run_path(str(ROOT / "proto" / "generate.py"))
    assert files("provider.terraform").joinpath("protocol.binpb").read_bytes() == generate["compile_descriptors"]()


def test_the_descriptors_stay_out_of_the_pool_that_other_packages_use() -> None:
    program = (
        "import provider.terraform.protocol as p; from google.protobuf import descriptor_pool as d\n"
        "p.tf6.Schema\n"
        "try: d.Default().FindMessageTypeByName('tfplugin6.Schema')\n"
        "except KeyError: print('apart')"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "apart\n"
