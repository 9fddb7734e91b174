"""A façade of Stripe's API over the sandbox gateway: the same world, asked in Stripe's words, over real HTTP.

It keeps to what Stripe documents where that decides whether money moves twice: idempotency keys that replay what their
first call answered, errors of its own included; one payment that succeeds once; a saved card that is refused without
its customer and lets go of its method; pages of lists; keys that are wrong. What is arranged at its ``sandbox`` goes
wrong on the wire: a 503, or a connection that breaks after the call had its effect.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from provider.configuration import StripeSettings
from provider.platform.payments.port import DisputedError, GatewayRefusedError, GatewayUnavailableError, Intent
from provider.platform.payments.sandbox import METHODS, SandboxGateway
from provider.platform.payments.sandbox.call import utc_now
from provider.platform.payments.sandbox.methods import BEHAVIOURS
from tests.stripe import objects
from tests.stripe.forms import parse_form
from tests.stripe.wire import Answer, FacadeServer, StripeRefusalError

KEY = "sk_test_facade"
SECRET = "whsec_facade"  # noqa: S105 - of the façade
PAGE = 3
"""How long the façade's pages are, whatever is asked: longer lists have several."""

Form = dict[str, Any]


@dataclass
class Facade:
    """One Stripe account. ``requests`` are those that came, as ``POST /v1/refunds``."""

    folder: Path
    now: Callable[[], datetime] = utc_now
    sleep: Callable[[float], None] = time.sleep
    key: str = KEY
    customers: dict[str, Form] = field(default_factory=dict)
    detached: set[str] = field(default_factory=set)
    wants_customer: set[str] = field(default_factory=set)
    requests: list[str] = field(default_factory=list)
    fails_after: list[str] = field(default_factory=list)
    """Last words of paths whose next call has its effect and answers 500, which its key then replays."""
    fails_before: list[str] = field(default_factory=list)
    """The same, without its effect."""
    check: Callable[[str, str, str, dict[str, str]], None] = lambda *_: None
    """Called with every request before it is answered."""
    refuses_confirm: bool = False
    never_satisfied: bool = False
    """Whether a bank that wants its customer goes on to do so."""
    url: str = ""
    _kept: dict[str, Form] = field(default_factory=dict)
    _keys: dict[str, tuple[datetime, str, Answer]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.sandbox = SandboxGateway(self.folder, now=self.now, sleep=self.sleep)

    @property
    def settings(self) -> StripeSettings:
        return StripeSettings(key=KEY, webhook_secret=SECRET, api_base=self.url)

    # -- one call ------------------------------------------------------------------------------------------
    def answer(self, method: str, path: str, text: str, headers: dict[str, str]) -> Answer:
        """What Stripe answers to a query or a body."""
        form = parse_form(text) | ({"url": path} if method == "GET" else {})
        with self._lock:
            self.requests.append(f"{method} {path}")
            self.check(method, path, text, headers)
            if headers.get("authorization", "").removeprefix("Bearer ") != self.key:
                return Answer.error(401, message=f"Invalid API Key provided: {headers.get('authorization')}")
            key = headers.get("idempotency-key")
            if method == "GET" or key is None:
                return self._try(method, path, form, "")
            return self._once(method, path, form, key)

    def _once(self, method: str, path: str, form: Form, key: str) -> Answer:
        request = json.dumps([method, path, form], sort_keys=True)
        known = self._keys.get(key)
        if known is not None and self.now() - known[0] < timedelta(hours=24):
            if known[1] != request:
                return Answer.error(400, type="idempotency_error", message="Keys can only be used with the same call.")
            return known[2].replayed()
        answer = self._try(method, path, form, key)
        if answer.is_kept:
            self._keys[key] = (self.now(), request, answer.unbroken())
        return answer

    def _try(self, method: str, path: str, form: Form, key: str) -> Answer:
        operation = path.rpartition("/")[2]
        if method == "POST" and operation in self.fails_before:
            self.fails_before.remove(operation)
            return Answer.error(500, type="api_error", message="An unknown error occurred.")
        try:
            answer = self._route(method, path, form, key)
        except StripeRefusalError as refusal:
            return Answer.error(refusal.status, **refusal.error)
        except DisputedError:
            return Answer.error(400, code="charge_disputed", message="The charge is disputed.")
        except GatewayRefusedError as error:
            return Answer.error(400, message=str(error))
        except GatewayUnavailableError as error:
            if "(503)" in str(error):
                return Answer.error(503, type="api_error", message="Try again.").not_kept()
            # The fault is used up, and the same key gives what the first call made.
            return self._try(method, path, form, key).broken()
        if method == "POST" and operation in self.fails_after:
            self.fails_after.remove(operation)
            return Answer.error(500, type="api_error", message="An unknown error occurred.")
        return answer

    def _route(self, method: str, path: str, form: Form, key: str) -> Answer:
        for wanted, pattern, call in ROUTES:
            match = re.fullmatch(pattern, path)
            if wanted == method and match:
                return Answer(200, call(self, form, key, *match.groups()))
        raise StripeRefusalError(404, message=f"Unrecognized request URL ({method}: {path}).")

    # -- customers and methods -----------------------------------------------------------------------------
    def create_customer(self, form: Form, key: str) -> Form:
        customer = {"id": f"cus_{len(self.customers) + 1}", "object": "customer", "created": objects.CREATED, **form}
        self.customers[customer["id"]] = customer
        return customer

    def search_customers(self, form: Form, key: str) -> Form:
        name, value = re.fullmatch(r"metadata\['(\w+)'\]:'([\w-]+)'", form["query"]).groups()  # type: ignore[union-attr]
        found = [one for one in self.customers.values() if one.get("metadata", {}).get(name) == value]
        return {"object": "search_result", "url": "/v1/customers/search", "has_more": False, "data": found}

    def list_methods(self, form: Form, key: str, customer: str) -> Form:
        self._customer(customer)
        return self._page(form, [objects.payment_method(m.id) for m in METHODS if m.id not in self.detached])

    def retrieve_method(self, form: Form, key: str, customer: str, method: str) -> Form:
        self._customer(customer)
        if objects.SANDBOX_METHODS.get(method) in (None, *self.detached):
            raise StripeRefusalError(404, code="resource_missing", param="payment_method", message=f"No such {method}")
        return objects.payment_method(objects.SANDBOX_METHODS[method])

    def detach_method(self, form: Form, key: str, method: str) -> Form:
        self.detached.add(objects.SANDBOX_METHODS[method])
        return objects.payment_method(objects.SANDBOX_METHODS[method])

    def create_session(self, form: Form, key: str) -> Form:
        self._customer(form["customer"])
        return {"id": "cs_1", "object": "checkout.session", "url": "https://checkout.stripe.example/c/pay/cs_1"}

    # -- payments ------------------------------------------------------------------------------------------
    def create_intent(self, form: Form, key: str) -> Form:
        self._customer(form["customer"])
        method = objects.SANDBOX_METHODS[form["payment_method"]]
        made = self.sandbox.create_intent(
            order_id=form["metadata"]["qualit_order"],
            amount=_money(form),
            method_id=method,
            idempotency_key=key,
        )
        self._kept[made.id] = {"customer": form["customer"], "metadata": form["metadata"]}
        return self._intent(made, form)

    def retrieve_intent(self, form: Form, key: str, id_: str) -> Form:
        self._peek(id_)
        return self._intent(self.sandbox.retrieve(objects.sandbox_id(id_)), form)

    def list_intents(self, form: Form, key: str) -> Form:
        self._customer(form["customer"])
        found = [self._intent(intent, {"expand": "latest_charge"}) for intent in reversed(self.sandbox.intents())]
        return self._page(form, [one for one in found if one.get("customer") == form["customer"]])

    def confirm_intent(self, form: Form, key: str, id_: str) -> Form:
        before = self._peek(id_)
        asks = BEHAVIOURS[objects.SANDBOX_METHODS[self._kept[before.id]["metadata"]["qualit_method"]]].asks_customer
        off_session = form.get("off_session") == "true"
        if before.status != "unconfirmed" or (before.id in self.wants_customer and "payment_method" not in form):
            message = f"This PaymentIntent is {before.status}."
            raise StripeRefusalError(400, code="payment_intent_unexpected_state", message=message)
        if self.refuses_confirm:
            raise StripeRefusalError(400, message="The payment method cannot be used.")
        if asks and (off_session or self.never_satisfied):
            self.wants_customer.add(before.id)
            raise self._declined(before)
        if asks and not form.get("return_url"):
            raise StripeRefusalError(400, param="return_url", message="You must provide a return_url.")
        self.wants_customer.discard(before.id)
        after = self.sandbox.confirm(before.id, idempotency_key=key)
        if after.status == "declined":
            raise self._declined(after)
        return self._intent(after, form)

    def cancel_intent(self, form: Form, key: str, id_: str) -> Form:
        before = self._peek(id_)
        if before.status in ("succeeded", "cancelled"):
            message = f"You cannot cancel this PaymentIntent: it is {before.status}."
            raise StripeRefusalError(400, code="payment_intent_unexpected_state", message=message)
        self.wants_customer.discard(before.id)
        return self._intent(self.sandbox.cancel(before.id), form)

    # -- money that goes back ------------------------------------------------------------------------------
    def create_refund(self, form: Form, key: str) -> Form:
        before = self._peek(form["payment_intent"])
        amount = _money({"amount": form["amount"], "currency": before.amount.currency})
        refund = self.sandbox.refund(before.id, amount, idempotency_key=key)
        self._kept[refund.id] = {"metadata": form["metadata"]}
        return objects.refund(refund, form["metadata"])

    def list_refunds(self, form: Form, key: str) -> Form:
        made = self.sandbox.refunds(self._peek(form["payment_intent"]).id)
        found = [objects.refund(one, self._kept.get(one.id, {}).get("metadata", {})) for one in reversed(made)]
        return self._page(form, found)

    def list_disputes(self, form: Form, key: str) -> Form:
        found = [objects.dispute(dispute, number) for number, dispute in enumerate(self.sandbox.disputes())][::-1]
        return self._page(form, [one for one in found if one["payment_intent"] == form["payment_intent"]])

    def list_events(self, form: Form, key: str) -> Form:
        since = int(form["created"]["gte"])
        events = [event for event in self.events() if event["created"] >= since]
        return self._page(form, list(reversed(events)))

    # -- what Stripe sends by itself -----------------------------------------------------------------------
    def events(self) -> list[Form]:
        """Everything that happened, each once, oldest first."""
        told = {event.id: event for event in self.sandbox.events(0)}
        return [
            objects.event(told[id_], self._kept.get(told[id_].intent_id, {}).get("metadata", {}))
            for id_ in sorted(told)
        ]

    def deliver(self, url: str, event: Form, *, secret: str = SECRET, at: int | None = None) -> int:
        """Send an event, signed as Stripe signs; the status that came back."""
        payload = json.dumps(event)
        at = int(time.time()) if at is None else at
        signature = hmac.new(secret.encode(), f"{at}.{payload}".encode(), hashlib.sha256).hexdigest()
        return post(url, payload.encode(), {"Stripe-Signature": f"t={at},v1={signature}"})

    # -- reading -------------------------------------------------------------------------------------------
    def _intent(self, intent: Intent, form: Form) -> Form:
        wants = intent.id in self.wants_customer
        kept = self._kept.get(intent.id, {})
        return objects.payment_intent(intent, wants_customer=wants, expanded="expand" in form, **kept)

    def _peek(self, id_: str) -> Intent:
        for intent in self.sandbox.intents():
            if objects.stripe_id(intent.id) == id_:
                return intent
        raise StripeRefusalError(
            404, code="resource_missing", param="intent", message=f"No such payment_intent: '{id_}'"
        )

    def _declined(self, intent: Intent) -> StripeRefusalError:
        shown = self._intent(intent, {})
        return StripeRefusalError(402, **shown["last_payment_error"], payment_intent=shown)

    def _customer(self, id_: str) -> None:
        if id_ not in self.customers:
            raise StripeRefusalError(
                404, code="resource_missing", param="customer", message=f"No such customer: '{id_}'"
            )

    def _page(self, form: Form, found: list[Form]) -> Form:
        ids = [one["id"] for one in found]
        start = ids.index(form["starting_after"]) + 1 if "starting_after" in form else 0
        page = found[start : start + PAGE]
        return {"object": "list", "url": form["url"], "has_more": start + PAGE < len(found), "data": page}


def _money(form: Form) -> Any:
    from provider.platform.payments.stripe.amounts import money_of

    return money_of(int(form["amount"]), form["currency"])


_ID = r"(\w+)"
ROUTES: list[tuple[str, str, Callable[..., Form]]] = [
    ("POST", "/v1/customers", Facade.create_customer),
    ("GET", "/v1/customers/search", Facade.search_customers),
    ("GET", f"/v1/customers/{_ID}/payment_methods", Facade.list_methods),
    ("GET", f"/v1/customers/{_ID}/payment_methods/{_ID}", Facade.retrieve_method),
    ("POST", f"/v1/payment_methods/{_ID}/detach", Facade.detach_method),
    ("POST", "/v1/checkout/sessions", Facade.create_session),
    ("POST", "/v1/payment_intents", Facade.create_intent),
    ("GET", "/v1/payment_intents", Facade.list_intents),
    ("GET", f"/v1/payment_intents/{_ID}", Facade.retrieve_intent),
    ("POST", f"/v1/payment_intents/{_ID}/confirm", Facade.confirm_intent),
    ("POST", f"/v1/payment_intents/{_ID}/cancel", Facade.cancel_intent),
    ("POST", "/v1/refunds", Facade.create_refund),
    ("GET", "/v1/refunds", Facade.list_refunds),
    ("GET", "/v1/disputes", Facade.list_disputes),
    ("GET", "/v1/events", Facade.list_events),
]


def post(url: str, payload: bytes, headers: dict[str, str]) -> int:
    from urllib.error import HTTPError

    try:
        with urlopen(Request(url, payload, headers, method="POST"), timeout=10) as answer:  # noqa: S310 - of the test
            return int(answer.status)
    except HTTPError as error:
        with error:
            return error.code


@contextmanager
def serving(facade: Facade) -> Iterator[Facade]:
    """The façade at an address of its own."""
    with FacadeServer(lambda *request: facade.answer(*request)) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        facade.url = f"http://127.0.0.1:{server.server_address[1]}"
        yield facade
        server.shutdown()
