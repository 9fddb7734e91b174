"""A contract that is bought apart from its server."""

from __future__ import annotations

from pathlib import Path

import pytest

from provider.backend.port import Backend
from provider.resources.model import UNKNOWN
from tests.terraform.host import AnswerError, Host, Plan, State


def bought(host: Host, **attributes: object) -> State:
    return host.create("qualit_order", **{"name": "shop", "offer": "vps-2", **attributes})


def contract_id(order: State) -> str:
    assert order.values is not None
    return str(order.values["id"])


def test_l5_an_order_is_delivered_by_being_paid_and_a_server_runs_on_it(host: Host, backend: Backend) -> None:
    order = bought(host, term_months=6)
    assert order.values is not None
    assert (order.values["status"], order.values["charge"]["amount"]) == ("active", "41.94")
    server = host.create("qualit_vps", name="web", order_id=contract_id(order))
    assert server.values is not None
    assert (server.values["charge"], server.values["offer"], server.values["status"]) == (None, None, "active")
    assert [payment.amount for payment in backend.payments()] == [backend.orders()[0].amount]


def test_l5_a_server_is_planned_on_an_order_that_is_only_planned(host: Host) -> None:
    order = host.plan("qualit_order", host.config("qualit_order", name="shop", offer="vps-2"))
    assert order.planned is not None
    config = host.config("qualit_vps", name="web", order_id=order.planned["id"])
    server = host.plan("qualit_vps", config)
    host.apply("qualit_order", order)
    applied = host.apply("qualit_vps", server)
    assert applied.values is not None
    assert applied.values["status"] == "active"


def test_n4_a_contract_of_another_home_is_not_taken_for_ended(host: Host, tmp_path: Path) -> None:
    order = bought(host)
    server = host.create("qualit_vps", name="web", order_id=contract_id(order))
    host.configure(home=str(tmp_path / "other"), libvirt_uri="test:///default", payment_method="test-visa")
    for refuse in (
        lambda: host.refresh("qualit_order", order),
        lambda: host.refresh("qualit_vps", server),
        lambda: host.plan("qualit_order", None, order),
        lambda: host.apply("qualit_order", Plan(order, None, None, order.private)),
    ):
        with pytest.raises(AnswerError, match=r"not known here \(rule N4\).*QUALIT_HOME"):
            refuse()


def test_l5_what_belongs_to_the_order_is_refused_on_its_server(host: Host) -> None:
    order = bought(host)
    with pytest.raises(AnswerError, match="rule L5"):
        host.plan("qualit_vps", host.config("qualit_vps", name="web", order_id=contract_id(order), offer="vps-4"))


def test_l5_a_contract_runs_one_server(host: Host) -> None:
    order = bought(host)
    host.create("qualit_vps", name="web", order_id=contract_id(order))
    with pytest.raises(AnswerError, match="rule L5"):
        host.plan("qualit_vps", host.config("qualit_vps", name="two", order_id=contract_id(order)))


def test_c1_a_better_offer_of_the_order_improves_the_server_that_runs_on_it(host: Host, backend: Backend) -> None:
    order = bought(host)
    server = host.create("qualit_vps", name="web", order_id=contract_id(order))
    config = host.config("qualit_order", name="shop", offer="vps-4")
    host.apply("qualit_order", host.plan("qualit_order", config, order))
    running = backend.server_named("web")
    assert running is not None
    assert running.characteristics.vcpus == 4
    again = host.refresh("qualit_vps", server)
    assert again.values == server.values


def test_c8_the_end_of_the_server_keeps_the_contract(host: Host, backend: Backend) -> None:
    order = bought(host)
    server = host.create("qualit_vps", name="web", order_id=contract_id(order))
    with pytest.raises(AnswerError, match="server"):
        host.apply("qualit_order", host.plan("qualit_order", None, order))
    host.apply("qualit_vps", host.plan("qualit_vps", None, server))
    assert backend.contract_named("shop") is not None
    host.apply("qualit_order", host.plan("qualit_order", None, order))
    assert backend.contract_named("shop") is None


def test_n4_an_order_that_exists_is_not_bought_again_and_can_be_imported(host: Host) -> None:
    order = bought(host)
    with pytest.raises(AnswerError, match="rule N4"):
        host.plan("qualit_order", host.config("qualit_order", name="shop", offer="vps-2"))
    imported = host.import_state("qualit_order", "shop")
    assert imported.values is not None
    assert order.values is not None
    assert imported.values["id"] == order.values["id"]


def test_p7_an_order_of_an_unknown_offer_has_an_unknown_price(host: Host) -> None:
    plan = host.plan("qualit_order", host.config("qualit_order", name="shop", offer=UNKNOWN))
    assert plan.planned is not None
    assert plan.planned["charge"] is UNKNOWN
    assert plan.planned["currency"] == "EUR"
