"""Stripe's messages: only signed ones count, each once, and they only wake; N8."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from provider.backend.port import ActionRequiredError, RefusedError, UnavailableError
from provider.commerce.change import NewContract
from provider.configuration import STRIPE_ENVIRONMENT, Configuration, StripeSettings
from provider.platform.payments.port import GatewayUnavailableError
from provider.platform.payments.stripe import receiver as receiver_module
from provider.platform.payments.stripe.events import keep
from provider.platform.payments.stripe.receiver import AT_ONCE, LARGEST_BYTES, PATH, Receiver
from tests.platform.gateway import create, paid
from tests.platform.memory_hypervisor import MemoryHypervisor
from tests.platform.shop import Shop
from tests.postgres import new_database
from tests.project.tree import ROOT
from tests.stripe.facade import SECRET, Facade, post
from tests.stripe.gateways import StripeWithOutside, stripe_gateway
from tests.stripe.objects import STRIPE_METHODS

LATE = 400
"""Seconds after which a signature is too old."""


@contextmanager
def listening(receiver: Receiver) -> Iterator[str]:
    thread = threading.Thread(target=receiver.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{receiver.server_address[1]}{PATH}"
    receiver.shutdown()
    receiver.server_close()


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def url(gateway: StripeWithOutside, said: list[str]) -> Iterator[str]:
    gateway._poll.run = lambda: None  # type: ignore[method-assign] # what comes, comes by the webhook
    with listening(Receiver(("127.0.0.1", 0), gateway.webhook(), said.append)) as url:
        yield url


def test_a_signed_message_is_kept_once_however_often_it_comes(
    gateway: StripeWithOutside, facade: Facade, url: str, said: list[str]
) -> None:
    intent = paid(gateway)
    created, succeeded = facade.events()
    assert [facade.deliver(url, event) for event in (succeeded, created, succeeded, succeeded)] == [200] * 4
    kept = gateway.events(0)
    assert [(event.id, event.kind, event.intent_id, event.order_id) for event in kept] == [
        (succeeded["id"], "payment.succeeded", intent.id, "ord-1"),
        (created["id"], "payment.created", intent.id, "ord-1"),
    ]
    assert kept[0].cursor < kept[1].cursor
    assert gateway.events(kept[0].cursor) == kept[1:]
    assert len(said) == 2


@pytest.mark.parametrize("how", ["unsigned", "another secret", "too old", "changed"])
def test_n8_a_message_that_stripe_did_not_sign_is_refused_and_nothing_of_it_kept_or_logged(
    gateway: StripeWithOutside, facade: Facade, url: str, said: list[str], how: str
) -> None:
    paid(gateway)
    event = facade.events()[0]
    if how == "unsigned":
        status = post(url, json.dumps(event).encode(), {})
    elif how == "another secret":
        status = facade.deliver(url, event, secret="whsec_of_somebody_else")  # noqa: S106 - of the test
    elif how == "too old":
        status = facade.deliver(url, event, at=int(time.time()) - LATE)
    else:
        status = post(url, b"{}", {"Stripe-Signature": f"t={int(time.time())},v1={'0' * 64}"})
    assert status == 400
    assert gateway.events(0) == []
    (line,) = said
    assert "not signed with the webhook's secret" in line
    assert "QUALIT_STRIPE_WEBHOOK_SECRET" in line
    assert SECRET not in line
    assert event["id"] not in line


def test_messages_about_others_of_the_same_stripe_account_are_answered_and_not_kept(
    gateway: StripeWithOutside, facade: Facade, url: str
) -> None:
    paid(gateway)
    event = facade.events()[0]
    event["data"]["object"]["metadata"] = {"qualit_account": "acc-other", "qualit_order": "ord-9"}
    assert facade.deliver(url, event) == 200
    dispute = {"id": "du_9", "object": "dispute", "payment_intent": "pi_9", "status": "lost"}
    other = {
        "id": "evt_9",
        "object": "event",
        "type": "charge.dispute.closed",
        "created": 1,
        "data": {"object": dispute},
    }
    assert facade.deliver(url, other) == 200
    assert facade.deliver(url, {**event, "id": "evt_10", "type": "invoice.paid"}) == 200
    assert gateway.events(0) == []


def request(url: str, method: str, path: str, body: bytes, **headers: str) -> int:
    host, port = url.removeprefix("http://").removesuffix(PATH).split(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=10)
    try:
        connection.request(method, path, body, headers)
        return connection.getresponse().status
    finally:
        connection.close()


def test_only_small_messages_to_the_one_path_are_read(gateway: StripeWithOutside, url: str, said: list[str]) -> None:
    assert request(url, "POST", "/other", b"{}") == 404
    assert request(url, "GET", PATH, b"") == 405
    assert request(url, "PUT", PATH, b"{}") == 501
    assert request(url, "POST", PATH, b"", **{"Content-Length": str(LARGEST_BYTES + 1)}) == 413
    assert request(url, "POST", PATH, b"", **{"Content-Length": "-1"}) == 413
    assert request(url, "POST", PATH, b"", **{"Content-Length": "many"}) == 411
    assert said == []


def test_who_says_nothing_keeps_nobody_else_waiting_for_long(
    gateway: StripeWithOutside, facade: Facade, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiver_module._Handler, "timeout", 0.5)
    paid(gateway)
    with listening(Receiver(("127.0.0.1", 0), gateway.webhook(), said.append)) as url:
        host, port = url.removeprefix("http://").removesuffix(PATH).split(":")
        silent = [socket.create_connection((host, int(port))) for _ in range(AT_ONCE)]
        began = time.monotonic()
        assert facade.deliver(url, facade.events()[0]) == 200
        assert time.monotonic() - began < 5
        for connection in silent:
            connection.close()


def test_a_message_that_cannot_be_kept_is_asked_for_again(
    gateway: StripeWithOutside, facade: Facade, url: str, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    paid(gateway)

    def fails(*_: object) -> None:
        raise UnavailableError("The database cannot be reached", "It is down.")

    with monkeypatch.context() as patch:
        patch.setattr("provider.platform.payments.stripe.webhook.keep", fails)
        assert facade.deliver(url, facade.events()[0]) == 503
    assert facade.deliver(url, facade.events()[0]) == 200
    assert len(gateway.events(0)) == 1
    assert "sends it again" in said[0]


def test_events_that_the_webhook_missed_are_read_from_stripes_own_list(
    gateway: StripeWithOutside, facade: Facade
) -> None:
    for number in range(5):
        create(gateway, key=f"create-{number}")
    assert [event.id for event in gateway.events(0)] == [event["id"] for event in facade.events()]


def test_what_the_webhook_brought_counts_while_stripes_list_cannot_be_read(
    gateway: StripeWithOutside, facade: Facade, said: list[str]
) -> None:
    paid(gateway)
    facade.sandbox.arrange("events", "unavailable", times=2)
    with pytest.raises(GatewayUnavailableError):
        gateway.events(0)
    gateway.webhook()
    with listening(Receiver(("127.0.0.1", 0), gateway.webhook(), said.append)) as url:
        facade.sandbox.calm()
        event = facade.events()[0]
        assert facade.deliver(url, event) == 200
        facade.sandbox.arrange("events", "unavailable")
        assert [one.id for one in gateway.events(0)] == [event["id"]]


def test_stripes_list_is_read_every_few_seconds_at_most_also_while_it_fails(
    facade: Facade, gateway: StripeWithOutside, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway._poll._seconds = 60
    facade.sandbox.arrange("events", "unavailable")
    with pytest.raises(GatewayUnavailableError):
        gateway.events(0)
    for _ in range(3):
        assert gateway.events(0) == []
    assert facade.requests.count("GET /v1/events") == 1


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_messages_that_come_twice_at_once_are_kept_once_and_cursors_only_grow(
    kind: str, facade: Facade, tmp_path: Path, postgres: str | None
) -> None:
    url = new_database(postgres) if kind == "postgresql" else None
    with stripe_gateway(facade, tmp_path / "home", database_url=url) as gateway:
        gateway._poll.run = lambda: None  # type: ignore[method-assign]
        for number in range(8):
            create(gateway, key=f"create-{number}")
        events = facade.events()
        seen: list[int] = []
        with ThreadPoolExecutor(4) as pool:
            kept = [pool.submit(keep, gateway._account, [event]) for event in [*events, *events]]
            while not all(one.done() for one in kept):
                seen += [event.cursor for event in gateway.events(max(seen, default=0))]
        seen += [event.cursor for event in gateway.events(max(seen, default=0))]
        assert sum(one.result() for one in kept) == len(seen) == 8, (
            "a reader that goes on from the greatest misses none"
        )


def test_a_webhook_without_its_secret_and_one_of_the_sandbox_are_refused_by_name(
    tmp_path: Path, facade: Facade
) -> None:
    from provider.backend.embedded import connect

    settings = StripeSettings(key=facade.key, api_base=facade.url)
    for configuration, error, words in [
        (Configuration(tmp_path / "a", payment_gateway="stripe", stripe=settings), UnavailableError, "WEBHOOK_SECRET"),
        (Configuration(tmp_path / "b"), RefusedError, "sandbox gateway sends no messages"),
    ]:
        backend = connect(configuration)
        with pytest.raises(error, match=words):
            backend.receiver(("127.0.0.1", 0), print)
        backend.close()


def qualit(shop: Shop, facade: Facade, *arguments: str) -> subprocess.Popen[str]:
    """The command, as a process of its own with the environment that a user would set."""
    settings: dict[str, Any] = {
        variable: getattr(facade.settings, name) for name, variable in STRIPE_ENVIRONMENT.items()
    }
    environment = {name: value for name, value in settings.items() if value} | {
        "QUALIT_HOME": str(shop.home),
        "QUALIT_PAYMENT_GATEWAY": "stripe",
        "QUALIT_TEST_CLOCK": shop.instant,
        "QUALIT_LIBVIRT_URI": "test:///default",
        "PYTHONPATH": str(ROOT),
    }
    return subprocess.Popen(
        [sys.executable, "-u", "-m", "provider.cli.main", *arguments],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        text=True,
    )


def test_l4_a_payment_that_the_customer_confirmed_is_delivered_by_a_worker_that_the_webhook_woke(
    facade: Facade, tmp_path: Path, host: MemoryHypervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = Shop(tmp_path / "home", host, gateway_settings=facade.settings, outside=facade.sandbox)
    account = shop.backend.account().id
    facade.customers["cus_1"] = {"id": "cus_1", "created": 1, "metadata": {"qualit_account": account}}
    quote = shop.plan(NewContract("vps-2", "debian-12", 1))
    with pytest.raises(ActionRequiredError):
        shop.apply(quote, method=STRIPE_METHODS["test-3ds"])
    shop.close()
    receiver = qualit(shop, facade, "payments", "listen", "--address", "127.0.0.1:0")
    try:
        assert receiver.stdout is not None
        url = receiver.stdout.readline().split()[2].rstrip(".")
        facade.sandbox.confirm_as_customer(facade.sandbox.intents()[0].id)
        assert facade.deliver(url, facade.events()[-1]) == 200
        assert "Kept a message" in receiver.stdout.readline()
    finally:
        receiver.send_signal(signal.SIGINT)
        rest, _ = receiver.communicate(timeout=20)
    assert receiver.returncode == 0
    assert "Stopped" in rest
    # The inbox alone wakes it: Stripe's own list is not read.
    monkeypatch.setattr("provider.platform.payments.stripe.events.Poll.run", lambda poll: None)
    stop = threading.Event()
    shop.backend.work(
        until_idle=False, report=lambda order: stop.set() if order.status == "active" else None, stop=stop
    )
    assert shop.server().status == "active"
    shop.close()


def test_a_wrong_address_is_refused_with_what_to_write(shop_environment: dict[str, str]) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "provider.cli.main", "payments", "listen", "--address", "8787"],
        env=shop_environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert "HOST:PORT" in ended.stderr


@pytest.fixture
def shop_environment(tmp_path: Path) -> dict[str, str]:
    return {**os.environ, "QUALIT_HOME": str(tmp_path / "home"), "PYTHONPATH": str(ROOT)}
