"""A server's plans and applies, as Terraform sees them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from provider.backend.embedded import EmbeddedBackend
from provider.backend.port import Backend, RefusedError
from provider.platform.payments.sandbox import SandboxGateway
from provider.resources.model import UNKNOWN
from tests.terraform.host import AnswerError, Host, Plan, State


def web(host: Host, **attributes: object) -> dict[str, object]:
    return host.config("qualit_vps", **{"name": "web", "offer": "vps-2", **attributes})


def test_p2_a_new_server_is_priced_in_its_plan_with_every_value_that_can_be_known(host: Host) -> None:
    planned = host.plan("qualit_vps", web(host, term_months=3)).planned
    assert planned is not None
    assert planned["id"].startswith("vps-")
    assert (planned["monthly_price"], planned["currency"]) == ("6.99", "EUR")
    assert planned["charge"]["amount"] == "20.97"
    assert planned["characteristics"]["memory_gib"] == 4
    assert planned["os"] == "debian-12"
    assert {name for name, value in planned.items() if value is UNKNOWN} == {"status", "ipv4_address", "paid_until"}


def test_p5_the_same_plan_has_the_same_quote(host: Host) -> None:
    first = host.plan("qualit_vps", web(host)).planned
    second = host.plan("qualit_vps", web(host)).planned
    assert first == second


def test_p7_what_is_unknown_makes_the_price_unknown_and_is_checked_when_it_is_known(
    host: Host, backend: Backend
) -> None:
    plan = host.plan("qualit_vps", web(host, offer=UNKNOWN, max_charge="10.00"))
    assert plan.planned is not None
    assert plan.planned["charge"] is UNKNOWN
    assert plan.planned["id"] is not UNKNOWN
    with pytest.raises(AnswerError, match="rule P7"):
        host.apply("qualit_vps", plan, offer="vps-8")
    assert backend.orders() == []
    state = host.apply("qualit_vps", plan, offer="vps-2")
    assert state.values is not None
    assert state.values["charge"]["amount"] == "6.99"


def test_p7_an_unknown_name_leaves_even_the_id_unknown(host: Host) -> None:
    plan = host.plan("qualit_vps", web(host, name=UNKNOWN))
    assert plan.planned is not None
    assert plan.planned["id"] is UNKNOWN
    assert plan.planned["characteristics"]["vcpus"] == 2
    state = host.apply("qualit_vps", plan, name="web")
    assert state.values is not None
    assert state.values["status"] == "active"


def test_s1_a_known_part_is_checked_while_another_is_unknown(host: Host) -> None:
    with pytest.raises(AnswerError, match="rule S3"):
        host.plan("qualit_vps", web(host, offer=UNKNOWN, os="plan-9"))


@pytest.mark.parametrize("amount", ["5 EUR", "-1", "", " 7.00 ", "1_000", "1e5", "1.234", "٣", "9" * 40])
def test_p7_a_max_charge_that_is_no_amount_is_refused_on_it(host: Host, amount: str) -> None:
    with pytest.raises(AnswerError, match=r"Invalid max_charge \(rule P7\)") as refused:
        host.plan("qualit_vps", web(host, max_charge=amount))
    assert [step.attribute_name for step in refused.value.errors[0].attribute.steps] == ["max_charge"]


@pytest.mark.parametrize("attribute", ["name", "hostname", "max_charge", "power_state", "payment_method"])
def test_n8_a_card_number_in_any_attribute_is_all_that_is_said_and_not_repeated(host: Host, attribute: str) -> None:
    with pytest.raises(AnswerError, match="rule N8") as refused:
        host.plan("qualit_vps", web(host, **{attribute: "4111 1111 1111 1111"}))
    assert "1111" not in str(refused.value)
    assert [len(one.attribute.steps) for one in refused.value.errors] == [0]


def test_s5_without_a_means_of_payment_the_refusal_says_where_to_write_one(host: Host, tmp_path: Path) -> None:
    host.configure(home=str(tmp_path / "other"), libvirt_uri="test:///default")
    with pytest.raises(AnswerError, match=r"rule S5.*Write payment_method here.*QUALIT_PAYMENT_METHOD.*test-visa"):
        host.plan("qualit_vps", web(host))


@pytest.mark.parametrize(
    ("method", "words"), [("test-expired", "expired on 2019-12-31"), ("test-unionpay", "UnionPay is not accepted")]
)
def test_s5_an_expired_card_and_one_of_another_brand_are_refused_when_planning(
    host: Host, method: str, words: str
) -> None:
    held = host.create("qualit_vps", **web(host))
    for prior in (None, held):
        wanted = web(host, payment_method=method, **({} if prior else {"name": "other"}))
        with pytest.raises(AnswerError, match=words) as refused:
            host.plan("qualit_vps", wanted, prior)
        (error,) = refused.value.errors
        assert [step.attribute_name for step in error.attribute.steps] == ["payment_method"]
        assert "Visa, MasterCard, American Express" in error.detail


def test_s5_the_accounts_default_pays_for_what_names_none(host: Host, home: Path, backend: EmbeddedBackend) -> None:
    host.configure(home=str(home), libvirt_uri="test:///default")
    backend.choose_default_payment_method("test-paypal")
    planned = host.plan("qualit_vps", web(host)).planned
    assert planned is not None
    assert planned["payment_method"] == "test-paypal"


def test_c1_a_better_offer_charges_the_difference_and_keeps_the_server(host: Host, backend: Backend) -> None:
    state = host.create("qualit_vps", **web(host))
    plan = host.plan("qualit_vps", web(host, offer="vps-4"), state)
    assert plan.planned is not None
    assert plan.planned["charge"]["amount"] == "7.00"
    improved = host.apply("qualit_vps", plan)
    assert state.values is not None
    assert improved.values is not None
    assert improved.values["id"] == state.values["id"]
    assert improved.values["improved_from"] == "vps-2"
    server = backend.server_named("web")
    assert server is not None
    assert server.characteristics.vcpus == 4


def test_n6_the_same_plan_applied_from_an_older_state_is_told_and_charges_once(host: Host, backend: Backend) -> None:
    state = host.refresh("qualit_vps", host.create("qualit_vps", **web(host)))
    plan = host.plan("qualit_vps", web(host, offer="vps-4"), state)
    host.apply("qualit_vps", plan)
    with pytest.raises(AnswerError, match="rule N6"):
        host.apply("qualit_vps", plan)
    assert len(backend.payments()) == 2


def test_a_server_that_was_improved_elsewhere_is_planned_as_it_is_where_nothing_was_read(host: Host) -> None:
    state = host.create("qualit_vps", **web(host))
    improved = host.apply("qualit_vps", host.plan("qualit_vps", web(host, offer="vps-4"), state))
    adopted = host.apply("qualit_vps", host.plan("qualit_vps", web(host, offer="vps-4"), State(state.values)))
    assert improved.values is not None
    assert state.values is not None
    assert adopted.values == {**improved.values, "charge": state.values["charge"]}


def test_c2_and_c3_a_step_back_is_refused_on_the_offer(host: Host) -> None:
    state = host.create("qualit_vps", **web(host, offer="vps-4"))
    with pytest.raises(AnswerError, match="rule C2") as smaller:
        host.plan("qualit_vps", web(host, offer="vps-2"), state)
    (error,) = smaller.value.errors
    assert error.attribute.steps[0].attribute_name == "offer"
    state = host.apply("qualit_vps", host.plan("qualit_vps", web(host, offer="vps-8"), state))
    with pytest.raises(AnswerError, match="rule C3"):
        host.plan("qualit_vps", web(host, offer="vps-4"), state)


def test_c3_a_server_improved_elsewhere_is_not_pulled_back(host: Host) -> None:
    before = host.create("qualit_vps", **web(host))
    host.apply("qualit_vps", host.plan("qualit_vps", web(host, offer="vps-4"), before))
    with pytest.raises(AnswerError, match="rule C3"):
        host.plan("qualit_vps", web(host), host.refresh("qualit_vps", before))
    with pytest.raises(AnswerError, match="rule C3"):
        host.plan("qualit_vps", web(host), before)


def test_c6_another_duration_is_free_and_counts_from_the_renewal(host: Host, backend: Backend) -> None:
    state = host.create("qualit_vps", **web(host))
    plan = host.plan("qualit_vps", web(host, term_months=12), state)
    assert any("rule C6" in warning.summary for warning in plan.warnings)
    applied = host.apply("qualit_vps", plan)
    assert applied.values is not None
    assert applied.values["term_months"] == 12
    assert len(backend.payments()) == 1


def test_c10_what_is_left_out_later_is_kept(host: Host) -> None:
    state = host.create(
        "qualit_vps", **web(host, os="ubuntu-24.04", power_state="off", labels={"a": "b"}, deletion_protection=True)
    )
    plan = host.plan("qualit_vps", web(host), state)
    assert plan.planned == state.values


def test_c9_a_name_and_a_contract_never_change(host: Host) -> None:
    state = host.create("qualit_vps", **web(host))
    with pytest.raises(AnswerError, match="rule C9"):
        host.plan("qualit_vps", web(host, name="shop"), state)
    config = web(host, offer=None, order_id="ctr-0123456789ab")
    with pytest.raises(AnswerError, match="rule C9"):
        host.plan("qualit_vps", config, state)


def test_c7_an_allowed_reinstall_says_what_it_erases(host: Host) -> None:
    state = host.create("qualit_vps", **web(host, os="suse-enterprise-15"))
    plan = host.plan("qualit_vps", web(host, os="ubuntu-24.04", allow_reinstall=True), state)
    (warning,) = plan.warnings
    assert warning.summary == "The system disk of web is erased (rule C7)"
    assert "everything on it is lost" in warning.detail
    assert "Nothing is paid back for SUSE Linux Enterprise Server 15" in warning.detail
    assert [step.attribute_name for step in warning.attribute.steps] == ["os"]
    again = host.plan("qualit_vps", web(host, os="ubuntu-24.04"), host.apply("qualit_vps", plan))
    assert again.warnings == []


def test_c7_a_system_that_the_host_cannot_install_is_refused_on_os_when_planning(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    def check_delivery(_backend: EmbeddedBackend, os: str | None) -> None:
        if os == "freebsd-14":
            raise RefusedError("The hypervisor cannot do this", "There is no image.")

    monkeypatch.setattr(EmbeddedBackend, "check_delivery", check_delivery)
    state = host.create("qualit_vps", **web(host))
    for prior, allowed in ((None, None), (state, True)):
        with pytest.raises(AnswerError, match="no image") as refused:
            host.plan(
                "qualit_vps",
                web(host, name="other" if prior is None else "web", os="freebsd-14", allow_reinstall=allowed),
                prior,
            )
        assert [step.attribute_name for step in refused.value.errors[0].attribute.steps] == ["os"]


def test_c8_ending_a_server_warns_of_what_is_lost_and_ends_the_contract(host: Host, backend: Backend) -> None:
    state = host.create("qualit_vps", **web(host))
    plan = host.plan("qualit_vps", None, state)
    assert any("rule C8" in warning.summary for warning in plan.warnings)
    host.apply("qualit_vps", plan)
    assert backend.server_named("web") is None


def test_l6_a_name_used_again_is_a_new_server(host: Host, backend: Backend) -> None:
    first = host.create("qualit_vps", **web(host))
    host.apply("qualit_vps", host.plan("qualit_vps", None, first))
    second = host.create("qualit_vps", **web(host))
    assert first.values is not None
    assert second.values is not None
    assert first.values["id"] != second.values["id"]
    assert len(backend.payments()) == 2


def test_n4_a_server_of_another_home_is_not_taken_for_ended(host: Host, tmp_path: Path) -> None:
    state = host.create("qualit_vps", **web(host))
    assert state.values is not None
    host.configure(home=str(tmp_path / "other"), libvirt_uri="test:///default", payment_method="test-visa")
    for refuse in (
        lambda: host.refresh("qualit_vps", state),
        lambda: host.plan("qualit_vps", web(host, offer="vps-4"), state),
        lambda: host.plan("qualit_vps", None, state),
        lambda: host.apply("qualit_vps", Plan(state, None, None, state.private)),
    ):
        with pytest.raises(
            AnswerError, match=r'The server "web" is not known here \(rule N4\).*QUALIT_HOME'
        ) as refused:
            refuse()
        assert refused.value.state is None or refused.value.state.values == state.values


def test_n4_a_name_that_is_declared_twice_is_one_server_and_the_second_is_refused(host: Host, backend: Backend) -> None:
    plans = [host.plan("qualit_vps", web(host)) for _ in range(2)]
    with ThreadPoolExecutor() as pool:
        outcomes = [outcome.exception() for outcome in [pool.submit(host.apply, "qualit_vps", plan) for plan in plans]]
    (refused,) = [outcome for outcome in outcomes if outcome is not None]
    assert "rule N4" in str(refused)
    assert len(backend.payments()) == 1


def test_l3_a_server_that_ended_elsewhere_is_gone_with_a_warning(host: Host, backend: Backend) -> None:
    state = host.create("qualit_vps", **web(host))
    assert state.values is not None
    backend.end_server(state.values["id"])
    assert host.refresh("qualit_vps", state).values is None


def test_l4_a_payment_to_be_confirmed_is_an_error_with_its_url_and_resumes(host: Host, backend: Backend) -> None:
    config = web(host, payment_method="test-3ds")
    plan = host.plan("qualit_vps", config)
    with pytest.raises(AnswerError, match="rule L4") as waiting:
        host.apply("qualit_vps", plan)
    assert waiting.value.state is not None
    assert waiting.value.state.values is None
    again = host.plan("qualit_vps", config)
    assert again.planned is not None
    assert plan.planned is not None
    assert again.planned["charge"] == plan.planned["charge"]
    with pytest.raises(AnswerError, match="rule L4"):
        host.plan("qualit_vps", web(host, offer="vps-4"))
    assert len(backend.orders()) == 1


def test_n4_a_lost_reply_of_the_gateway_charges_once(host: Host, backend: Backend) -> None:
    host.create("qualit_vps", **web(host, payment_method="test-lost-reply"))
    assert [payment.status for payment in backend.payments()] == ["succeeded"]


def test_n4_a_server_that_exists_is_not_bought_again_and_can_be_imported(host: Host) -> None:
    state = host.create("qualit_vps", **web(host))
    with pytest.raises(AnswerError, match="rule N4"):
        host.plan("qualit_vps", web(host))
    imported = host.import_state("qualit_vps", "web")
    assert state.values is not None
    assert imported.values is not None
    assert imported.values["charge"] is None
    assert {**imported.values, "charge": state.values["charge"]} == state.values
    assert host.plan("qualit_vps", web(host), imported).planned == imported.values


def test_n8_write_only_user_data_reaches_no_state(host: Host, home: object) -> None:
    state = host.create("qualit_vps", **web(host, user_data_wo="#cloud-config\npassword: hunter2"))
    assert state.values is not None
    assert state.values["user_data_wo"] is None
    assert b"hunter2" not in state.private


def test_a_server_takes_user_data_of_five_megabytes(host: Host) -> None:
    big = "#" * 5_000_000
    state = host.create("qualit_vps", **web(host, user_data=big))
    assert state.values is not None
    assert state.values["user_data"] == big


def test_n2_a_disputed_server_is_suspended_in_the_state_every_read_warns_and_a_change_is_refused(
    host: Host, backend: EmbeddedBackend, home: Path
) -> None:
    state = host.create("qualit_vps", name="web", offer="vps-2")
    (payment,) = backend.payments()
    SandboxGateway(home).open_dispute(payment.id)
    backend.reconcile()
    state = host.refresh("qualit_vps", state)
    assert state.values is not None
    assert state.values["status"] == "suspended"
    answer = host.call(
        "ReadResource",
        type_name="qualit_vps",
        current_state=host.out("qualit_vps", state.values),
        private=state.private,
    )
    (warning,) = answer.diagnostics
    assert warning.summary == "A payment for web is disputed (rule N2)"
    for words in (payment.id, payment.order, "6.99 EUR", backend.account().contact):
        assert words in warning.detail
    with pytest.raises(AnswerError, match=r"Disputed payment \(rule N2\)"):
        host.plan("qualit_vps", web(host, offer="vps-4"), state)
    with pytest.raises(AnswerError, match=r"Disputed payment \(rule N2\)"):
        host.apply("qualit_vps", host.plan("qualit_vps", web(host, power_state="off"), state))
    state = host.apply("qualit_vps", host.plan("qualit_vps", web(host, labels={"case": "17"}), state))
    assert state.values is not None
    assert (state.values["labels"], state.values["power_state"]) == ({"case": "17"}, "running")
    host.apply("qualit_vps", host.plan("qualit_vps", None, state))
    assert backend.servers() == []
