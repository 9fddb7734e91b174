"""Random lives of a server: whatever is asked, a plan is refused by a rule or applied as it was shown."""

from __future__ import annotations

import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provider.backend.embedded import connect
from provider.backend.port import Backend
from provider.configuration import Configuration
from provider.resources.registry import DATA_SOURCES, MANAGED, PROVIDER_SCHEMA
from provider.terraform.server import Server
from tests.terraform.host import AnswerError, Host, State, hosting

OFFERS = ("vps-1", "vps-2", "vps-4", "vps-8", "mem-2", "vps-9")
WISHES = st.one_of(
    st.tuples(st.just("offer"), st.sampled_from(OFFERS)),
    st.tuples(st.just("os"), st.sampled_from(("debian-12", "suse-enterprise-15"))),
    st.tuples(st.just("allow_reinstall"), st.booleans()),
    st.tuples(st.just("power_state"), st.sampled_from(("running", "sleeping", "off"))),
    st.tuples(st.just("labels"), st.dictionaries(st.sampled_from("ab"), st.sampled_from("xy"))),
    st.tuples(st.just("term_months"), st.sampled_from((1, 3, 6, 12))),
    st.tuples(st.just("disk"), st.integers(1, 8).map(lambda tens: tens * 10)),
    st.tuples(st.just("vcpu"), st.integers(1, 16)),
)


class Life:
    """One server and its additions, as one user declares them."""

    def __init__(self, host: Host, backend: Backend) -> None:
        self.host, self.backend = host, backend
        self.server: dict[str, Any] = {"name": "web", "offer": "vps-1"}
        self.state = host.create("qualit_vps", **self.server)
        self.additions: dict[str, State] = {}

    def wish(self, attribute: str, value: object) -> None:
        before = self.size()
        refused = self._try(attribute, value)
        if refused is not None:
            assert all("rule " in error.summary for error in refused.errors), refused
            assert self.size() == before
        assert all(now >= then for now, then in zip(self.size(), before, strict=True))
        assert Decimal(sum(p.amount for p in self.backend.payments())) == self._charged()

    def _try(self, attribute: str, value: object) -> AnswerError | None:
        try:
            if attribute in ("disk", "vcpu"):
                self._set_quantity(attribute, value)
            else:
                self._set(attribute, value)
        except AnswerError as refused:
            return refused
        return None

    def size(self) -> tuple[int, ...]:
        server = self.backend.server_named("web")
        assert server is not None
        return tuple(server.characteristics.model_dump().values())

    def _set(self, attribute: str, value: object) -> None:
        wanted = {**self.server, attribute: value}
        config = self.host.config("qualit_vps", **wanted)
        applied = self.host.apply("qualit_vps", self.host.plan("qualit_vps", config, self.state))
        self.server, self.state = wanted, self.host.refresh("qualit_vps", applied)
        assert self.state.values == applied.values
        assert self.host.plan("qualit_vps", config, self.state).planned == self.state.values

    def _set_quantity(self, type_: str, quantity: object) -> None:
        assert self.state.values is not None
        config = self.host.config("qualit_resource", vps_id=self.state.values["id"], type=type_, quantity=quantity)
        plan = self.host.plan("qualit_resource", config, self.additions.get(type_))
        applied = self.host.refresh("qualit_resource", self.host.apply("qualit_resource", plan))
        self.additions[type_] = applied
        assert self.host.plan("qualit_resource", config, applied).planned == applied.values

    def _charged(self) -> Decimal:
        return sum((order.amount for order in self.backend.orders() if order.status == "active"), Decimal(0))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(WISHES, max_size=8))
def test_n7_whatever_is_asked_nothing_shrinks_and_what_was_shown_is_paid(wishes: list[tuple[str, object]]) -> None:
    opened: list[Backend] = []

    def connect_and_remember(configuration: Configuration) -> Backend:
        opened.append(connect(configuration))
        return opened[-1]

    with tempfile.TemporaryDirectory() as folder:
        server = Server(PROVIDER_SCHEMA, MANAGED, DATA_SOURCES, connect_and_remember)
        with hosting(server, Path(folder)) as host:
            host.configure(home=f"{folder}/qualit", libvirt_uri="test:///default", payment_method="test-visa")
            life = Life(host, opened[0])
            for attribute, value in wishes:
                life.wish(attribute, value)
        for backend in opened:
            backend.close()
