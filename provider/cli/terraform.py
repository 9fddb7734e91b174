"""``qualit terraform install``: put the plugin where Terraform and OpenTofu find it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from provider.cli.output import JsonOption, print_json, print_text

app = typer.Typer(no_args_is_help=True)


@app.callback()
def terraform() -> None:
    """Install the plugin."""


@app.command()
def install(
    folder: Annotated[
        Path | None,
        typer.Option(
            "--dir",
            help="A mirror folder of your own in place of the user's plugin folder, which both programs search.",
            show_default=False,
        ),
    ] = None,
    as_json: Annotated[bool, JsonOption] = False,
) -> None:
    """Install the plugin for Terraform and OpenTofu.

    It is put where `terraform init` and `tofu init` look by themselves; the block to write is shown.
    """
    from provider.cli import plugin_folder

    target = (folder or plugin_folder.user_plugin_folder()).expanduser().absolute()
    installed = plugin_folder.install(target)
    overriding = [] if folder else list(plugin_folder.overriding_files())
    if as_json:
        print_json(
            {
                "folder": str(target),
                "launchers": {launcher.program: str(launcher.path) for launcher in installed},
                "required_providers": plugin_folder.REQUIRED_PROVIDERS,
                "cli_configuration": _mirror_block(target) if folder or overriding else None,
                "overriding_files": [str(path) for path in overriding],
            }
        )
        return
    print_text(f"Installed {plugin_folder.SOURCE} for Terraform and OpenTofu below {target}.\n")
    if folder:
        print_text("Write this into the CLI configuration (~/.terraformrc, or ~/.tofurc for OpenTofu):\n")
        print_text(_mirror_block(target) + "\n")
    for path in overriding:
        print_text(f"{path} has a provider_installation block, so that folder is not searched. Add to that block:\n")
        print_text(_mirror_methods(target) + "\n")
    print_text("Write this into your configuration, then run `terraform init` or `tofu init`:\n")
    print_text(plugin_folder.REQUIRED_PROVIDERS)
    if any(launcher.replaced for launcher in installed):
        print_text(
            "\nThis replaced a plugin of the same version from another installation. Where `init` then reports "
            "another checksum, delete the .terraform.lock.hcl of that folder and run `init` again."
        )


def _mirror_block(folder: Path) -> str:
    return "provider_installation {\n" + _mirror_methods(folder) + "\n}"


def _mirror_methods(folder: Path) -> str:
    import json

    path = json.dumps(str(folder))
    return (
        f"  filesystem_mirror {{\n    path    = {path}\n"
        '    include = ["qualit/qualit"]\n  }\n'
        '  direct {\n    exclude = ["qualit/qualit"]\n  }'
    )
