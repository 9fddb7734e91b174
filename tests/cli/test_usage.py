"""How the command line is used, and how it ends."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from provider import __version__
from tests.cli.conftest import Qualit

COMMANDS = (
    ("doctor",),
    ("catalogue",),
    ("price",),
    ("servers",),
    ("status",),
    ("renewals",),
    ("renew",),
    ("work",),
    ("orders",),
    ("orders", "cancel"),
    ("payment-methods",),
    ("payment-methods", "list"),
    ("payment-methods", "add"),
    ("payment-methods", "remove"),
    ("payment-methods", "default"),
    ("payments",),
    ("payments", "confirm"),
    ("quotes",),
    ("quotes", "list"),
    ("quotes", "drop"),
    ("receipts",),
    ("receipt",),
    ("account",),
    ("account", "set"),
    ("account", "spending-limit"),
    ("ledger",),
    ("reconcile",),
    ("terraform",),
    ("terraform", "install"),
    ("images",),
    ("images", "list"),
    ("images", "build-demo"),
    ("images", "import"),
    ("images", "remove"),
)


@pytest.mark.parametrize("command", [(), *COMMANDS], ids=" ".join)
def test_every_command_explains_itself(qualit: Qualit, command: tuple[str, ...]) -> None:
    ended = qualit(*command, "--help")
    assert ended.exit_code == 0
    assert "Usage:" in ended.out
    assert "\x1b" not in ended.out


def test_every_command_is_in_the_overview_with_a_whole_sentence(qualit: Qualit) -> None:
    overview = qualit("--help").out
    for name in {command[0] for command in COMMANDS}:
        assert re.search(rf"^  {name} +\S.*[^.]\.$", overview, re.MULTILINE), overview


def test_the_version_is_told(qualit: Qualit) -> None:
    assert qualit("--version").out == f"qualit {__version__}\n"


@pytest.mark.parametrize("arguments", [("prices",), ("price",), ("price", "--offer"), ("orders", "cancel"), ("renew",)])
def test_wrong_usage_ends_with_two(qualit: Qualit, arguments: tuple[str, ...]) -> None:
    assert qualit(*arguments).exit_code == 2


def test_help_and_prices_load_neither_the_database_nor_libvirt() -> None:
    program = (
        "import sys\n"
        "from provider.cli.main import main\n"
        "try: main(['price', '--offer', 'vps-2'])\n"
        "except SystemExit: pass\n"
        "print(sorted(set(sys.modules) & {'sqlalchemy', 'libvirt', 'grpc', 'alembic', 'cryptography'}))\n"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ended.stdout.splitlines()[-1] == "[]"
