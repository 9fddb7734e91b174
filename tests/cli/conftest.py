"""A command line run in this process, in a new user's environment."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from provider.cli.main import main
from provider.configuration import load_configuration
from tests.cli.tenant import Tenant
from tests.platform.memory_hypervisor import MemoryHypervisor
from tests.platform.shop import START

QUALIT_VARIABLES = (
    "QUALIT_HOME",
    "QUALIT_DATABASE_URL",
    "QUALIT_LIBVIRT_URI",
    "QUALIT_CATALOGUE",
    "QUALIT_TEST_CLOCK",
    "QUALIT_PAYMENT_METHOD",
)


@dataclass(frozen=True, slots=True)
class Ended:
    """A command that ended."""

    exit_code: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)


Qualit = Callable[..., Ended]


@pytest.fixture
def user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A new user's home folder; nothing of this machine's settings is left."""
    for name in (*QUALIT_VARIABLES, "TF_CLI_CONFIG_FILE", "TERRAFORM_CONFIG", "XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    home = tmp_path / "user"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("QUALIT_LIBVIRT_URI", "test:///default")
    return home


@pytest.fixture
def qualit(user: Path, capsys: pytest.CaptureFixture[str]) -> Qualit:
    """The command: call it with its arguments."""

    def run(*arguments: str) -> Ended:
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        captured = capsys.readouterr()
        code = ended.value.code
        return Ended(code if isinstance(code, int) else 0 if code is None else 1, captured.out, captured.err)

    return run


@pytest.fixture
def tenant(qualit: Qualit, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tenant]:
    """A tenant who has nothing yet, on 31 January; N9 is checked when the test is over."""
    host = MemoryHypervisor()
    monkeypatch.setattr("provider.platform.hypervisor.connect.connect_hypervisor", lambda uri, home: host)
    monkeypatch.setenv("QUALIT_TEST_CLOCK", START)
    made = Tenant(home=load_configuration().home, host=host, qualit=qualit, environment=monkeypatch)
    yield made
    cash = made.json("ledger")["cash"]
    assert all(each["equal"] for each in cash) != made.is_damaged, cash
