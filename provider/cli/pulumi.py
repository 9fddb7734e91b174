"""``qualit pulumi install``: put the native plugin where the Pulumi CLI finds it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from provider import __version__
from provider.cli.output import JsonOption, print_json, print_text

app = typer.Typer(no_args_is_help=True)

NAME = "pulumi-resource-qualit"
PROGRAM = """\
resources:
  web:
    type: qualit:Vps
    properties:
      name: web
      offer: vps-2"""
"""The resources of a YAML program; other languages write the same with a package made from the plugin."""


@app.callback()
def pulumi() -> None:
    """Install the native plugin."""


@app.command()
def install(
    folder: Annotated[
        Path | None,
        typer.Option(
            "--dir",
            help="A folder of your own in place of the plugin folder of Pulumi, to be named in Pulumi.yaml.",
            show_default=False,
        ),
    ] = None,
    as_json: Annotated[bool, JsonOption] = False,
) -> None:
    """Install the native plugin for the Pulumi CLI, for programs in any language.

    Python programs need no plugin: `pip install 'qualit[pulumi]'` and `import pulumi_qualit` are enough.
    """
    from provider.cli.launcher import write_launcher

    target = folder.expanduser().absolute() if folder else plugin_folder()
    path = target / NAME
    write_launcher(path, "pulumi")
    settings = _project_settings(target) if folder else None
    if as_json:
        print_json({"launcher": str(path), "version": __version__, "project_settings": settings, "program": PROGRAM})
        return
    print_text(f"Installed the plugin qualit {__version__} for Pulumi as {path}.\n")
    if settings:
        print_text(f"Write this into the Pulumi.yaml of each project:\n\n{settings}\n")
    print_text(f"Write this into the Pulumi.yaml of a YAML program, then run `pulumi preview`:\n\n{PROGRAM}\n")
    print_text(
        f"For TypeScript and Go, run in the project's folder: pulumi package add {path}\n"
        "For Python there is pulumi_qualit, which needs no plugin."
    )


def plugin_folder(environment: Mapping[str, str] | None = None) -> Path:
    """The folder in which the Pulumi CLI looks for this version of the plugin.

    It is below PULUMI_HOME, by default ``~/.pulumi`` (Pulumi's documentation, "Environment variables").
    """
    env = os.environ if environment is None else environment
    home = Path(env["PULUMI_HOME"]) if env.get("PULUMI_HOME") else Path(env.get("HOME") or Path.home()) / ".pulumi"
    return home.expanduser().absolute() / "plugins" / f"resource-qualit-v{__version__}"


def _project_settings(folder: Path) -> str:
    import json

    return f"plugins:\n  providers:\n    - name: qualit\n      path: {json.dumps(str(folder))}"
