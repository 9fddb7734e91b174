"""What is installed: every file, one version, and a plain install that suffices for the client side."""

from __future__ import annotations

import ast
import sys
import zipfile
from email.message import Message
from importlib.metadata import packages_distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from provider import __version__
from tests.project.tree import ROOT, modules

PACKAGES = ("provider", "pulumi_qualit")
PLATFORM = ROOT / "provider" / "platform"


PARTS = {"google": "protobuf", "pydantic_core": "pydantic"}
"""Top-level names that come with a distribution of another name, or with several."""


def third_party(paths: list[Path]) -> dict[str, str]:
    """The distributions that some modules import, each with one module that does."""
    distributions = packages_distributions()
    imported: dict[str, str] = {}
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names = [node.module]
            for name in names:
                top = name.partition(".")[0]
                if top in PACKAGES or top in sys.stdlib_module_names:
                    continue
                distribution = PARTS.get(top) or distributions.get(top, [top])[0]
                imported[canonicalize_name(distribution)] = str(path.relative_to(ROOT))
    return imported


def named(requirements: list[Requirement], extra: str) -> set[str]:
    """What an install with an extra brings; the plain install for an empty one."""
    return {
        canonicalize_name(requirement.name)
        for requirement in requirements
        if requirement.marker is None or requirement.marker.evaluate({"extra": extra})
    }


def test_the_version_stands_in_one_place(metadata: Message) -> None:
    assert metadata["Version"] == __version__
    for name in ("setup.py", "pyproject.toml", "pulumi_qualit/__init__.py"):
        assert __version__ not in (ROOT / name).read_text(), name


def test_the_wheel_holds_every_file_of_the_packages(wheel: Path) -> None:
    files = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert files - set(zipfile.ZipFile(wheel).namelist()) == set()


def test_the_wheel_installs_no_other_top_level_name(wheel: Path) -> None:
    top = {name.partition("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {name for name in top if not name.endswith(".dist-info")} == set(PACKAGES)


def test_a_plain_install_has_all_that_the_client_side_imports(requirements: list[Requirement]) -> None:
    client = [path for path in modules("provider") if not path.is_relative_to(PLATFORM)]
    imported = third_party(client)
    assert {name: imported[name] for name in imported.keys() - named(requirements, "")} == {}


def test_the_platform_extra_has_all_that_the_platform_imports(requirements: list[Requirement]) -> None:
    imported = third_party(modules("provider/platform"))
    assert {name: imported[name] for name in imported.keys() - named(requirements, "platform")} == {}


def test_every_requirement_of_the_plain_install_is_imported_somewhere(requirements: list[Requirement]) -> None:
    assert named(requirements, "") - third_party(modules("provider")).keys() == set()


def test_the_sdk_never_imports_the_name_provider() -> None:
    for path in modules("pulumi_qualit"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            assert not [name for name in names if name.partition(".")[0] == "provider"], path
