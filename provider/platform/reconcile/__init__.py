"""Comparing orders, ledger, gateway and machines: what has one right answer is repaired, the rest is reported.

``facts`` reads, ``compare`` judges without touching anything, ``repair`` acts, ``reconcile`` is the way in.
"""
