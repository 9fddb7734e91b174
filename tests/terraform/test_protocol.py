"""The compiled descriptors that the package ships."""

from __future__ import annotations

import runpy
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("adapter", ["terraform", "pulumi"])
def test_the_shipped_descriptors_are_those_of_the_sources(adapter: str) -> None:
    compiled = runpy.run_path(str(ROOT / "proto" / "generate.py"))["compile_descriptors"](adapter)
    assert files(f"provider.{adapter}").joinpath("protocol.binpb").read_bytes() == compiled


@pytest.mark.parametrize(
    ("protocol", "name"),
    [("provider.terraform.protocol", "tfplugin6.Schema"), ("provider.pulumi.protocol", "pulumirpc.CheckRequest")],
)
def test_the_descriptors_stay_out_of_the_pool_that_other_packages_use(protocol: str, name: str) -> None:
    package, _, message = name.partition(".")
    program = (
        f"import {protocol} as p; from google.protobuf import descriptor_pool as d\n"
        f"getattr(p, {{'tfplugin6': 'tf6', 'pulumirpc': 'rpc'}}[{package!r}]).{message}\n"
        f"try: d.Default().FindMessageTypeByName({name!r})\n"
        "except KeyError: print('apart')"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "apart\n"
