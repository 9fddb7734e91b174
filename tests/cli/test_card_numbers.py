"""N8: no command takes a card number, and none repeats one."""

from __future__ import annotations

import pytest

from provider.configuration import ENVIRONMENT
from tests.cli.conftest import Qualit

NUMBER = "3782 822463 10005"


@pytest.mark.parametrize(
    ("arguments", "where"),
    [
        (("payment-methods", "add", NUMBER), "argument 3"),
        (("payment-methods", "add", *NUMBER.split()), "a series of arguments"),
        (("payment-methods", "remove", NUMBER, "--yes"), "argument 3"),
        (("payment-methods", "default", NUMBER.replace(" ", "-")), "argument 3"),
        (("orders", "cancel", NUMBER), "argument 3"),
        (("payments", "confirm", NUMBER), "argument 3"),
        (("quotes", "drop", NUMBER), "argument 3"),
        (("images", "build-demo", NUMBER), "argument 3"),
        (("price", "--offer", NUMBER), "--offer"),
        (("price", f"--offer={NUMBER}"), "--offer"),
        (("price", "--offer", "vps-2", "--term-months", NUMBER.replace(" ", "")), "--term-months"),
        (("price", "--offer", "vps-2", "--add", f"disk={NUMBER}"), "--add"),
        (("terraform", "install", "--dir", NUMBER), "--dir"),
        ((f"--{NUMBER}",), "argument 1"),
        ((NUMBER,), "argument 1"),
    ],
)
def test_n8_a_card_number_as_an_argument_is_refused_and_not_repeated(
    qualit: Qualit, arguments: tuple[str, ...], where: str
) -> None:
    ended = qualit(*arguments)
    assert (ended.exit_code, ended.out) == (1, "")
    assert "A value looks like a card number (rule N8)" in ended.err
    assert f"{where} holds" in ended.err
    assert "822463" not in ended.err


@pytest.mark.parametrize("variable", sorted(ENVIRONMENT.values()))
def test_n8_a_card_number_in_the_environment_is_refused_and_not_repeated(
    qualit: Qualit, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, NUMBER)
    for command in ("orders", "payment-methods", "doctor"):
        ended = qualit(command)
        assert ended.exit_code == 1
        assert f"{variable} holds" in ended.err
        assert "822463" not in ended.out + ended.err
