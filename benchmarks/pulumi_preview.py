"""How long a preview of many servers takes, beside a dynamic provider that does nothing.

``python benchmarks/pulumi_preview.py``: a program in Python declares servers that do not exist yet, and another one
as many resources of a dynamic provider that answers at once. Both are previewed by the same Pulumi CLI, in turns; the
same again when all of them exist and nothing changes, and for the native plugin with a program in YAML. The figures
are medians, each ratio a median over the pairs: how much longer ours takes.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

VERSION = "3.250.0"
NOTHING_PROVIDER = """\
from pulumi.dynamic import CheckResult, CreateResult, DiffResult, Resource, ResourceProvider


class Provider(ResourceProvider):
    serialize_as_secret_always = False

    def check(self, _olds, news):
        return CheckResult(news, [])

    def diff(self, _id, _olds, _news):
        return DiffResult(changes=False)

    def create(self, props):
        return CreateResult(props["name"], props)


class Nothing(Resource):
    def __init__(self, name, props):
        super().__init__(Provider(), name, props)
"""
NOTHING = """\
from nothing import Nothing

for number in range({count}):
    Nothing(f"web-{{number}}", {{"name": f"web-{{number}}", "offer": "vps-1"}})
"""
DYNAMIC = """\
import pulumi_qualit as qualit

for number in range({count}):
    qualit.Vps(f"web-{{number}}", name=f"web-{{number}}", offer="vps-1")
"""
NATIVE = """\
  web-{number}:
    type: qualit:Vps
    properties:
      name: web-{number}
      offer: vps-1
"""


class Project:
    """One program with a state and a platform of its own."""

    def __init__(self, folder: Path, runtime: str, program: str, tools: Path) -> None:
        self.folder = folder / "project"
        self.state = folder / "state"
        for path in (self.folder, self.state):
            path.mkdir(parents=True)
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("PULUMI_", "QUALIT_", "PYTHON"))}
        self.environment = {
            **kept,
            "PATH": f"{Path(sys.executable).parent}:{tools}:{os.environ['PATH']}",
            "PULUMI_HOME": str(folder / "pulumi"),
            "PULUMI_BACKEND_URL": self.state.as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": "benchmark",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "QUALIT_HOME": str(folder / "platform"),
            "QUALIT_LIBVIRT_URI": "test:///default",
            "QUALIT_PAYMENT_METHOD": "test-visa",
        }
        header = f"name: benchmark\nruntime: {runtime}\n"
        if runtime == "yaml":
            self.run("qualit", "pulumi", "install")
            (self.folder / "Pulumi.yaml").write_text(f"{header}resources:\n{program}")
        else:
            (self.folder / "Pulumi.yaml").write_text(header)
            (self.folder / "__main__.py").write_text(program)
            (self.folder / "nothing.py").write_text(NOTHING_PROVIDER)
        self.run("pulumi", "stack", "init", "dev")

    def preview(self) -> float:
        """The seconds of a preview."""
        started = time.perf_counter()
        self.run("pulumi", "preview", "--non-interactive", "--color", "never")
        return time.perf_counter() - started

    def up(self) -> None:
        self.run("pulumi", "up", "--yes", "--skip-preview", "--non-interactive", "--color", "never")

    def run(self, *command: str) -> None:
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout}")


def compare(what: str, nothing: Project, ours: dict[str, Project], pairs: int) -> None:
    """Preview in turns and print a line for each of ours."""
    for project in (nothing, *ours.values()):
        project.preview()  # the first one fills caches
    rounds = [(nothing.preview(), [project.preview() for project in ours.values()]) for _ in range(pairs)]
    base = statistics.median(idle for idle, _ in rounds)
    for index, name in enumerate(ours):
        median = statistics.median(times[index] for _, times in rounds)
        ratio = statistics.median(times[index] / idle for idle, times in rounds)
        print(f"{what:<14} {name:<8} {median:6.2f} s   nothing {base:6.2f} s   ratio {ratio:.2f}", flush=True)


def tools_folder() -> Path:
    """Where ``make tools`` put the CLI, if it is not on PATH."""
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    configured = os.environ.get("QUALIT_TOOLS_DIR")
    folder = (Path(configured) if configured else Path(cache) / "qualit" / "tools") / f"pulumi-{VERSION}"
    if shutil.which("pulumi") is None and not (folder / "pulumi").exists():
        raise SystemExit(f"Pulumi is neither on PATH nor in {folder}: run make tools")
    return folder


def main() -> None:
    # A background job ignores what Pulumi ends its plugins by, and so would they: it would wait for each.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--servers", type=int, default=200, help="how many servers are declared")
    parser.add_argument("--pairs", type=int, default=5, help="how often each is previewed")
    given = parser.parse_args()
    tools, count = tools_folder(), given.servers
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        nothing = Project(folder / "nothing", "python", NOTHING.format(count=count), tools)
        natively = "".join(NATIVE.format(number=number) for number in range(count))
        ours = {
            "dynamic": Project(folder / "dynamic", "python", DYNAMIC.format(count=count), tools),
            "native": Project(folder / "native", "yaml", natively, tools),
        }
        print(f"{count} servers, {given.pairs} pairs, medians of a whole `pulumi preview`:", flush=True)
        compare("new servers", nothing, ours, given.pairs)
        for project in (nothing, *ours.values()):
            project.up()
        compare("no change", nothing, ours, given.pairs)


if __name__ == "__main__":
    main()
