"""The payment gateway of a home, as its configuration says. Called when the home is opened."""

from __future__ import annotations

from provider.configuration import Configuration
from provider.platform.database.engine import Database
from provider.platform.payments.port import PaymentGateway


def connect_gateway(configuration: Configuration, account_id: str, database: Database) -> PaymentGateway:
    """The gateway; nothing is asked of it yet, and only the one that is meant is imported."""
    if configuration.payment_gateway == "stripe":
        from provider.platform.payments.stripe import StripeGateway

        return StripeGateway(configuration.stripe, account_id, database)
    from provider.platform.payments.sandbox import SandboxGateway

    return SandboxGateway(configuration.home)
