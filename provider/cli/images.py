"""``qualit images``: the system images that the host's servers are installed from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated

import typer

from provider.cli.output import (
    Column,
    CommandError,
    JsonOption,
    instant,
    print_json,
    print_table,
    print_text,
    print_warning,
)
from provider.cli.session import open_catalogue
from provider.configuration import load_configuration

if TYPE_CHECKING:
    from provider.commerce.catalogue import Catalogue
    from provider.platform.hypervisor.images import Image, Images

app = typer.Typer(no_args_is_help=True)

_GIB = 1024**3
_TEST_DRIVER = "The test driver needs no images: its machines hold nothing."


@app.callback()
def images() -> None:
    """List, import and remove system images."""


@app.command("list")
def list_images(
    verify: Annotated[bool, typer.Option("--verify", help="Read each image and compare its checksum.")] = False,
    as_json: Annotated[bool, JsonOption] = False,
) -> None:
    """List the operating systems of the catalogue, with the images of each on the host.

    New servers are installed from the newest. With --verify it ends with 1 when one is damaged.
    """
    sold = [system.id for system in open_catalogue().operating_systems]
    with _open_images() as store:
        found = store.all() if store is not None else []
        damage = {image: store.damage(image) for image in found if image.sha256} if verify and store is not None else {}
    systems = [*sold, *sorted({image.os for image in found} - set(sold))]
    by_system = {os: [image for image in found if image.os == os] for os in systems}
    if as_json:
        print_json(
            [
                {
                    "os": os,
                    "present": store is None or any(image.finished for image in by_system[os]),
                    "images": [_json(image, damage) for image in by_system[os]],
                }
                for os in systems
            ]
        )
    elif store is None:
        print_text(_TEST_DRIVER)
    else:
        _print(systems, by_system, sold, damage)
    damaged = {image: what for image, what in damage.items() if what is not None}
    for image, what in damaged.items():
        print_warning(f"{image.volume} is damaged: {what}. Import it again; the machines based on it need a look.")
    if damaged:
        raise typer.Exit(1)


@app.command("import")
def import_image(
    os: Annotated[str, typer.Argument(help="The operating system, as the catalogue names it.")],
    file: Annotated[str, typer.Argument(help="A qcow2 file, or an https address of one.")],
    sha256: Annotated[str | None, typer.Option(help="Its SHA-256; an address needs one of the two.")] = None,
    sha512: Annotated[str | None, typer.Option(help="Its SHA-512.")] = None,
) -> None:
    """Give the host an image of a system, as a new version.

    It is used when it arrived whole. Machines stay on the version that they were installed from; new installations use
    the new one.
    """
    from provider.cli.image_file import checksum, image_file
    from provider.platform.hypervisor.qcow2 import ImageError, read_qcow2

    catalogue = open_catalogue()
    _check_system(os, catalogue)
    wanted = checksum(sha256, sha512)
    with _open_images() as store, image_file(file, wanted) as (path, source):
        try:
            _check_offers(catalogue, read_qcow2(path).virtual_bytes)
            if store is None:
                print_text(_TEST_DRIVER)
                return
            before = {image.version for image in store.of(os)}
            image = store.add(os, path, source=source)
        except ImageError as error:
            raise CommandError("The image cannot be imported", str(error)) from error
    if image.version in before:
        print_text(f"{os} has this image already, as version {image.version}.")
    else:
        print_text(f"{os} is installed from version {image.version} from now on. SHA-256 {image.sha256}.")


@app.command()
def remove(
    os: Annotated[str, typer.Argument(help="The operating system.")],
    version: Annotated[int, typer.Argument(help="The version, as `qualit images list` shows it.")],
) -> None:
    """Delete an image that no machine is based on."""
    from provider.platform.hypervisor.qcow2 import ImageError

    with _open_images() as store:
        if store is None:
            print_text(_TEST_DRIVER)
            return
        there = store.of(os)
        image = next((image for image in there if image.version == version), None)
        if image is None:
            has = ", ".join(str(image.version) for image in there) or "none"
            raise CommandError(f"There is no version {version} of {os}", f"The host has {has}: `qualit images list`.")
        try:
            store.remove(image)
        except ImageError as error:
            raise CommandError("The image stays", str(error)) from error
        is_left = any(left.finished for left in store.of(os))
    print_text(f"Version {version} of {os} is gone.")
    if not is_left:
        print_warning(f"Nothing is left that {os} could be installed from: `qualit images import {os} FILE`.")


@app.command()
def build_demo(
    os: Annotated[list[str] | None, typer.Argument(help="The operating systems that it stands in for.")] = None,
) -> None:
    """Let a small guest stand in for systems without an image.

    It is made of Debian's packages, boots in seconds and is for trying things out: the demo and the tests use it.
    """
    from provider.platform.hypervisor.demo_image import DemoImageError, install_demo_images
    from provider.platform.hypervisor.qcow2 import ImageError

    uri = load_configuration().libvirt_uri
    wanted = os or ["debian-12"]
    catalogue = open_catalogue()
    for os_id in wanted:
        _check_system(os_id, catalogue)
    with _host_errors(uri):
        try:
            installed = install_demo_images(uri, wanted)
        except (DemoImageError, ImageError) as error:
            raise CommandError("The demo guest cannot be built", str(error)) from error
    if installed:
        print_text(f"The demo guest stands in for {', '.join(installed)} on {uri}.")
    else:
        print_text(f"{', '.join(wanted)} can be installed on {uri}: nothing to build.")


@contextmanager
def _open_images() -> Iterator[Images | None]:
    """The images of the host; None on the test driver, which has none."""
    uri = load_configuration().libvirt_uri
    if uri.startswith("test:"):
        yield None
        return
    from provider.platform.hypervisor.connect import require_libvirt

    with _host_errors(uri):
        require_libvirt()
        from provider.platform.hypervisor.connection import LibvirtConnection, translated
        from provider.platform.hypervisor.images import Images
        from provider.platform.hypervisor.volumes import Volumes

        connection = LibvirtConnection(uri)
        connection.handle()
        try:
            with translated("work on its images", uri):
                yield Images(Volumes(connection))
        finally:
            connection.close()


@contextmanager
def _host_errors(uri: str) -> Iterator[None]:
    from provider.platform.hypervisor.port import DeliveryImpossibleError, HypervisorUnavailableError

    try:
        yield
    except HypervisorUnavailableError as error:
        raise CommandError(f"{uri} did not do it", f"{error}. {error.remedy}") from error
    except DeliveryImpossibleError as error:
        raise CommandError(f"{uri} cannot do it", str(error)) from error


def _check_system(os: str, catalogue: Catalogue) -> None:
    sold = [system.id for system in catalogue.operating_systems]
    if os in sold:
        return
    near = get_close_matches(os, sold, n=2, cutoff=0.5)
    meant = f" Did you mean {' or '.join(near)}?" if near else ""
    raise CommandError(
        "No such operating system", f'"{os}" is none of the catalogue.{meant} It sells: {", ".join(sold)}.'
    )


def _check_offers(catalogue: Catalogue, virtual_bytes: int) -> None:
    """Each offer's disk has to hold the image; some may, none is a mistake."""
    needs = -(-virtual_bytes // _GIB)
    sold = [offer for offer in catalogue.offers if not offer.retired]
    small = [f"{o.id} ({o.characteristics.disk_gib} GiB)" for o in sold if o.characteristics.disk_gib < needs]
    if sold and len(small) == len(sold):
        raise CommandError(
            "The image is too large",
            f"Its disk has {needs} GiB, and no offer has so much: {', '.join(small)}. Make it smaller, or sell more.",
        )
    if small:
        print_warning(f"The image's disk has {needs} GiB. It cannot be installed with {', '.join(small)}.")


def _json(image: Image, damage: dict[Image, str | None]) -> dict[str, object]:
    return {
        "version": image.version,
        "state": _state(image, damage),
        "sha256": image.sha256,
        "virtual_bytes": image.virtual_bytes,
        "file_bytes": image.file_bytes,
        "imported_at": image.imported_at,
        "source": image.source,
        "machines": image.machines,
    }


def _print(
    systems: Sequence[str],
    by_system: dict[str, list[Image]],
    sold: Sequence[str],
    damage: dict[Image, str | None],
) -> None:
    rows = []
    for os in systems:
        name = os if os in sold else f"{os} (not sold)"
        if not by_system[os]:
            rows.append([name, "none", "", "", "", "", ""])
        for image in by_system[os]:
            rows.append(
                [
                    name,
                    str(image.version),
                    image.sha256[:16] if image.sha256 else "unknown",
                    f"{image.disk_gib} GiB",
                    instant(image.imported_at) if image.imported_at else "by hand" if image.finished else "",
                    str(image.machines),
                    _state(image, damage),
                ]
            )
    columns = ["Operating system", "Version", "SHA-256", "Disk", "Imported", "Machines", "State"]
    print_table([Column(title, "right" if title in ("Disk", "Machines") else "left") for title in columns], rows)


def _state(image: Image, damage: dict[Image, str | None]) -> str:
    if not image.finished:
        return "unfinished"
    if image not in damage:
        return "usable"
    return "verified" if damage[image] is None else "DAMAGED"
