"""The checks of ``qualit doctor``, each on its own: one that fails does not hide the next."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from provider import __version__
from provider.backend.port import BackendError
from provider.cli import plugin_folder
from provider.cli.errors import INSTALL_PLATFORM
from provider.cli.output import CommandError, instant
from provider.commerce.catalogue import Catalogue, CatalogueError, load_catalogue
from provider.configuration import STRIPE_ENVIRONMENT, Configuration
from provider.platform.hypervisor import checks as hypervisor
from provider.platform.hypervisor.checks import Check

OLDEST = {"terraform": (1, 11), "tofu": (1, 12)}
"""The oldest versions that know write-only attributes and that the plugin is tested with."""
TITLES = {"terraform": "Terraform", "tofu": "OpenTofu"}

_RUN_SECONDS = 30
_INIT_REMEDY = "Run `qualit terraform install`: it says what your CLI configuration must have."


def run_checks(configuration: Configuration) -> list[Check]:
    """Every check, in the order in which a missing thing stands in the way."""
    catalogue, catalogue_check = _catalogue(configuration)
    platform_check = _platform()
    home = configuration.home if configuration.home.exists() else None
    systems = [system.id for system in catalogue.operating_systems] if catalogue else []
    return [
        _python(),
        platform_check,
        _home(configuration.home),
        _clock(configuration),
        catalogue_check,
        *_gateway(configuration),
        *(_records(configuration) if catalogue and platform_check.ok else ()),
        *hypervisor.run_checks(configuration.libvirt_uri, home, systems),
        _programs(),
        *_plugins(),
    ]


def _python() -> Check:
    return Check("Python", ok=True, detail=f"{platform.python_version()} at {sys.executable}")


def _platform() -> Check:
    """The packages of the extra ``platform``, but for libvirt-python: it is compiled, and has a check of its own."""
    absent = [name for name in ("sqlalchemy", "alembic") if find_spec(name) is None]
    if absent:
        detail = f"{' and '.join(absent)} not installed"
        return Check("Platform", ok=False, detail=detail, remedy=INSTALL_PLATFORM)
    return Check("Platform", ok=True, detail="what orders and runs servers is installed")


def _home(home: Path) -> Check:
    """The home, or the nearest folder above it that exists, can be written."""
    existing = next(folder for folder in (home, *home.parents) if folder.exists())
    if not existing.is_dir() or not os.access(existing, os.W_OK | os.X_OK):
        return Check(
            "Home",
            ok=False,
            detail=f"{existing} cannot be written",
            remedy="Make it writable, or name another folder with QUALIT_HOME.",
        )
    state = "" if existing == home else ", made with the first plan"
    return Check("Home", ok=True, detail=f"{home}{state}")


def _clock(configuration: Configuration) -> Check:
    if configuration.test_clock is None:
        return Check("Clock", ok=True, detail="real time")
    return Check("Clock", ok=True, detail=f"test clock at {instant(configuration.test_clock)}")


def _catalogue(configuration: Configuration) -> tuple[Catalogue | None, Check]:
    try:
        catalogue = load_catalogue(configuration.catalogue)
    except CatalogueError as error:
        remedy = "Mend the file, or unset QUALIT_CATALOGUE."
        return None, Check("Catalogue", ok=False, detail=str(error), remedy=remedy)
    offers = f"{len(catalogue.offers)} offers in {catalogue.currency}"
    where = configuration.catalogue or "the default"
    return catalogue, Check("Catalogue", ok=True, detail=f"{catalogue.version}, {offers}: {where}")


def _gateway(configuration: Configuration) -> Iterator[Check]:
    """What a real gateway needs before it is asked anything."""
    if configuration.payment_gateway != "stripe":
        return
    if find_spec("stripe") is None:
        yield Check("Stripe", ok=False, detail="its SDK is not installed", remedy=INSTALL_PLATFORM)
    elif not configuration.stripe.key:
        remedy = f"Set {STRIPE_ENVIRONMENT['key']} to a secret key of yours, or unset QUALIT_PAYMENT_GATEWAY."
        yield Check("Stripe", ok=False, detail="no key is set", remedy=remedy)
    else:
        yield Check("Stripe", ok=True, detail="a key is set, and its SDK is installed")


def _records(configuration: Configuration) -> Iterator[Check]:
    """The database and the payment gateway, where there are any yet: a check makes neither."""
    if configuration.database_url is None and not configuration.home.exists():
        yield Check("Database", ok=True, detail="none yet, made with the first plan")
        return
    from provider.backend.embedded import connect

    try:
        with closing(connect(configuration)) as backend:
            orders = len(backend.orders())
            yield Check("Database", ok=True, detail=f"opened, {orders} orders")
            methods = [method.id for method in backend.payment_methods()]
            yield Check("Payment gateway", ok=True, detail=f"saved methods: {', '.join(methods) or 'none'}")
    except BackendError as error:
        yield Check("Database and gateway", ok=False, detail=error.summary, remedy=error.detail)


def _programs() -> Check:
    """Terraform or OpenTofu is on PATH in a version that the plugin works with."""
    found = [(program, program_version(program)) for program in OLDEST if shutil.which(program)]
    good = [(program, version) for program, version in found if version and version >= OLDEST[program]]
    told = ", ".join(f"{TITLES[program]} {_dotted(version)}" for program, version in good or found)
    if good:
        return Check("Terraform or OpenTofu", ok=True, detail=told)
    oldest = " or ".join(f"{TITLES[program]} {_dotted(version)}" for program, version in OLDEST.items())
    return Check(
        "Terraform or OpenTofu",
        ok=False,
        detail=f"{told} on PATH is too old" if told else "neither terraform nor tofu is on PATH",
        remedy=f"Install {oldest}, or newer.",
    )


def program_version(program: str) -> tuple[int, ...] | None:
    """What terraform or tofu, a name on PATH or a path, says its version is; None when it does not say."""
    try:
        ended = subprocess.run(  # noqa: S603 - one of two names of ours, from PATH as the user has it
            [program, "version"],
            env={**os.environ, "CHECKPOINT_DISABLE": "1"},
            capture_output=True,
            text=True,
            timeout=_RUN_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = re.search(r"^(?:Terraform|OpenTofu) v(\d+)\.(\d+)\.(\d+)", ended.stdout, re.MULTILINE)
    return tuple(int(part) for part in match.groups()) if match else None


def _dotted(version: tuple[int, ...] | None) -> str:
    return ".".join(str(part) for part in version) if version else "of an unknown version"


def _plugins() -> Iterator[Check]:
    """The plugin lies where the programs on PATH look for it, starts, and each of them finds it."""
    folder = plugin_folder.user_plugin_folder()
    remedy = "Run `qualit terraform install`."
    programs = [program for program in OLDEST if shutil.which(program)]
    try:
        launchers = {program: plugin_folder.launcher_path(folder, program) for program in OLDEST}
    except CommandError as error:
        yield Check("Plugin", ok=False, detail=error.summary, remedy=error.detail)
        return
    absent = [TITLES[program] for program in programs or OLDEST if not launchers[program].exists()]
    if absent:
        yield Check("Plugin", ok=False, detail=f"not installed for {' and '.join(absent)}", remedy=remedy)
        return
    failure = plugin_folder.start_failure(launchers[programs[0] if programs else "terraform"])
    yield Check("Plugin", ok=failure is None, detail=failure or f"starts from {folder}", remedy=remedy)
    for program in programs:
        yield _init(program)


def _init(program: str) -> Check:
    """``init`` finds the plugin, whatever the user's CLI configuration says, in an empty folder."""
    environment = {name: value for name, value in os.environ.items() if name != "TF_DATA_DIR"}
    name = f"{TITLES[program]} finds it"
    with TemporaryDirectory(prefix="qualit-doctor-") as folder:
        Path(folder, "main.tf").write_text(plugin_folder.REQUIRED_PROVIDERS, encoding="utf-8")
        try:
            ended = subprocess.run(  # noqa: S603 - one of two names of ours, from PATH as the user has it
                [program, "init", "-no-color", "-input=false"],
                cwd=folder,
                env=environment,
                capture_output=True,
                text=True,
                timeout=_RUN_SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return Check(name, ok=False, detail=f"{program} init did not end: {error}", remedy=_INIT_REMEDY)
    if ended.returncode == 0:
        return Check(name, ok=True, detail=f"{program} init uses {plugin_folder.SOURCE} {__version__}")
    said = " ".join(line.strip("│╷╵ ") for line in ended.stderr.splitlines()).strip()
    return Check(name, ok=False, detail=f"{program} init: {said}", remedy=_INIT_REMEDY)
