"""``qualit images``: the system images that the host's servers are installed from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from provider.cli.output import Column, CommandError, JsonOption, print_json, print_table, print_text
from provider.cli.session import open_catalogue
from provider.configuration import load_configuration

if TYPE_CHECKING:
    from provider.platform.hypervisor.port import Hypervisor

app = typer.Typer(no_args_is_help=True)


@app.callback()
def images() -> None:
    """List the system images, or build a small one."""


@app.command("list")
def list_images(as_json: Annotated[bool, JsonOption] = False) -> None:
    """List the operating systems of the catalogue, with the image of each on the host."""
    from provider.platform.hypervisor.connect import connect_hypervisor
    from provider.platform.hypervisor.port import HypervisorUnavailableError

    configuration = load_configuration()
    sold = open_catalogue()
    try:
        host = connect_hypervisor(configuration.libvirt_uri, configuration.home)
        missing = {system.id: _missing(host, system.id) for system in sold.operating_systems}
    except HypervisorUnavailableError as error:
        raise CommandError(f"{configuration.libvirt_uri} cannot be reached", f"{error}. {error.remedy}") from error
    if as_json:
        print_json([{"os": os, "present": reason is None, "reason": reason} for os, reason in missing.items()])
        return
    print_table(
        [Column("Operating system"), Column("Image")],
        [[os, "present" if reason is None else reason] for os, reason in missing.items()],
    )


@app.command()
def build_demo(
    os: Annotated[list[str] | None, typer.Argument(help="The operating systems that it stands in for.")] = None,
) -> None:
    """Let a small guest stand in for systems without an image.

    It is made of Debian's packages, boots in seconds and is for trying things out: the demo and the tests use it.
    """
    from provider.platform.hypervisor.demo_image import DemoImageError, install_demo_images
    from provider.platform.hypervisor.port import DeliveryImpossibleError, HypervisorUnavailableError

    uri = load_configuration().libvirt_uri
    wanted = os or ["debian-12"]
    sold = [system.id for system in open_catalogue().operating_systems]
    for os_id in wanted:
        if os_id not in sold:
            raise typer.BadParameter(f'"{os_id}" is no operating system of the catalogue: {", ".join(sold)}.')
    try:
        installed = install_demo_images(uri, wanted)
    except DemoImageError as error:
        raise CommandError("The demo guest cannot be built", str(error)) from error
    except HypervisorUnavailableError as error:
        raise CommandError(f"{uri} cannot be reached", f"{error}. {error.remedy}") from error
    except DeliveryImpossibleError as error:
        raise CommandError("The demo guest cannot be put on the host", str(error)) from error
    if installed:
        print_text(f"The demo guest stands in for {', '.join(installed)} on {uri}.")
    else:
        print_text(f"{', '.join(wanted)} can be installed on {uri}: nothing to build.")


def _missing(host: Hypervisor, os: str) -> str | None:
    """Why the host cannot install a system; None when it can."""
    from provider.platform.hypervisor.port import DeliveryImpossibleError

    try:
        host.check(os)
    except DeliveryImpossibleError as error:
        return str(error)
    return None
