"""Who the customer is, as it stands on receipts, and what they may spend in a month.

``data`` is the value, ``check`` what may be stored, ``change`` stores it; ``spending_limit`` does both for the limit.
"""
