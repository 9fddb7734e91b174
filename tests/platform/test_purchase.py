"""A purchase from its quote to the delivered machine, and everything that can come in between."""

from __future__ import annotations

import threading
from decimal import Decimal

import pytest

from provider.backend.port import (
    ActionRequiredError,
    LineMovedError,
    OrderView,
    PaymentDeclinedError,
    RefusedError,
    ServerSettings,
    UnavailableError,
)
from provider.commerce.change import NewContract, SetQuantity, SwitchSolution
from provider.money import Money
from tests.platform.shop import Shop

NEW = NewContract("vps-2", "debian-12", 3)


def test_a_new_server_is_ordered_paid_and_delivered(any_shop: Shop) -> None:
    shop = any_shop
    quote = shop.plan(NEW)
    identity = shop.identity("web")

    order = shop.apply(quote, settings=ServerSettings(labels={"team": "shop"}, hostname="www"))

    server = shop.server()
    machine = shop.host.machines[server.domain_uuid or ""]
    assert (order.status, order.kind, order.amount, order.quote_id) == ("active", "new", Decimal("20.97"), quote.id)
    assert (server.id, server.contract.contract.id) == (identity.server_id, identity.contract_id)
    assert (server.status, server.power_state, server.host) == ("active", "running", "memory")
    assert (machine.vcpus, machine.memory_gib, machine.disk_gib) == (2, 4, 40)
    assert server.settings.labels == {"team": "shop"}
    assert shop.host.specs[machine.uuid].hostname == "www"
    assert [(p.order, p.status, p.amount) for p in shop.backend.payments()] == [
        (order.id, "succeeded", Decimal("20.97"))
    ]


def test_the_worked_examples_of_the_rules_are_charged_as_written(any_shop: Shop) -> None:
    shop = any_shop
    shop.buy(months=1)

    shop.at("2026-02-14T10:00:00+00:00")
    disk = shop.add("disk", 50)
    offer = shop.apply(shop.plan(SwitchSolution("vps-4", "debian-12")))

    server = shop.server()
    assert (disk.amount, offer.amount) == (Decimal("2.50"), Decimal("3.50"))
    assert server.contract.contract.paid_until.isoformat() == "2026-02-28"
    assert server.characteristics.model_dump() == {
        "vcpus": 4,
        "memory_gib": 8,
        "disk_gib": 130,
        "ipv4_addresses": 1,
        "bandwidth_mbits": 500,
    }
    assert shop.host.machines[server.domain_uuid or ""].disk_gib == 130


def test_c3_an_improvement_is_remembered_with_its_order(shop: Shop) -> None:
    shop.buy()
    order = shop.apply(shop.plan(SwitchSolution("vps-4", "debian-12")))
    (improvement,) = shop.reopen().server().contract.contract.solution.improvements
    assert (improvement.before, improvement.after, improvement.order_id) == ("vps-2", "vps-4", order.id)


def test_additional_addresses_come_after_those_of_the_offer_and_keep_their_interfaces(any_shop: Shop) -> None:
    shop = any_shop
    first = shop.buy().ipv4_addresses
    shop.add("ipv4", 2)
    server = shop.server()
    spec = shop.host.specs[server.domain_uuid or ""]
    assert server.ipv4_addresses[:1] == first
    assert [address.ip for address in spec.addresses] == list(server.ipv4_addresses)
    assert len({address.mac for address in spec.addresses}) == 3


def test_addresses_that_the_host_has_given_to_somebody_else_are_avoided(shop: Shop) -> None:
    shop.host.network = "10.69.0.0/29"
    shop.host.leases |= {"10.69.0.2", "10.69.0.4", "10.69.0.5", "10.69.0.6"}
    assert shop.buy().ipv4_addresses == ("10.69.0.3",)
    quote = shop.plan(NEW, "other")
    with pytest.raises(UnavailableError, match="No free IPv4 address"):
        shop.apply(quote, name="other")
    assert len(shop.backend.payments()) == 1


def test_n1_the_same_purchase_twice_is_charged_once(any_shop: Shop) -> None:
    shop = any_shop
    quote = shop.plan(NEW)
    first = shop.apply(quote)
    second = shop.reopen().apply(quote)
    assert first.id == second.id
    assert shop.charged == Decimal("20.97")


