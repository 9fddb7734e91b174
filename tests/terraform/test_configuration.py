"""The provider block."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest

from provider.resources.model import UNKNOWN
from provider.terraform.server import Server
from tests.terraform.host import AnswerError, Host
from tests.terraform.toy import Boxes


def test_attributes_of_the_provider_block_win_over_the_environment(
    unconfigured: Host, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUALIT_HOME", str(tmp_path / "environment"))
    monkeypatch.setenv("QUALIT_LIBVIRT_URI", "test:///default")
    unconfigured.configure(home=str(tmp_path / "block"))
    configuration = cast(Boxes, server.backend()).configuration
    assert (configuration.home, configuration.libvirt_uri) == (tmp_path / "block", "test:///default")


def test_a_setting_that_cannot_be_used_is_refused_on_its_attribute(unconfigured: Host) -> None:
    with pytest.raises(AnswerError, match="not an instant") as refused:
        unconfigured.configure(test_clock="yesterday")
    assert refused.value.errors[0].attribute.steps[0].attribute_name == "test_clock"


def test_an_unknown_setting_fails_only_what_needs_the_platform_and_is_named(unconfigured: Host) -> None:
    unconfigured.configure(home=UNKNOWN)
    with pytest.raises(AnswerError, match=r"`home` depends on something that is known only after an apply"):
        unconfigured.plan("qualit_box", unconfigured.config("qualit_box", name="a"))


def test_a_call_before_any_configuration_is_refused(unconfigured: Host) -> None:
    with pytest.raises(AnswerError, match="The provider is not configured"):
        unconfigured.import_state("qualit_box", "a")
