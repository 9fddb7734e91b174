"""What a type checker says about programs, and what a program's own mistakes raise."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from mypy import api

import pulumi_qualit as qualit
from tests.project.tree import ROOT

GOOD = """
import pulumi
import pulumi_qualit as qualit

contract = qualit.Order("annual", name="annual", offer="vps-4", term_months=12)
web = qualit.Vps("web", name="web", order=contract, power_state="sleeping", labels={"team": "shop"})
db = qualit.Vps("db", qualit.VpsArgs(name="db", offer="vps-2", ssh_keys=["ssh-ed25519 A"]), pulumi.ResourceOptions())
disk = qualit.Resource("disk", vps=db, type="disk", quantity=20, timeouts=qualit.TimeoutsArgs(create="10m"))
more = qualit.Resource("more", vps_id=web.server_id, type="ipv4", quantity=1, opts=pulumi.ResourceOptions())
cost: pulumi.Output[str] = disk.monthly_price
vcpus: pulumi.Output[int] = web.characteristics.apply(lambda has: has.vcpus)
prices: dict[str, str] = {offer.id: offer.monthly_price for offer in qualit.get_offers().offers}
found: pulumi.Output[qualit.GetVpsResult] = qualit.get_vps_output(web.name)
seen: qualit.Vps = qualit.Vps.get("seen", "web")
"""

BAD = (
    ('qualit.Vps("web", name="web", offer=5)', "No overload"),
    ('qualit.Vps("web", name="web", offer="vps-2", term_months=2)', "No overload"),
    ('qualit.Vps("web", name="web", offer="vps-2", power_state="asleep")', "No overload"),
    ('qualit.Vps("web", offer="vps-2")', "No overload"),
    ('qualit.Vps("web", name="web", ofer="vps-2")', "No overload"),
    ('qualit.Resource("disk", vps="web", type="disk", quantity=20)', "No overload"),
    ('qualit.Order("o", name="o", offer="vps-2").monthly_prize', "has no attribute"),
    ("qualit.get_vps()", "Missing positional argument"),
)


def checked(tmp_path: Path, *programs: str) -> str:
    file = tmp_path / "program.py"
    file.write_text("\n".join(programs))
    output, errors, _ = api.run(["--strict", "--config-file", "", "--cache-dir", str(ROOT / ".mypy_cache"), str(file)])
    return output + errors


def test_a_program_is_typed(tmp_path: Path) -> None:
    assert checked(tmp_path, GOOD).startswith("Success")


def test_what_the_document_shows_is_typed(tmp_path: Path) -> None:
    (program,) = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "functions.md").read_text(), re.DOTALL)
    assert checked(tmp_path, program).startswith("Success")


def test_a_type_checker_finds_mistakes(tmp_path: Path) -> None:
    output = checked(tmp_path, "import pulumi_qualit as qualit", *(line for line, _ in BAD))
    found = {int(line.split(":")[1]): line for line in output.splitlines() if ": error: " in line}
    assert sorted(found) == list(range(2, len(BAD) + 2))
    for number, (_, said) in enumerate(BAD, start=2):
        assert said in found[number]


def test_a_server_is_given_itself_or_by_its_id() -> None:
    with pytest.raises(TypeError, match="missing vps"):
        qualit.ResourceArgs(type="disk", quantity=20)
    web = object.__new__(qualit.Vps)
    with pytest.raises(TypeError, match="vps and vps_id say the same"):
        qualit.ResourceArgs(vps=web, vps_id="vps-1", type="disk", quantity=20)


def test_inputs_are_given_in_one_way() -> None:
    with pytest.raises(TypeError, match="as VpsArgs or one by one"):
        qualit.Vps("web", qualit.VpsArgs(name="web"), offer="vps-2")  # type: ignore[call-overload]
    with pytest.raises(TypeError, match=r"come VpsArgs, if any, and pulumi\.ResourceOptions"):
        qualit.Vps("web", "vps-2")  # type: ignore[call-overload]
