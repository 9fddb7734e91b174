"""A customer who has servers in the home that the command line works on, at an instant that the test chooses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from provider.backend.embedded import EmbeddedBackend, connect
from provider.configuration import load_configuration
from tests.platform.shop import Shop

if TYPE_CHECKING:
    from tests.cli.conftest import Ended


@dataclass(kw_only=True)
class Tenant(Shop):
    """A shop whose home, clock and catalogue are the environment's, as they are the command's."""

    qualit: Callable[..., Ended]
    environment: pytest.MonkeyPatch
    is_damaged: bool = False
    """Whether N9 is broken on purpose."""

    def another(self) -> EmbeddedBackend:
        return connect(load_configuration())

    def at(self, instant: str) -> Tenant:
        super().at(instant)
        self.environment.setenv("QUALIT_TEST_CLOCK", instant)
        return self

    def run(self, *arguments: str) -> Ended:
        """Run ``qualit`` in this process, as if it were another one."""
        self.close()
        return self.qualit(*arguments)

    def json(self, *arguments: str) -> Any:
        """What ``qualit`` answers a program."""
        ended = self.run(*arguments, "--json")
        assert ended.exit_code == 0, ended.err
        return ended.json()

    def configure(self, **terms: Any) -> None:
        """Change how the contract of web renews."""
        self.backend.configure_contract(self.server().contract.contract.id, **terms)

    def paid(self) -> list[str]:
        return [payment["amount"] for payment in self.json("payments") if payment["status"] == "succeeded"]
