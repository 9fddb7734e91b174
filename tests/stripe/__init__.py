"""Stripe behind the gateway port: against a façade of Stripe that has a memory, and against stripe-mock's schemas."""
