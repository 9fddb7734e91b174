"""Which keys are put into a guest and taken out of it, and what is remembered of that in its domain."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from provider.platform.hypervisor.domain_state import read_domain
from provider.platform.hypervisor.domain_xml import DomainFiles, qemu_domain
from provider.platform.hypervisor.guest_keys import GuestKeys, identity, read_keys
from tests.hypervisor.machines import machine_spec

OLD, NEW, HAND = "ssh-ed25519 AAAAold me@old", "ssh-ed25519 AAAAnew me@new", "ssh-rsa AAAAhand someone else"
FILES = DomainFiles(system="/pool/system.qcow2", seed="/pool/seed.img", console_log="/pool/console.log")


def remembered(keys: GuestKeys) -> GuestKeys:
    domain = ET.Element("domain")
    ET.SubElement(domain, "metadata").append(keys.element())
    return read_keys(domain)


def test_a_key_is_the_same_whatever_its_options_and_comment() -> None:
    assert identity(NEW) == identity('from="10.0.0.0/8",no-pty ssh-ed25519 AAAAnew') == "AAAAnew"
    assert identity("# a comment of somebody") == "# a comment of somebody"


def test_only_keys_that_we_put_there_are_taken_out() -> None:
    there = ["# by hand", f'from="10.0.0.1" {OLD} edited', HAND]
    known = GuestKeys((OLD,)).on_the_way_to([NEW])
    assert known.superfluous(there, [NEW]) == [f'from="10.0.0.1" {OLD} edited']
    assert known.missing(there, [NEW, HAND]) == [NEW]


def test_a_key_that_was_added_by_hand_and_is_listed_later_is_ours_from_then_on() -> None:
    known = GuestKeys((OLD,)).on_the_way_to([OLD, HAND])
    assert known.missing([OLD, HAND], [OLD, HAND]) == []
    assert GuestKeys((OLD, HAND)).superfluous([OLD, HAND], [OLD]) == [HAND]


def test_after_a_cut_nothing_is_taken_for_done() -> None:
    known = remembered(GuestKeys((OLD,)).on_the_way_to([OLD, NEW]))
    assert known == GuestKeys((OLD, NEW), settled=False)
    assert not known.are([OLD, NEW])
    assert remembered(GuestKeys((NEW, OLD))).are([OLD, NEW])


def test_a_domain_that_remembers_nothing_gets_keys_and_loses_none() -> None:
    known = read_keys(ET.Element("domain"))
    assert not known.are([])
    assert known.on_the_way_to([NEW]).superfluous([OLD, HAND], [NEW]) == []


def test_a_new_machine_remembers_the_keys_of_its_seed_and_a_defined_one_those_that_it_has() -> None:
    spec = machine_spec("web", "10.69.0.10")
    installed = read_domain(qemu_domain(spec, "qemu", FILES))
    assert installed is not None
    assert installed.keys == GuestKeys(spec.ssh_keys)
    again = read_domain(qemu_domain(spec, "qemu", FILES, keys=GuestKeys((OLD,), settled=False)))
    assert again is not None
    assert again.keys == GuestKeys((OLD,), settled=False)


def test_a_domain_that_is_only_defined_has_no_agent() -> None:
    state = read_domain(qemu_domain(machine_spec("web", "10.69.0.10"), "qemu", FILES))
    assert state is not None
    assert not state.agent_connected
