"""Receipts and credit notes: written with the ledger's entry, frozen, and shown as text, as a page or as values.

``document`` is what one says, ``issue`` writes it, ``text`` and ``page`` show it.
"""
