"""Ids. Those of servers and contracts follow from the account and the name, so that a plan knows them (L6)."""

from __future__ import annotations

import hashlib
import secrets
import uuid

MACHINES = uuid.UUID("5d0f0c56-6f0c-4f43-9a5b-7d9c2f3c1a60")
"""The namespace of machine UUIDs; drawn once, never changed."""


def server_id(account_id: str, name: str, generation: int) -> str:
    """The id of the ``generation``-th server of a name, counted from 0."""
    return f"vps-{_digest(account_id, 'vps', name, str(generation))}"


def contract_id_of_server(server: str) -> str:
    """The id of the contract that a server is bought with, when it has one of its own."""
    return f"ctr-{_digest('contract', server)}"


def contract_id_of(planned_id: str) -> str:
    """The contract that an id is about: its own, or that of the server."""
    return planned_id if planned_id.startswith("ctr-") else contract_id_of_server(planned_id)


def contract_id_of_order(account_id: str, name: str, generation: int) -> str:
    """The id of the ``generation``-th contract that is bought with an Order of this name."""
    return f"ctr-{_digest(account_id, 'order', name, str(generation))}"


def machine_uuid(server: str) -> str:
    """The UUID of a server's machine, the same on every attempt to make it."""
    return str(uuid.uuid5(MACHINES, server))


def mac_address(server: str, ip: str) -> str:
    """The MAC of the interface that holds an address, in the range that QEMU's machines use (52:54:00)."""
    digest = hashlib.sha256(f"{server}|{ip}".encode()).hexdigest()
    return f"52:54:00:{digest[0:2]}:{digest[2:4]}:{digest[4:6]}"


def new_order_id() -> str:
    return f"ord-{secrets.token_hex(6)}"


def new_journal_id() -> str:
    return f"jrn-{secrets.token_hex(6)}"


def _digest(*parts: str) -> str:
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:12]
