"""The cases in ``cases/*.yaml``: lives of contracts, step by step, with what each step costs or why it is refused.

A step is ``buy``, ``switch`` or ``set`` on a ``day``, and expects ``due`` (with ``monthly``, ``unit``,
``credit``, ``lines`` where they matter), or ``free``, or ``refused``. ``prices``, ``retired``, ``removed`` and
``currency`` change the catalogue from that step on; ``renew`` adds a prepaid period.
"""

from __future__ import annotations

from datetime import UTC, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from provider.commerce.catalogue import Catalogue, load_catalogue
from provider.commerce.change import Change, NewContract, Renew, SetQuantity, SwitchSolution
from provider.commerce.contract import Contract
from provider.commerce.proposal import Proposal, accept, is_free, propose, with_operating_system
from provider.commerce.refusal import Refusal

CASES = [
    pytest.param(case["steps"], id=f"{file.stem}: {case['name']}")
    for file in sorted(Path(__file__).with_name("cases").glob("*.yaml"))
    for case in yaml.safe_load(file.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize("steps", CASES)
def test_a_contract_costs_and_refuses_what_the_rules_say(steps: list[dict[str, Any]]) -> None:
    catalogue = load_catalogue()
    contract: Contract | None = None
    for step in steps:
        catalogue = _changed(catalogue, step)
        if "renew" in step:
            assert contract is not None
            contract = _renewed(catalogue, contract, step["renew"])
        else:
            contract = _taken(catalogue, contract, step)


def _taken(catalogue: Catalogue, contract: Contract | None, step: dict[str, Any]) -> Contract | None:
    change = _change(step)
    if step.get("free"):
        assert contract is not None
        assert is_free(catalogue, contract, change)
        return with_operating_system(catalogue, contract, change.os) if isinstance(change, SwitchSolution) else contract
    assert contract is None or not is_free(catalogue, contract, change)
    answer = propose(catalogue, "ctr-1", contract, change, step["day"])
    if "refused" in step:
        assert not isinstance(answer, Proposal), f"allowed: {step}"
        _check_refusal(answer, step["refused"])
        return contract
    assert isinstance(answer, Proposal), f"refused: {step}: {answer}"
    _check_price(answer, step)
    noon = datetime.combine(step["day"], time(12), tzinfo=UTC)
    return accept(contract, answer, at=noon, order_id=f"ord-{answer.revision}")


def _change(step: dict[str, Any]) -> Change:
    if "buy" in step:
        return NewContract(step["buy"], step["os"], step["months"])
    if "switch" in step:
        return SwitchSolution(step["switch"], step["os"])
    return SetQuantity(step["set"], step["to"])


def _check_price(proposal: Proposal, step: dict[str, Any]) -> None:
    assert proposal.amount == Decimal(step["due"])
    assert proposal.amount == sum((line.amount for line in proposal.lines), Decimal(0))
    if "monthly" in step:
        assert proposal.monthly_price == Decimal(step["monthly"])
    if "unit" in step:
        assert proposal.unit_price == Decimal(step["unit"])
    if "lines" in step:
        assert [line.description for line in proposal.lines] == step["lines"]
    assert proposal.credit == Decimal(step.get("credit", "0.00"))


def _check_refusal(refusals: tuple[Refusal, ...], expected: dict[str, Any]) -> None:
    assert [(refusal.rule, refusal.attribute) for refusal in refusals] == [(expected["rule"], expected["attribute"])]
    text = f"{refusals[0].summary}\n{refusals[0].detail}"
    assert [words for words in expected["says"] if words not in text] == [], text


def _changed(catalogue: Catalogue, step: dict[str, Any]) -> Catalogue:
    """The catalogue with the step's other prices, retired and removed offers, and currency."""
    content = catalogue.model_dump()
    for offer in content["offers"]:
        offer["monthly_price"] = step.get("prices", {}).get(offer["id"], offer["monthly_price"])
        offer["retired"] = offer["retired"] or offer["id"] in step.get("retired", [])
    for resource in content["additional_resources"]:
        resource["unit_price"] = step.get("prices", {}).get(resource["type"], resource["unit_price"])
    content["offers"] = [offer for offer in content["offers"] if offer["id"] not in step.get("removed", [])]
    return Catalogue.model_validate({**content, "currency": step.get("currency", catalogue.currency)})


def _renewed(catalogue: Catalogue, contract: Contract, months: int) -> Contract:
    """The contract with the next period prepaid at the present prices."""
    day = contract.periods[-1].start
    renewal = propose(catalogue, contract.id, contract, Renew(months), day)
    assert isinstance(renewal, Proposal), f"refused: {renewal}"
    return accept(contract, renewal, at=datetime.combine(day, time(12), tzinfo=UTC), order_id="ord-renewal")