def test_p5_who_comes_second_with_the_same_quote_gets_that_order(any_shop: Shop) -> None:
    shop = any_shop
    quote = shop.plan(NEW)
    others = [shop.another() for _ in range(4)]
    got: list[OrderView] = []
    threads = [threading.Thread(target=lambda b=b: got.append(shop.apply(quote, backend=b))) for b in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for backend in others:
        backend.close()
    assert len(got) == 4
    assert len({order.id for order in got}) == 1
    assert len(shop.backend.payments()) == 1


def test_n1_a_lost_reply_is_looked_up_and_not_charged_again(any_shop: Shop) -> None:
    shop = any_shop
    order = shop.apply(shop.plan(NEW), method="test-lost-reply")
    assert order.status == "active"
    assert shop.charged == Decimal("20.97")
    assert [i.status for i in shop.gateway.intents()] == ["succeeded"]


def test_n1_a_gateway_that_does_not_answer_keeps_the_order_for_the_next_apply(any_shop: Shop) -> None:
    shop = any_shop
    quote = shop.plan(NEW)
    shop.gateway.arrange("retrieve", "unavailable", times=9)
    with pytest.raises(UnavailableError, match="The payment gateway does not answer") as raised:
        shop.apply(quote)
    (order,) = shop.backend.orders()
    assert (raised.value.order_id, order.status) == (order.id, "paying")
    shop.gateway.calm()
    assert shop.apply(quote).status == "active"
    assert shop.charged == Decimal("20.97")


def test_n5_a_declined_payment_leaves_nothing_of_a_new_server(any_shop: Shop) -> None:
    shop = any_shop
    quote = shop.plan(NEW)
    with pytest.raises(PaymentDeclinedError, match="the bank declined the card") as raised:
        shop.apply(quote, method="test-declined", settings=ServerSettings(user_data="#!/bin/sh"))
    assert shop.backend.server_named("web") is None
    assert shop.backend.contract(quote.proposal.contract_id) is None
    assert shop.host.machines == {}
    assert list((shop.home / "user-data").iterdir()) == []
    (order,) = shop.backend.orders()
    assert (order.id, order.status) == (raised.value.order_id, "declined")
    assert "test-declined" in raised.value.detail


def test_p5_a_declined_payment_gives_the_quote_back(any_shop: Shop) -> None:
    shop = any_shop
    quote = shop.plan(NEW)
    with pytest.raises(PaymentDeclinedError):
        shop.apply(quote, method="test-declined")
    assert shop.plan(NEW) == quote
    order = shop.apply(quote)
    assert (order.status, order.quote_id) == ("active", quote.id)


def test_n5_a_declined_improvement_leaves_the_server_exactly_as_it_was(any_shop: Shop) -> None:
    shop = any_shop
    before = shop.buy()
    machine = shop.host.machines[before.domain_uuid or ""]
    with pytest.raises(PaymentDeclinedError):
        shop.apply(shop.plan(SetQuantity("ipv4", 2)), method="test-declined")
    assert shop.server() == before
    assert shop.host.machines[before.domain_uuid or ""] == machine


def test_s5_an_unknown_payment_method_is_refused_before_anything_is_ordered(shop: Shop) -> None:
    quote = shop.plan(NEW)
    with pytest.raises(RefusedError, match=shop.backend.account().contact):
        shop.apply(quote, method="bank_transfer")
    assert list(shop.backend.orders()) == []


def test_l4_3d_secure_waits_for_the_customer_and_is_delivered_once_confirmed(any_shop: Shop) -> None:
    shop = any_shop
    quote = shop.plan(NEW)
    with pytest.raises(ActionRequiredError) as raised:
        shop.apply(quote, method="test-3ds")
    (payment,) = shop.backend.payments()
    assert payment.id in raised.value.url
    assert shop.backend.server_named("web") is None
    assert shop.charged == 0

    shop.backend.confirm_payment(payment.id)
    order = shop.reopen().apply(quote, method="test-3ds")

    assert (order.id, order.status) == (raised.value.order_id, "active")
    assert shop.charged == Decimal("20.97")


def test_l4_a_create_of_the_same_wanted_values_resumes_the_unfinished_order(shop: Shop) -> None:
    with pytest.raises(ActionRequiredError) as first:
        shop.apply(shop.plan(NEW), method="test-3ds")
    shop.at("2026-01-31T20:00:00+00:00")
    with pytest.raises(ActionRequiredError) as second:
        shop.apply(shop.plan(NEW), method="test-3ds")
    assert first.value.order_id == second.value.order_id
    assert len(shop.backend.payments()) == 1


@pytest.mark.parametrize(("wanted", "method"), [(NewContract("vps-4", "debian-12", 3), "test-3ds"), (NEW, "test-visa")])
def test_l4_other_wanted_values_are_refused_with_the_command_that_cancels(
    shop: Shop, wanted: NewContract, method: str
) -> None:
    with pytest.raises(ActionRequiredError) as first:
        shop.apply(shop.plan(NEW), method="test-3ds")
    with pytest.raises(RefusedError, match=f"qualit orders cancel {first.value.order_id}") as raised:
        shop.apply(shop.plan(wanted), method=method)
    assert raised.value.rule == "L4"
    assert len(list(shop.backend.orders())) == 1


def test_l4_a_cancelled_order_lets_its_name_go(any_shop: Shop) -> None:
    shop = any_shop
    with pytest.raises(ActionRequiredError) as waiting:
        shop.apply(shop.plan(NEW), method="test-3ds")
    cancelled = shop.backend.cancel_order(waiting.value.order_id or "", timeout_seconds=5)
    assert cancelled.status == "cancelled"
    assert shop.gateway.intents()[0].status == "cancelled"
    assert shop.buy("vps-4").contract.contract.solution.offer == "vps-4"


def test_l4_an_order_that_was_paid_after_all_is_delivered_by_its_cancellation(shop: Shop) -> None:
    with pytest.raises(ActionRequiredError) as waiting:
        shop.apply(shop.plan(NEW), method="test-3ds")
    shop.gateway.confirm_as_customer(shop.gateway.intents()[0].id)
    assert shop.backend.cancel_order(waiting.value.order_id or "", timeout_seconds=5).status == "active"
    assert shop.server().status == "active"


def test_l4_a_paid_order_cannot_be_cancelled(shop: Shop) -> None:
    shop.buy()
    (order,) = shop.backend.orders()
    with pytest.raises(RefusedError, match="only an order that is not paid"):
        shop.backend.cancel_order(order.id, timeout_seconds=5)


@pytest.mark.parametrize("is_new", [True, False])
def test_n3_what_waits_for_a_host_that_is_gone_is_cancelled_and_refunded_in_full(any_shop: Shop, is_new: bool) -> None:
    shop = any_shop
    before = None if is_new else shop.buy().contract.contract
    quote = shop.plan(NEW if is_new else SetQuantity("disk", 50))
    shop.host.down_after_change = True
    order = shop.apply(quote, timeout=3)
    assert order.status == "provisioning"
    shop.host.down = True
    assert shop.backend.cancel_order(order.id, timeout_seconds=10).status == "refunded"
    assert shop.charged == shop.cash() == Decimal("0.00" if before is None else "6.99")
    assert not shop.gateway.intents()[-1].kept.amount
    shop.host.down = shop.host.down_after_change = False
    if before is None:
        assert shop.backend.server_named("web") is None
        assert shop.buy().status == "active"
    else:
        assert shop.server().contract.contract == before
        assert not shop.backend.reconcile().unexplained
    with pytest.raises(RefusedError, match="waits for its host"):
        shop.backend.cancel_order(order.id, timeout_seconds=5)


def test_l4_a_payment_that_nobody_confirms_for_24_hours_is_cancelled(any_shop: Shop) -> None:
    shop = any_shop
    with pytest.raises(ActionRequiredError):
        shop.apply(shop.plan(NEW), method="test-3ds")
    shop.at("2026-02-01T09:00:01+00:00").buy("vps-4")
    assert [order.status for order in shop.backend.orders()] == ["cancelled", "active"]
    assert [intent.status for intent in shop.gateway.intents()] == ["cancelled", "succeeded"]


def test_n4_a_name_that_is_taken_is_refused_with_its_order_and_the_import_command(any_shop: Shop) -> None:
    shop = any_shop
    first = shop.buy()
    (bought,) = shop.backend.orders()
    quote = shop.plan(NewContract("vps-4", "debian-12", 1))
    with pytest.raises(RefusedError) as raised:
        shop.apply(quote)
    assert raised.value.rule == "N4"
    for told in (first.id, bought.id, "2026-01-31 09:00", "terraform import qualit_vps.YOUR_RESOURCE web", "untaint"):
        assert told in raised.value.detail
    assert len(shop.backend.payments()) == 1


def test_n6_two_applies_on_one_line_one_wins_and_the_other_is_told(any_shop: Shop) -> None:
    shop = any_shop
    shop.buy()
    small, large = shop.plan(SetQuantity("disk", 50)), shop.plan(SetQuantity("disk", 100))
    shop.apply(small)
    with pytest.raises(LineMovedError, match="Plan again") as raised:
        shop.apply(large)
    assert raised.value.rule == "N6"
    assert shop.server().contract.contract.quantity("disk") == 50


def test_n6_different_lines_at_once_both_succeed(any_shop: Shop) -> None:
    shop = any_shop
    shop.buy()
    quotes = [
        shop.plan(SetQuantity("disk", 50)),
        shop.plan(SetQuantity("memory", 2)),
        shop.plan(SetQuantity("vcpu", 1)),
    ]
    others = [shop.another() for _ in quotes]
    threads = [
        threading.Thread(target=lambda q=q, b=b: shop.apply(q, backend=b)) for q, b in zip(quotes, others, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for backend in others:
        backend.close()
    contract = shop.server().contract.contract
    assert [contract.quantity(t) for t in ("disk", "memory", "vcpu")] == [50, 2, 1]
    machine = shop.host.machines[shop.server().domain_uuid or ""]
    assert (machine.disk_gib, machine.memory_gib, machine.vcpus) == (90, 6, 3)


def test_one_backend_serves_several_threads_on_several_servers(any_shop: Shop) -> None:
    shop = any_shop
    names = [f"web-{number}" for number in range(5)]
    quotes = [shop.plan(NEW, name) for name in names]
    threads = [
        threading.Thread(target=lambda q=q, n=n: shop.apply(q, name=n)) for q, n in zip(quotes, names, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [server.name for server in sorted(shop.backend.servers(), key=lambda s: s.name)] == names
    assert len({server.ipv4_addresses for server in shop.backend.servers()}) == 5


def test_n3_a_host_that_is_down_after_the_payment_leaves_a_paid_order_that_the_next_apply_delivers(
    any_shop: Shop,
) -> None:
    shop = any_shop
    shop.host.down_after_change = True
    quote = shop.plan(NEW)
    order = shop.apply(quote)
    assert order.status == "provisioning"
    assert "Start it." in (order.failure or "")
    assert shop.server().status == "provisioning"
    assert shop.server().contract.open_orders == (order,)

    shop.host.down_after_change = False
    done = shop.reopen().backend.resume(order.id, timeout_seconds=5)

    assert (done.status, done.failure) == ("active", None)
    assert shop.server().status == "active"
    assert len(shop.host.machines) == 1
    assert shop.charged == Decimal("20.97")


def test_nothing_is_ordered_while_the_host_is_down(shop: Shop) -> None:
    quote = shop.plan(NEW)
    shop.host.down = True
    with pytest.raises(UnavailableError, match="Start it") as raised:
        shop.apply(quote)
    assert raised.value.attribute == "libvirt_uri"
    assert list(shop.backend.orders()) == []


def test_n3_a_new_server_that_cannot_be_delivered_is_refunded_in_full(any_shop: Shop) -> None:
    shop = any_shop
    shop.host.impossible = "no room left"
    quote = shop.plan(NEW)
    with pytest.raises(RefusedError, match=r"no room left.*20\.97 EUR was refunded in full") as raised:
        shop.apply(quote)
    (order,) = shop.backend.orders()
    assert raised.value.order_id == order.id
    assert (order.status, order.refunded) == ("refunded", Decimal("20.97"))
    assert shop.backend.server_named("web") is None
    assert shop.charged == 0


def test_n3_after_a_refund_the_same_can_be_planned_and_bought_again(any_shop: Shop) -> None:
    shop = any_shop
    shop.host.impossible = "no room left"
    with pytest.raises(RefusedError):
        shop.apply(shop.plan(NEW))
    shop.host.impossible = None
    assert shop.buy(months=3).status == "active"
    assert shop.charged == Decimal("20.97")


def test_n3_an_addition_that_cannot_be_delivered_leaves_contract_and_basis_as_before(any_shop: Shop) -> None:
    shop = any_shop
    before = shop.buy()
    shop.host.impossible = "no slot left"
    with pytest.raises(RefusedError):
        shop.add("ipv4", 2)
    assert shop.server() == before
    assert [order.status for order in shop.backend.orders()] == ["active", "refunded"]


def test_a_machine_that_lacks_what_was_paid_for_is_not_delivered(shop: Shop) -> None:
    shop.buy()
    shop.host.short_of = "memory_gib"
    with pytest.raises(RefusedError, match="memory_gib = 5 and 6 were paid for"):
        shop.add("memory", 2)
    assert shop.server().contract.contract.quantity("memory") == 0


def test_n3_a_refund_that_was_made_elsewhere_is_not_made_twice(shop: Shop) -> None:
    shop.host.down_after_change = True
    order = shop.apply(shop.plan(NEW))
    (intent,) = shop.gateway.intents()
    shop.gateway.refund(intent.id, Money(Decimal("20.97"), "EUR"), idempotency_key="by-hand")
    shop.host.down_after_change = False
    shop.host.impossible = "no room left"
    with pytest.raises(RefusedError):
        shop.backend.resume(order.id, timeout_seconds=5)
    assert shop.gateway.intents()[0].refunded == Money(Decimal("20.97"), "EUR")


def test_c7_another_system_is_reinstalled_only_when_that_is_allowed(shop: Shop) -> None:
    shop.buy()
    quote = shop.plan(SwitchSolution("vps-4", "suse-enterprise-15"))
    with pytest.raises(RefusedError, match="allow_reinstall = true") as raised:
        shop.apply(quote)
    assert raised.value.rule == "C7"
    order = shop.apply(quote, allow_reinstall=True)
    assert order.status == "active"
    assert [spec.os for spec in shop.host.reinstalled] == ["suse-enterprise-15"]
    assert shop.server().contract.contract.solution.os == "suse-enterprise-15"


def test_l6_a_name_that_is_used_again_is_a_new_generation(any_shop: Shop) -> None:
    shop = any_shop
    first = shop.buy()
    shop.backend.end_server(first.id)
    assert shop.backend.server(first.id) is None
    assert shop.identity("web").generation == 1
    second = shop.buy()
    assert second.id != first.id
    assert second.contract.contract.id != first.contract.contract.id
    shop.backend.end_server(second.id)
    assert shop.identity("web").generation == 2


def test_n8_user_data_is_in_no_database_and_gone_after_the_installation(shop: Shop) -> None:
    shop.buy(settings=ServerSettings(user_data="password: s3cr3t-v4lue"))
    server = shop.server()
    assert shop.host.specs[server.domain_uuid or ""].user_data == "password: s3cr3t-v4lue"
    assert list((shop.home / "user-data").iterdir()) == []
    shop.close()
    for file in shop.home.rglob("*"):
        if file.is_file():
            assert b"s3cr3t-v4lue" not in file.read_bytes(), file


def test_an_addition_to_a_server_that_is_not_delivered_yet_is_not_ordered(shop: Shop) -> None:
    shop.host.down_after_change = True
    shop.apply(shop.plan(NEW))
    quote = shop.plan(SetQuantity("disk", 50))
    with pytest.raises(UnavailableError, match="not delivered yet"):
        shop.apply(quote)
    assert len(list(shop.backend.orders())) == 1


def test_n3_what_a_host_fails_at_for_a_moment_is_delivered_and_what_it_fails_at_each_time_is_refunded(
    any_shop: Shop,
) -> None:
    any_shop.host.fails = ["the monitor broke"]
    assert any_shop.buy().status == "active"
    before, charged = any_shop.server().contract.contract, any_shop.charged
    any_shop.host.fails = ["no more slots"] * 10
    with pytest.raises(RefusedError, match=r"the host fails each time: no more slots.*was refunded in full"):
        any_shop.add("ipv4", 1)
    assert any_shop.charged == charged
    assert any_shop.server().contract.contract == before


def test_n4_n5_nothing_is_ordered_for_a_server_whose_disk_is_lost_and_no_new_disk_is_made(shop: Shop) -> None:
    shop.buy()
    shop.host.lose_machines()
    charged = shop.charged
    with pytest.raises(RefusedError, match=r"The disk of web is not on its host any more.*Nothing was ordered"):
        shop.add("vcpu", 1)
    assert shop.charged == charged
    assert not shop.host.machines


def test_n2_a_host_whose_storage_is_full_sells_no_disk(shop: Shop) -> None:
    shop.buy()
    shop.host.free_gib = 0
    with pytest.raises(UnavailableError, match="its storage is full"):
        shop.add("disk", 10)
    with pytest.raises(UnavailableError, match="its storage is full"):
        shop.buy(name="other")
    assert shop.add("vcpu", 1).status == "active"
