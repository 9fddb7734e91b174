"""The gateway port over Stripe. Writes carry an idempotency key, look before they act, and are found again by it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from provider.backend.port import SavedMethod
from provider.configuration import StripeSettings
from provider.money import Money
from provider.platform.database.engine import Database
from provider.platform.payments.port import (
    Dispute,
    DisputedError,
    Event,
    GatewayRefusedError,
    GatewayUnavailableError,
    Intent,
    Refund,
    SetUp,
    UnknownMethodError,
)
from provider.platform.payments.stripe import confirming, refunding
from provider.platform.payments.stripe.account import StripeAccount
from provider.platform.payments.stripe.amounts import minor_units
from provider.platform.payments.stripe.disputes import dispute_of
from provider.platform.payments.stripe.errors import translated
from provider.platform.payments.stripe.events import POLL_SECONDS, Poll
from provider.platform.payments.stripe.intents import (
    ACCOUNT,
    EXPAND,
    KEY,
    METHOD,
    ORDER,
    intent_of,
    is_disputed,
    metadata_of,
    status_of,
    wants_customer,
)
from provider.platform.payments.stripe.methods import ID, saved_method
from provider.platform.payments.stripe.once import once
from provider.platform.payments.stripe.setting_up import set_up_url
from provider.platform.payments.stripe.webhook import Webhook
from provider.platform.records import payment_events

if TYPE_CHECKING:
    import stripe


class StripeGateway:
    """An account's payments at Stripe; several threads may use it."""

    def __init__(
        self, settings: StripeSettings, account_id: str, database: Database, *, poll_seconds: float = POLL_SECONDS
    ) -> None:
        self._settings = settings
        self._account = StripeAccount(settings, account_id, database)
        self._poll = Poll(self._account, poll_seconds)

    # -- methods -------------------------------------------------------------------------------------------
    def methods(self) -> Sequence[SavedMethod]:
        customer = self._account.customer()
        if customer is None:
            return ()
        with translated("list the saved methods"):
            listed = self._account.client.v1.customers.payment_methods.list(customer, {"limit": 100})
            return [saved_method(method) for method in listed.auto_paging_iter()]

    def set_up_method(self, wanted: str | None = None) -> SetUp:
        """A page of Stripe on which the customer saves a card or PayPal, and which can be opened for 24 hours.

        Raises:
            GatewayRefusedError: a method is ``wanted`` by name, which is for the sandbox.
        """
        if wanted is not None:
            raise GatewayRefusedError(
                "a method cannot be saved by its name: with Stripe the customer enters it on a page of Stripe, whose "
                "link you get when you name none"
            )
        return SetUp(set_up_url(self._account), None)

    def remove_method(self, method_id: str) -> None:
        """Forget a saved method at Stripe.

        Raises:
            UnknownMethodError: the customer has none of that id.
        """
        method = self._method(method_id)
        with translated("remove the saved method"):
            self._account.client.v1.payment_methods.detach(method.id)

    # -- intents -------------------------------------------------------------------------------------------
    def create_intent(self, *, order_id: str, amount: Money, method_id: str, idempotency_key: str) -> Intent:
        units = minor_units(amount)
        method = self._method(method_id)
        customer = self._account.customer_made()

        def create(key: str) -> stripe.PaymentIntent:
            return self._account.client.v1.payment_intents.create(
                {
                    "amount": units,
                    "currency": amount.currency.lower(),
                    "customer": customer,
                    "payment_method": method.id,
                    "payment_method_types": [method.type],
                    "description": f"Qual.IT order {order_id}",
                    "metadata": {
                        ACCOUNT: self._account.id,
                        ORDER: order_id,
                        METHOD: method.id,
                        KEY: idempotency_key,
                    },
                },
                {"idempotency_key": key},
            )

        def made() -> stripe.PaymentIntent | None:
            keyed = (one for one in self._listed() if metadata_of(one).get(KEY) == idempotency_key)
            return next(keyed, None)

        with translated(f"create the payment of {order_id}"):
            return intent_of(once(self._account.key(idempotency_key), create, made))

    def retrieve(self, intent_id: str) -> Intent:
        with translated(f"look at the payment {intent_id}"):
            return self._intent(confirming.read(self._account.client, intent_id))

    def confirm(self, intent_id: str, *, idempotency_key: str) -> Intent:
        with translated(f"confirm the payment {intent_id}"):
            intent = confirming.confirm(
                self._account.client, intent_id, self._account.key(idempotency_key), return_url=self._account.return_url
            )
            found = self._intent(intent)
        if found.status == "cancelled":
            raise GatewayRefusedError(f"the payment {intent_id} was cancelled")
        if wants_customer(intent):
            # Its bank wants to see the customer, and gave them no page to be seen at.
            return replace(found, status="declined", decline_code="authentication_required")
        return found

    def cancel(self, intent_id: str) -> Intent:
        with translated(f"cancel the payment {intent_id}"):
            intent = confirming.read(self._account.client, intent_id)
            if status_of(intent) in ("unconfirmed", "action_required"):
                self._account.client.v1.payment_intents.cancel(intent_id)
                intent = confirming.read(self._account.client, intent_id)
        if status_of(intent) == "succeeded":
            raise GatewayRefusedError(f"the payment {intent_id} has succeeded and cannot be cancelled")
        return self._intent(intent)

    def intents(self) -> Sequence[Intent]:
        with translated("list the payments"):
            return [self._intent(intent) for intent in reversed(list(self._listed()))]

    # -- refunds and disputes ------------------------------------------------------------------------------
    def refund(self, intent_id: str, amount: Money, *, idempotency_key: str) -> Refund:
        units = minor_units(amount)
        try:
            with translated(f"refund {amount} of the payment {intent_id}"):
                return refunding.refund(self._account, intent_id, units, idempotency_key)
        except DisputedError:
            status = self.retrieve(intent_id).dispute or "open"
            raise DisputedError(
                f"{amount} cannot be refunded: the dispute of the payment {intent_id} is {status}, and it decides who "
                "gets the money"
            ) from None

    def refunds(self, intent_id: str) -> Sequence[Refund]:
        with translated(f"list the refunds of the payment {intent_id}"):
            return refunding.refunds(self._account, intent_id)

    def disputes(self) -> Sequence[Dispute]:
        with translated("list the disputes"):
            found = [
                (dispute.created, dispute_of(dispute, intent.id, metadata_of(intent).get(ORDER, "")))
                for intent in self._listed()
                for dispute in self._disputes(intent)
            ]
        return [dispute for _, dispute in sorted(found, key=lambda dated: (dated[0], dated[1].id))]

    # -- what happened -------------------------------------------------------------------------------------
    def events(self, after: int) -> Sequence[Event]:
        """What the webhook and Stripe's own list told; the list is read every few seconds at most.

        Where the list cannot be read, what the webhook brought counts all the same.
        """
        silence: Exception | None = None
        try:
            self._poll.run()
        except (GatewayUnavailableError, GatewayRefusedError) as error:
            silence = error
        with self._account.database.read() as connection:
            found = payment_events.after(connection, after)
        if silence is not None and not found:
            raise silence
        return found

    def webhook(self) -> Webhook:
        """What takes the messages that Stripe sends by itself.

        Raises:
            GatewayKeyError: the webhook's secret is not set.
        """
        return Webhook(self._account, self._settings.webhook_secret)

    def cash(self) -> Mapping[str, Decimal]:
        """As the port says; Stripe's own fees are not in it."""
        total: dict[str, Money] = {}
        for intent in self.intents():
            nothing = Money(Decimal(0), intent.amount.currency)
            total[intent.amount.currency] = total.get(intent.amount.currency, nothing) + intent.kept
        return {currency: money.amount for currency, money in total.items()}

    # -- reading -------------------------------------------------------------------------------------------
    def _method(self, method_id: str) -> stripe.PaymentMethod:
        """A saved method of this account's customer.

        Raises:
            UnknownMethodError: there is none of that id.
        """
        customer = self._account.customer() if ID.fullmatch(method_id) else None
        if customer is None:
            raise UnknownMethodError("there is no saved payment method of that id")
        with translated("look at the saved method"):
            import stripe

            try:
                return self._account.client.v1.customers.payment_methods.retrieve(customer, method_id)
            except stripe.InvalidRequestError as error:
                if error.code == "resource_missing" and error.param != "customer":
                    raise UnknownMethodError("there is no saved payment method of that id") from None
                raise

    def _listed(self) -> Iterator[stripe.PaymentIntent]:
        """This account's, newest first; a customer may be charged by others of the same Stripe account."""
        customer = self._account.customer()
        if customer is None:
            return
        listed = self._account.client.v1.payment_intents.list(
            {"customer": customer, "limit": 100, "expand": [f"data.{EXPAND}"]}
        )
        for intent in listed.auto_paging_iter():
            if metadata_of(intent).get(ACCOUNT) == self._account.id:
                yield intent

    def _intent(self, intent: stripe.PaymentIntent) -> Intent:
        return intent_of(intent, self._disputes(intent))

    def _disputes(self, intent: stripe.PaymentIntent) -> Sequence[stripe.Dispute]:
        if not is_disputed(intent):
            return ()
        listed = self._account.client.v1.disputes.list({"payment_intent": intent.id, "limit": 100})
        return list(listed.auto_paging_iter())
