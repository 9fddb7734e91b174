"""The result of one check of a host, and the words it is made with. Called by ``checks`` and ``host_checks``."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at. What is ``limited`` works, but slowly or without a part of what is sold.

    ``remedy`` says what to run; it is empty where nothing needs to be done or can be.
    """

    name: str
    ok: bool
    detail: str
    remedy: str = ""
    limited: bool = False


def good(name: str, detail: str) -> Check:
    return Check(name, ok=True, detail=detail)


def limited(name: str, detail: str, remedy: str = "") -> Check:
    return Check(name, ok=True, detail=detail, remedy=remedy, limited=True)


def missing(name: str, detail: str, remedy: str) -> Check:
    return Check(name, ok=False, detail=detail, remedy=remedy)


def version(number: int) -> str:
    """libvirt's numbers: a million times the major, a thousand times the minor version, and the release."""
    return f"{number // 1_000_000}.{number // 1000 % 1000}.{number % 1000}"
