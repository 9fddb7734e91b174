"""Refusals of commerce as errors of the platform."""

from __future__ import annotations

from collections.abc import Sequence

from provider.backend.port import RefusedError
from provider.commerce.proposal import Proposal
from provider.commerce.refusal import Refusal


def raise_refusals(refusals: Sequence[Refusal]) -> None:
    """Raise what was refused; nothing when all is well."""
    if refusals:
        raise refused(refusals)


def refused(refusals: Sequence[Refusal]) -> RefusedError:
    """The first refusal as an error, with the text of all of them."""
    first = refusals[0]
    detail = "\n".join(refusal.detail for refusal in refusals)
    return RefusedError(first.summary, detail, rule=first.rule, attribute=first.attribute or None)


def accepted(proposal: Proposal | tuple[Refusal, ...]) -> Proposal:
    """The proposal, unless it was refused."""
    if isinstance(proposal, Proposal):
        return proposal
    raise refused(proposal)
