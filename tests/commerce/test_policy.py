"""The checks that are asked on their own: payment, names, reinstall, deletion, clock (S5, C5, C7-C9, L7, N8)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from provider.backend.port import SavedMethod
from provider.commerce import policy
from provider.commerce.calendar import first_period
from provider.commerce.catalogue import load_catalogue
from provider.commerce.change import Change, Renew, SetQuantity, SwitchSolution
from provider.commerce.contract import Contract, Dispute, Line

SAVED = (
    SavedMethod("test-visa", "visa", "Visa", expires_on=date(2026, 3, 1)),
    SavedMethod("test-amex", "amex", "American Express", expires_on=date(2030, 1, 1)),
    SavedMethod("test-paypal", "paypal", "PayPal"),
    SavedMethod("giro", "sepa_debit", "Giro"),
)
TODAY = date(2026, 2, 28)
CONTACT = "sales@qualit.example"
CONTRACT = Contract(
    id="ctr-1",
    currency="EUR",
    anchor_day=31,
    term_months=1,
    periods=(first_period(date(2026, 1, 31), 1),),
    lines={
        "solution": Line("solution", 1, Decimal("15.99"), (Decimal("15.99"),), offer="vps-2", os="suse-enterprise-15"),
        "disk": Line("disk", 1, Decimal("5.00"), (Decimal("5.00"),), quantity=50),
    },
)


@pytest.mark.parametrize("method", ["test-visa", "test-amex", "test-paypal"])
def test_s5_a_saved_card_or_paypal_is_accepted(method: str) -> None:
    assert policy.payment_means(method, SAVED, today=TODAY, contact=CONTACT) == ()


@pytest.mark.parametrize(
    "method", ["bank_transfer", "sepa_debit", "cheque", "cash", "crypto", "giro", "visa", "test-diners", None]
)
def test_s5_any_other_means_is_refused_with_the_contact_address(method: str | None) -> None:
    (refusal,) = policy.payment_means(method, SAVED, today=TODAY, contact=CONTACT)
    assert (refusal.rule, refusal.attribute) == ("S5", "payment_method")
    assert CONTACT in refusal.detail
    assert '"test-visa", "test-amex" and "test-paypal"' in refusal.detail
    assert method is None or f'payment_method = "{method}"' in refusal.detail


@pytest.mark.parametrize(
    "secret",
    [
        "4242424242424242",
        "4242 4242 4242 4242",
        "3782-822463-10005",
        "visa 4000056655665556",
        "sk_live_51HxYzAbCdEf",
        "tok en",
    ],
)
def test_n8_a_card_number_or_a_token_is_not_repeated_and_not_pointed_at(secret: str) -> None:
    (refusal,) = policy.payment_means(secret, SAVED, today=TODAY, contact=CONTACT)
    assert (refusal.rule, refusal.attribute) == ("S5", "")
    assert secret not in refusal.summary + refusal.detail
    assert not any(part in refusal.detail for part in secret.split() if len(part) > 3 and part.isdigit())


def test_s5_without_any_saved_method_that_can_be_used_the_refusal_says_so() -> None:
    (refusal,) = policy.payment_means("giro", SAVED[-1:], today=TODAY, contact=CONTACT)
    assert "can be used: none" in refusal.detail


def test_s5_a_saved_card_can_be_used_until_it_expires_and_is_then_refused_with_the_day_and_what_to_do() -> None:
    (refusal,) = policy.payment_means("test-visa", SAVED, today=date(2026, 3, 1), contact=CONTACT)
    assert (refusal.rule, refusal.attribute, refusal.summary) == ("S5", "payment_method", "Expired payment method")
    assert "this Visa expired on 2026-02-28" in refusal.detail
    assert "qualit payment-methods add" in refusal.detail
    assert 'can be used: "test-amex" and "test-paypal"' in refusal.detail


def test_s5_a_saved_method_of_another_brand_is_refused_by_its_name_beside_those_that_are_accepted() -> None:
    saved = (SavedMethod("card", "unionpay", "UnionPay"), *SAVED)
    (refusal,) = policy.payment_means("card", saved, today=TODAY, contact=CONTACT)
    assert "UnionPay is not accepted" in refusal.detail
    assert "Visa, MasterCard, American Express" in refusal.detail
    assert policy.why_unusable(saved[0], TODAY) == "UnionPay is not accepted"
    assert [policy.why_unusable(method, TODAY) for method in SAVED[:3]] == [None, None, None]


def test_an_unknown_part_of_a_new_contract_is_not_checked() -> None:
    catalogue = load_catalogue()
    assert policy.new_contract(catalogue, None, None, None) == ()
    refusals = policy.new_contract(catalogue, "vps-3", None, 7)
    assert [(refusal.rule, refusal.attribute) for refusal in refusals] == [("S1", "offer"), ("S4", "term_months")]


def test_s1_an_offer_that_several_are_equally_near_to_is_not_guessed() -> None:
    (refusal,) = policy.offer(load_catalogue(), "vps-3")
    assert "Did you mean" not in refusal.detail
    assert '"vps-8"' in refusal.detail


def test_s2_an_unknown_type_is_refused_with_those_that_are_known() -> None:
    (refusal,) = policy.quantity(load_catalogue(), "memroy", 4)
    assert (refusal.rule, refusal.attribute) == ("S2", "type")
    assert 'Did you mean "memory"?' in refusal.detail


@pytest.mark.parametrize("name", ["web", "w", "web-1", "1web", "a" * 63])
def test_c9_a_name_that_dns_and_libvirt_accept(name: str) -> None:
    assert policy.name("name", name) == ()


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("Web Server", 'name = "web-server"'),
        ("-web-", 'name = "web"'),
        ("web.example", 'name = "web-example"'),
        ("a" * 64, f'name = "{"a" * 63}"'),
        ("größe", 'name = "gr-e"'),
        ("web\n", 'name = "web"'),
    ],
)
def test_c9_another_name_is_refused_with_one_that_is_near(name: str, near: str) -> None:
    (refusal,) = policy.name("name", name)
    assert (refusal.rule, refusal.attribute) == ("C9", "name")
    assert near in refusal.detail
    assert policy.name("name", near.split('"')[1]) == ()


@pytest.mark.parametrize("name", ["", "---", "日本"])
def test_c9_a_name_with_nothing_near_is_refused_without_a_suggestion(name: str) -> None:
    (refusal,) = policy.name("hostname", name)
    assert refusal.attribute == "hostname"
    assert "Write" not in refusal.detail


def test_c9_a_rename_is_refused_and_the_same_name_is_not() -> None:
    (refusal,) = policy.rename("web", "www")
    assert (refusal.rule, refusal.attribute) == ("C9", "name")
    assert 'Write name = "web"' in refusal.detail
    assert policy.rename("web", "web") == ()


def test_c5_an_addition_stays_on_its_server_and_of_its_type() -> None:
    (moved,) = policy.move_addition("vps-1", "vps-2")
    (turned,) = policy.change_type("disk", "memory")
    assert (moved.rule, moved.attribute, turned.rule, turned.attribute) == ("C5", "vps_id", "C5", "type")
    assert 'Write vps_id = "vps-1"' in moved.detail
    assert 'Write type = "disk"' in turned.detail
    assert policy.move_addition("vps-1", "vps-1") == policy.change_type("disk", "disk") == ()


def test_c7_another_system_needs_allow_reinstall_and_pays_nothing_back() -> None:
    catalogue = load_catalogue()
    (refusal,) = policy.reinstall(catalogue, CONTRACT, "debian-12", allow_reinstall=False)
    assert (refusal.rule, refusal.attribute) == ("C7", "os")
    assert "allow_reinstall = true" in refusal.detail
    assert 'os = "suse-enterprise-15"' in refusal.detail
    assert "Nothing is paid back" in refusal.detail
    assert policy.reinstall(catalogue, CONTRACT, "debian-12", allow_reinstall=True) == ()
    assert policy.reinstall(catalogue, CONTRACT, "suse-enterprise-15", allow_reinstall=False) == ()


def test_c8_deletion_protection_says_how_to_end_it_all_the_same() -> None:
    (refusal,) = policy.deletion_protected("web")
    assert (refusal.rule, refusal.attribute) == ("C8", "deletion_protection")
    assert "deletion_protection = false" in refusal.detail


def test_c8_an_end_says_until_when_it_was_paid_and_what_is_lost() -> None:
    summary, detail = policy.what_an_end_loses("web", CONTRACT, keeps_contract=False)
    assert "web" in summary
    for words in ("disk is deleted", "vps-2, in addition 50 GiB of disk", "paid until 2026-02-28", "not refunded"):
        assert words in detail


def test_c8_a_contract_bought_with_an_order_outlives_its_server() -> None:
    _, detail = policy.what_an_end_loses("web", CONTRACT, keeps_contract=True)
    assert "disk is deleted" in detail
    assert "stays: it is paid until 2026-02-28" in detail
    summary, bare = policy.what_an_end_loses("shop", CONTRACT, keeps_contract=False, has_machine=False)
    assert summary == "The contract shop ends (rule C8)"
    assert "paid until 2026-02-28" in bare
    assert "machine" not in bare


def test_l7_a_clock_more_than_five_minutes_behind_is_refused() -> None:
    recorded = datetime(2026, 2, 1, 12, tzinfo=UTC)
    assert policy.clock_behind(recorded - timedelta(minutes=5), recorded) == ()
    (refusal,) = policy.clock_behind(recorded - timedelta(minutes=5, seconds=1), recorded)
    assert refusal.rule == "L7"
    assert "2026-02-01 12:00 UTC" in refusal.detail


DISPUTE = Dispute("ord-1", "pay_1", Decimal("15.99"), opened_on=date(2026, 2, 3))


def test_n2_nothing_is_ordered_for_a_disputed_contract_and_the_refusal_says_why_and_what_to_do() -> None:
    disputed = replace(CONTRACT, dispute=DISPUTE)
    assert policy.undisputed(CONTRACT, CONTACT) == ()
    (refusal,) = policy.undisputed(disputed, CONTACT, "offer")
    assert (refusal.rule, refusal.attribute) == ("N2", "offer")
    for words in ("pay_1", "ord-1", "15.99 EUR", "2026-02-03", "withdraw the dispute", CONTACT):
        assert words in refusal.detail


@pytest.mark.parametrize("change", [SetQuantity("disk", 60), SwitchSolution("vps-4", "debian-12"), Renew(1)])
def test_n2_every_change_of_a_disputed_contract_is_refused(change: Change) -> None:
    catalogue = load_catalogue()
    today = date(2026, 2, 10)
    assert policy.change(catalogue, CONTRACT, change, today) == ()
    (refusal,) = policy.change(catalogue, replace(CONTRACT, dispute=DISPUTE), change, today)
    assert refusal.rule == "N2"


def test_l8_after_a_lost_dispute_the_words_say_until_when() -> None:
    lost = replace(DISPUTE, lost_on=date(2026, 2, 10), ends_on=date(2026, 2, 24))
    summary, detail = policy.what_a_dispute_means("web", replace(CONTRACT, dispute=lost), CONTACT) or ("", "")
    assert summary == "A payment for web is disputed (rule N2)"
    for words in ("On 2026-02-10", "took 15.99 EUR back", "deleted on 2026-02-24", CONTACT):
        assert words in detail
    assert policy.what_a_dispute_means("web", CONTRACT, CONTACT) is None
