"""Decline codes of card networks in words. The codes are those that Stripe's reference lists."""

from __future__ import annotations

WORDS = {
    "card_declined": "the bank declined the card without a reason; ask the bank, or use another payment method",
    "generic_decline": "the bank declined the card without a reason; ask the bank, or use another payment method",
    "insufficient_funds": "the account has insufficient funds; use another payment method",
    "expired_card": "the card has expired; save a new one",
    "lost_card": "the bank declined the card; use another payment method",
    "stolen_card": "the bank declined the card; use another payment method",
    "authentication_required": "the payment was not confirmed with 3-D Secure; order again and confirm it",
    "processing_error": "the card could not be processed; try again",
}
_UNSPOKEN = {"lost_card", "stolen_card"}
"""A lost or stolen card is declined without saying so, as the card networks ask: who reads it may not be its owner."""


def decline_in_words(code: str | None) -> str:
    """What a decline code means and what to do."""
    if code is None or code in _UNSPOKEN:
        return WORDS[code or "generic_decline"]
    return f"{WORDS.get(code, 'use another payment method, or ask the bank')} ({code})"
