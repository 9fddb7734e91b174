"""The pipelines of `examples/gitops/`, run end to end: a real repository, a real tool, the shell of the YAML."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.gitops.team import Team

pytestmark = pytest.mark.cli

EACH = [("github", "terraform"), ("gitlab", "tofu"), ("gitlab", "pulumi")]
NAMES = [f"{service}-{tool}" for service, tool in EACH]


@pytest.fixture(params=EACH, ids=NAMES)
def team(request: pytest.FixtureRequest, tmp_path: Path) -> Team:
    """A team for each service and each tool; a test may name others."""
    service, tool = request.param
    return Team(tmp_path, service, tool)


def by(*pairs: tuple[str, str]) -> pytest.MarkDecorator:
    """For some of the services and tools alone."""
    return pytest.mark.parametrize("team", pairs, ids=["-".join(pair) for pair in pairs], indirect=True)


def test_c3_a_change_is_reviewed_with_its_price_and_merged_and_its_revert_is_refused(team: Team) -> None:
    team.repository.branch("adopt")
    team.adopt()
    team.repository.commit("Rent a server")
    opened = team.service.opened("adopt")
    assert opened.passed, opened.output
    assert opened.comment.startswith("**Qual.IT: 20.97 EUR to pay now, then 6.99 EUR a month (+6.99 EUR).**\n")
    assert team.listing("orders") == []
    merged = team.merges("adopt")
    assert merged.passed, merged.output
    assert (team.offers(), team.paid()) == (["vps-2"], ["20.97"])

    team.at("2026-02-14T09:00:00Z")
    opened = team.opens("improve", "vps-4")
    assert opened.passed, opened.output
    assert "| web-1 | changes | 17.70 EUR | 6.99 EUR | 13.99 EUR | +7.00 EUR | 2026-04-30 |" in opened.comment
    assert "now: vps-2 to vps-4, 75 of 89 days" in opened.comment
    # The merge is a day later; what was reviewed is what is paid (P5).
    team.at("2026-02-15T09:00:00Z")
    merged = team.merges("improve")
    assert (merged.passed, merged.comment) == (True, ""), merged.output
    assert (team.offers(), team.paid()) == (["vps-4"], ["17.70", "20.97"])
    calm = team.looks_for_drift()
    assert calm.passed, calm.output

    team.repository.branch("revert")
    team.repository.revert("main")
    refused = team.service.opened("revert")
    assert (refused.passed, refused.kept) == (False, False)
    assert refused.comment.startswith("**Qual.IT: Refused: nothing of it could be priced.**\n\n- **")
    assert "Temporary change refused: improved from vps-2" in refused.comment
    assert "(rule C3)" in refused.comment

    # Merged all the same, it buys and changes nothing, though there once was a plan of exactly these files.
    merged = team.merges("revert")
    assert not merged.passed
    assert "**Not applied as it was reviewed:**" in merged.comment
    assert "rule C3" in merged.comment
    assert (team.offers(), team.paid()) == (["vps-4"], ["17.70", "20.97"])


@by(("github", "terraform"), ("github", "pulumi"))
def test_p5_a_merge_after_another_buys_nothing_that_was_not_reviewed(team: Team) -> None:
    team.buys_its_first_server()
    team.at("2026-02-14T09:00:00Z")
    first = team.opens("first", "vps-4")
    second = team.opens("second", "vps-2", disk=20)
    assert first.passed, first.output
    assert second.passed, second.output
    assert team.merges("first").passed

    merged = team.merges("second")
    assert not merged.passed
    assert "of exactly these files was reviewed" in merged.comment
    assert "Qual.IT: 5.06 EUR to pay now, then 15.99 EUR a month (+2.00 EUR)." in merged.comment
    assert team.paid() == ["17.70", "20.97"]
    drifted = team.looks_for_drift()
    assert not drifted.passed
    assert "5.06 EUR to pay now" in drifted.comment

    # An empty change shows again what is missing, and its merge applies that.
    team.repository.branch("again")
    team.repository.commit("Look again at what is not applied")
    again = team.service.opened("again")
    assert "5.06 EUR to pay now" in again.comment
    merged = team.merges("again")
    assert merged.passed, merged.output
    assert team.paid() == ["17.70", "20.97", "5.06"]


@by(("github", "terraform"), ("github", "pulumi"))
def test_p5_a_merge_after_the_price_has_changed_buys_nothing(team: Team) -> None:
    team.buys_its_first_server()
    team.at("2026-02-14T09:00:00Z")
    opened = team.opens("improve", "vps-4")
    assert "17.70 EUR to pay now" in opened.comment
    team.at("2026-02-20T09:00:00Z")
    merged = team.merges("improve")
    assert not merged.passed
    assert merged.comment.startswith("**Not applied as it was reviewed:** ")
    assert "17.70 EUR" in merged.comment
    assert "Qual.IT: 16.28 EUR to pay now" in merged.comment
    assert (team.offers(), team.paid()) == (["vps-2"], ["20.97"])


@by(("github", "terraform"))
def test_what_the_policy_does_not_allow_leaves_no_plan_to_apply(team: Team) -> None:
    team.buys_its_first_server()
    opened = team.opens("large", "vps-2", disk=300)
    assert (opened.passed, opened.kept) == (False, False)
    assert opened.comment.startswith("**Qual.IT: 90.00 EUR to pay now")
    assert opened.comment.endswith("\n\n**Not allowed by policy.py:** a disk has more than 200 GiB.\n")
    merged = team.merges("large")
    assert not merged.passed
    assert team.paid() == ["20.97"]
