# Written by `python -m provider.pulumi.sdk` from the resource model; change that, not this.
"""The resources: servers, contracts bought apart, additional resources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, overload

import pulumi

from pulumi_qualit._base import DynamicResource, id_of
from pulumi_qualit._types import Characteristics, Charge, Duration, PowerState, ResourceType, Timeouts, TimeoutsArgs


@pulumi.input_type
class VpsArgs:
    """The inputs of a `Vps`."""

    name: pulumi.Input[str] = pulumi.property("name")
    """The server's name, unique in the account: lower-case letters, digits and hyphens. It cannot be changed."""
    offer: pulumi.Input[str] | None = pulumi.property("offer")
    """The offer, such as `vps-2`.

    It can be changed at any time to one that is at least as large in every characteristic; the running server is
    improved in place. A smaller one is refused when planning. Required unless `order_id` is set.
    """
    os: pulumi.Input[str] | None = pulumi.property("os")
    """The operating system, `debian-12` unless another is chosen.

    All are included in the price but SUSE Enterprise. Changing it reinstalls the system disk and needs
    `allow_reinstall=True`.
    """
    term_months: pulumi.Input[Duration] | None = pulumi.property("termMonths")
    """For how many months to order, paid at once: 1, 3, 6 or 12.

    Changing it later charges nothing: the next renewal uses it.
    """
    payment_method: pulumi.Input[str] | None = pulumi.property("paymentMethod")
    """The id of a saved payment method, by default the provider's, then the account's.

    It is no secret. Changing it charges nothing: improvements and renewals use it from then on.
    """
    order_id: pulumi.Input[str] | None = pulumi.property("orderId")
    """The `contract_id` of an `Order` whose contract the server runs on.

    `offer`, `os`, `term_months`, `payment_method` and `auto_renew` are the order's then.
    """
    power_state: pulumi.Input[PowerState] | None = pulumi.property("powerState")
    """`running`, `sleeping` (its memory is saved to disk) or `off` (asked to shut down, and stopped after 60
    seconds if it does not); free of charge.

    A new server runs. What somebody did to the machine on its host is read back, also as `paused`, and ended by the
    next apply where this is written. A suspended server is off, whatever it is here, and goes back to this when it
    is renewed.
    """
    hostname: pulumi.Input[str] | None = pulumi.property("hostname")
    """The host name that the system starts with; the server's name by default.

    A change is used at the next start.
    """
    ssh_keys: pulumi.Input[Sequence[pulumi.Input[str]]] | None = pulumi.property("sshKeys")
    """Public SSH keys that may log in, to the account that the images of the system have for it.

    On a running server a change is made at once through its guest agent; keys that were added on the server stay.
    """
    user_data: pulumi.Input[str] | None = pulumi.property("userData")
    """Cloud-init user data, used when the system is installed. It is kept in the state as a secret."""
    labels: pulumi.Input[Mapping[str, pulumi.Input[str]]] | None = pulumi.property("labels")
    """Labels of your own."""
    auto_renew: pulumi.Input[bool] | None = pulumi.property("autoRenew")
    """Whether a worker (`qualit work`) renews the contract 24 hours before its end, its additions with it, for
    `term_months` and with `payment_method`; `True` unless told otherwise.

    Where it is `False`, plans warn from 14 days before the end.
    """
    deletion_protection: pulumi.Input[bool] | None = pulumi.property("deletionProtection")
    """Whether ending the server is refused."""
    allow_reinstall: pulumi.Input[bool] | None = pulumi.property("allowReinstall")
    """Whether a change of the operating system may reinstall the system disk, which deletes what is on it."""
    allow_restart: pulumi.Input[bool] | None = pulumi.property("allowRestart")
    """Whether the server may restart for an improvement that it cannot take while it runs: one beyond the room that
    it was started with, or vCPUs and memory for a system that takes them at its start only.

    Without it such an improvement is refused when planning; a server that is off needs none.
    """
    max_charge: pulumi.Input[str] | None = pulumi.property("maxCharge")
    """Refuse to order anything that charges more than this at once, such as `"25.00"`, in the account's currency.

    It bounds what a renewal by itself charges for the whole contract, too: above it nothing is renewed, and plans
    warn.
    """
    timeouts: pulumi.InputType[TimeoutsArgs] | None = pulumi.property("timeouts")
    """How long to wait for an operation.

    What was paid and is not delivered by then is finished by the next apply.
    """

    def __init__(
        self,
        *,
        name: pulumi.Input[str],
        offer: pulumi.Input[str] | None = None,
        os: pulumi.Input[str] | None = None,
        term_months: pulumi.Input[Duration] | None = None,
        payment_method: pulumi.Input[str] | None = None,
        order: Order | None = None,
        order_id: pulumi.Input[str] | None = None,
        power_state: pulumi.Input[PowerState] | None = None,
        hostname: pulumi.Input[str] | None = None,
        ssh_keys: pulumi.Input[Sequence[pulumi.Input[str]]] | None = None,
        user_data: pulumi.Input[str] | None = None,
        labels: pulumi.Input[Mapping[str, pulumi.Input[str]]] | None = None,
        auto_renew: pulumi.Input[bool] | None = None,
        deletion_protection: pulumi.Input[bool] | None = None,
        allow_reinstall: pulumi.Input[bool] | None = None,
        allow_restart: pulumi.Input[bool] | None = None,
        max_charge: pulumi.Input[str] | None = None,
        timeouts: pulumi.InputType[TimeoutsArgs] | None = None,
    ) -> None:
        pulumi.set(self, "name", name)
        pulumi.set(self, "offer", offer)
        pulumi.set(self, "os", os)
        pulumi.set(self, "term_months", term_months)
        pulumi.set(self, "payment_method", payment_method)
        pulumi.set(self, "order_id", id_of("order", order, "contract_id", "order_id", order_id))
        pulumi.set(self, "power_state", power_state)
        pulumi.set(self, "hostname", hostname)
        pulumi.set(self, "ssh_keys", ssh_keys)
        pulumi.set(self, "user_data", None if user_data is None else pulumi.Output.secret(user_data))
        pulumi.set(self, "labels", labels)
        pulumi.set(self, "auto_renew", auto_renew)
        pulumi.set(self, "deletion_protection", deletion_protection)
        pulumi.set(self, "allow_reinstall", allow_reinstall)
        pulumi.set(self, "allow_restart", allow_restart)
        pulumi.set(self, "max_charge", max_charge)
        pulumi.set(self, "timeouts", timeouts)


class Vps(DynamicResource):
    """A virtual server.

    Creating it orders its contract and pays for it at once; it can be improved in place at any time and never be
    made smaller. With `order_id` it runs on a contract that was bought with `Order`.
    """

    name: pulumi.Output[str] = pulumi.property("name")
    """The server's name, unique in the account: lower-case letters, digits and hyphens. It cannot be changed."""
    offer: pulumi.Output[str | None] = pulumi.property("offer")
    """The offer, such as `vps-2`.

    It can be changed at any time to one that is at least as large in every characteristic; the running server is
    improved in place. A smaller one is refused when planning. Required unless `order_id` is set.
    """
    os: pulumi.Output[str] = pulumi.property("os")
    """The operating system, `debian-12` unless another is chosen.

    All are included in the price but SUSE Enterprise. Changing it reinstalls the system disk and needs
    `allow_reinstall=True`.
    """
    term_months: pulumi.Output[int] = pulumi.property("termMonths")
    """For how many months to order, paid at once: 1, 3, 6 or 12.

    Changing it later charges nothing: the next renewal uses it.
    """
    payment_method: pulumi.Output[str] = pulumi.property("paymentMethod")
    """The id of a saved payment method, by default the provider's, then the account's.

    It is no secret. Changing it charges nothing: improvements and renewals use it from then on.
    """
    order_id: pulumi.Output[str | None] = pulumi.property("orderId")
    """The `contract_id` of an `Order` whose contract the server runs on.

    `offer`, `os`, `term_months`, `payment_method` and `auto_renew` are the order's then.
    """
    power_state: pulumi.Output[str] = pulumi.property("powerState")
    """`running`, `sleeping` (its memory is saved to disk) or `off` (asked to shut down, and stopped after 60
    seconds if it does not); free of charge.

    A new server runs. What somebody did to the machine on its host is read back, also as `paused`, and ended by the
    next apply where this is written. A suspended server is off, whatever it is here, and goes back to this when it
    is renewed.
    """
    hostname: pulumi.Output[str] = pulumi.property("hostname")
    """The host name that the system starts with; the server's name by default.

    A change is used at the next start.
    """
    ssh_keys: pulumi.Output[list[str]] = pulumi.property("sshKeys")
    """Public SSH keys that may log in, to the account that the images of the system have for it.

    On a running server a change is made at once through its guest agent; keys that were added on the server stay.
    """
    user_data: pulumi.Output[str | None] = pulumi.property("userData")
    """Cloud-init user data, used when the system is installed. It is kept in the state as a secret."""
    labels: pulumi.Output[dict[str, str]] = pulumi.property("labels")
    """Labels of your own."""
    auto_renew: pulumi.Output[bool] = pulumi.property("autoRenew")
    """Whether a worker (`qualit work`) renews the contract 24 hours before its end, its additions with it, for
    `term_months` and with `payment_method`; `True` unless told otherwise.

    Where it is `False`, plans warn from 14 days before the end.
    """
    deletion_protection: pulumi.Output[bool] = pulumi.property("deletionProtection")
    """Whether ending the server is refused."""
    allow_reinstall: pulumi.Output[bool | None] = pulumi.property("allowReinstall")
    """Whether a change of the operating system may reinstall the system disk, which deletes what is on it."""
    allow_restart: pulumi.Output[bool | None] = pulumi.property("allowRestart")
    """Whether the server may restart for an improvement that it cannot take while it runs: one beyond the room that
    it was started with, or vCPUs and memory for a system that takes them at its start only.

    Without it such an improvement is refused when planning; a server that is off needs none.
    """
    max_charge: pulumi.Output[str | None] = pulumi.property("maxCharge")
    """Refuse to order anything that charges more than this at once, such as `"25.00"`, in the account's currency.

    It bounds what a renewal by itself charges for the whole contract, too: above it nothing is renewed, and plans
    warn.
    """
    timeouts: pulumi.Output[Timeouts | None] = pulumi.property("timeouts")
    """How long to wait for an operation.

    What was paid and is not delivered by then is finished by the next apply.
    """
    server_id: pulumi.Output[str] = pulumi.property("serverId")
    """The server's id, known when planning, also before it exists."""
    characteristics: pulumi.Output[Characteristics] = pulumi.property("characteristics")
    """What the offer has. What the server has in total, additions included, is in the function `get_vps`."""
    monthly_price: pulumi.Output[str] = pulumi.property("monthlyPrice")
    """The price of a month, VAT included."""
    currency: pulumi.Output[str] = pulumi.property("currency")
    """The currency of every amount, such as `EUR`."""
    charge: pulumi.Output[Charge | None] = pulumi.property("charge")
    """The last charge that was made through this resource; in a plan that charges, the charge that applying it
    makes.
    """
    status: pulumi.Output[str] = pulumi.property("status")
    """`provisioning` (paid, being delivered), `active`, or `suspended` (not renewed, or disputed: off, its disk
    kept).
    """
    ipv4_address: pulumi.Output[str | None] = pulumi.property("ipv4Address")
    """The server's first IPv4 address."""
    paid_until: pulumi.Output[str] = pulumi.property("paidUntil")
    """The first day that is not paid, such as `2026-02-28`."""
    improved_at: pulumi.Output[str | None] = pulumi.property("improvedAt")
    """When it was last improved, in UTC."""
    improved_from: pulumi.Output[str | None] = pulumi.property("improvedFrom")
    """What it was last improved from."""

    @overload
    def __init__(self, resource_name: str, args: VpsArgs, opts: pulumi.ResourceOptions | None = None) -> None: ...

    @overload
    def __init__(
        self,
        resource_name: str,
        opts: pulumi.ResourceOptions | None = None,
        *,
        name: pulumi.Input[str],
        offer: pulumi.Input[str] | None = None,
        os: pulumi.Input[str] | None = None,
        term_months: pulumi.Input[Duration] | None = None,
        payment_method: pulumi.Input[str] | None = None,
        order: Order | None = None,
        order_id: pulumi.Input[str] | None = None,
        power_state: pulumi.Input[PowerState] | None = None,
        hostname: pulumi.Input[str] | None = None,
        ssh_keys: pulumi.Input[Sequence[pulumi.Input[str]]] | None = None,
        user_data: pulumi.Input[str] | None = None,
        labels: pulumi.Input[Mapping[str, pulumi.Input[str]]] | None = None,
        auto_renew: pulumi.Input[bool] | None = None,
        deletion_protection: pulumi.Input[bool] | None = None,
        allow_reinstall: pulumi.Input[bool] | None = None,
        allow_restart: pulumi.Input[bool] | None = None,
        max_charge: pulumi.Input[str] | None = None,
        timeouts: pulumi.InputType[TimeoutsArgs] | None = None,
    ) -> None: ...

    def __init__(self, resource_name: str, *args: Any, **inputs: Any) -> None:
        """Declare it.

        Args:
            resource_name: what the program calls it.
            name: The server's name, unique in the account: lower-case letters, digits and hyphens. It cannot be
                changed.
            offer: The offer, such as `vps-2`. It can be changed at any time to one that is at least as large in
                every characteristic; the running server is improved in place. A smaller one is refused when
                planning. Required unless `order_id` is set.
            os: The operating system, `debian-12` unless another is chosen. All are included in the price but SUSE
                Enterprise. Changing it reinstalls the system disk and needs `allow_reinstall=True`.
            term_months: For how many months to order, paid at once: 1, 3, 6 or 12. Changing it later charges
                nothing: the next renewal uses it.
            payment_method: The id of a saved payment method, by default the provider's, then the account's. It is
                no secret. Changing it charges nothing: improvements and renewals use it from then on.
            order: The `Order` itself, in place of order_id.
            order_id: The `contract_id` of an `Order` whose contract the server runs on. `offer`, `os`,
                `term_months`, `payment_method` and `auto_renew` are the order's then.
            power_state: `running`, `sleeping` (its memory is saved to disk) or `off` (asked to shut down, and
                stopped after 60 seconds if it does not); free of charge. A new server runs. What somebody did to
                the machine on its host is read back, also as `paused`, and ended by the next apply where this is
                written. A suspended server is off, whatever it is here, and goes back to this when it is renewed.
            hostname: The host name that the system starts with; the server's name by default. A change is used at
                the next start.
            ssh_keys: Public SSH keys that may log in, to the account that the images of the system have for it. On
                a running server a change is made at once through its guest agent; keys that were added on the
                server stay.
            user_data: Cloud-init user data, used when the system is installed. It is kept in the state as a secret.
            labels: Labels of your own.
            auto_renew: Whether a worker (`qualit work`) renews the contract 24 hours before its end, its additions
                with it, for `term_months` and with `payment_method`; `True` unless told otherwise. Where it is
                `False`, plans warn from 14 days before the end.
            deletion_protection: Whether ending the server is refused.
            allow_reinstall: Whether a change of the operating system may reinstall the system disk, which deletes
                what is on it.
            allow_restart: Whether the server may restart for an improvement that it cannot take while it runs: one
                beyond the room that it was started with, or vCPUs and memory for a system that takes them at its
                start only. Without it such an improvement is refused when planning; a server that is off needs
                none.
            max_charge: Refuse to order anything that charges more than this at once, such as `"25.00"`, in the
                account's currency. It bounds what a renewal by itself charges for the whole contract, too: above it
                nothing is renewed, and plans warn.
            timeouts: How long to wait for an operation. What was paid and is not delivered by then is finished by
                the next apply.
        """
        super().__init__(
            "Vps",
            VpsArgs,
            (
                "server_id",
                "characteristics",
                "monthly_price",
                "currency",
                "charge",
                "status",
                "ipv4_address",
                "paid_until",
                "improved_at",
                "improved_from",
            ),
            resource_name,
            args,
            inputs,
        )

    @classmethod
    def get(cls, resource_name: str, id: pulumi.Input[str], opts: pulumi.ResourceOptions | None = None) -> Vps:
        """What exists and is managed elsewhere; ``id`` is its name."""
        return cls(resource_name, *cls._looked_up(VpsArgs, id, opts))


@pulumi.input_type
class OrderArgs:
    """The inputs of a `Order`."""

    name: pulumi.Input[str] = pulumi.property("name")
    """The contract's name, unique among the account's orders: lower-case letters, digits and hyphens.

    It cannot be changed.
    """
    offer: pulumi.Input[str] = pulumi.property("offer")
    """The offer, such as `vps-2`.

    It can be changed at any time to one that is at least as large in every characteristic; the running server is
    improved in place. A smaller one is refused when planning.
    """
    os: pulumi.Input[str] | None = pulumi.property("os")
    """The operating system, `debian-12` unless another is chosen.

    All are included in the price but SUSE Enterprise. Changing it reinstalls the system disk and needs
    `allow_reinstall=True`.
    """
    term_months: pulumi.Input[Duration] | None = pulumi.property("termMonths")
    """For how many months to order, paid at once: 1, 3, 6 or 12.

    Changing it later charges nothing: the next renewal uses it.
    """
    payment_method: pulumi.Input[str] | None = pulumi.property("paymentMethod")
    """The id of a saved payment method, by default the provider's, then the account's.

    It is no secret. Changing it charges nothing: improvements and renewals use it from then on.
    """
    auto_renew: pulumi.Input[bool] | None = pulumi.property("autoRenew")
    """Whether a worker (`qualit work`) renews the contract 24 hours before its end, its additions with it, for
    `term_months` and with `payment_method`; `True` unless told otherwise.

    Where it is `False`, plans warn from 14 days before the end.
    """
    allow_reinstall: pulumi.Input[bool] | None = pulumi.property("allowReinstall")
    """Whether a change of the operating system may reinstall the system disk, which deletes what is on it."""
    allow_restart: pulumi.Input[bool] | None = pulumi.property("allowRestart")
    """Whether the server may restart for an improvement that it cannot take while it runs: one beyond the room that
    it was started with, or vCPUs and memory for a system that takes them at its start only.

    Without it such an improvement is refused when planning; a server that is off needs none. The server's when left
    out.
    """
    max_charge: pulumi.Input[str] | None = pulumi.property("maxCharge")
    """Refuse to order anything that charges more than this at once, such as `"25.00"`, in the account's currency.

    It bounds what a renewal by itself charges for the whole contract, too: above it nothing is renewed, and plans
    warn.
    """
    timeouts: pulumi.InputType[TimeoutsArgs] | None = pulumi.property("timeouts")
    """How long to wait for an operation.

    What was paid and is not delivered by then is finished by the next apply.
    """

    def __init__(
        self,
        *,
        name: pulumi.Input[str],
        offer: pulumi.Input[str],
        os: pulumi.Input[str] | None = None,
        term_months: pulumi.Input[Duration] | None = None,
        payment_method: pulumi.Input[str] | None = None,
        auto_renew: pulumi.Input[bool] | None = None,
        allow_reinstall: pulumi.Input[bool] | None = None,
        allow_restart: pulumi.Input[bool] | None = None,
        max_charge: pulumi.Input[str] | None = None,
        timeouts: pulumi.InputType[TimeoutsArgs] | None = None,
    ) -> None:
        pulumi.set(self, "name", name)
        pulumi.set(self, "offer", offer)
        pulumi.set(self, "os", os)
        pulumi.set(self, "term_months", term_months)
        pulumi.set(self, "payment_method", payment_method)
        pulumi.set(self, "auto_renew", auto_renew)
        pulumi.set(self, "allow_reinstall", allow_reinstall)
        pulumi.set(self, "allow_restart", allow_restart)
        pulumi.set(self, "max_charge", max_charge)
        pulumi.set(self, "timeouts", timeouts)


class Order(DynamicResource):
    """A contract, bought apart from the server that runs on it: for teams where one buys and another deploys.

    Creating it orders and pays at once. Changing `offer` improves the server that runs on it, in place.
    """

    name: pulumi.Output[str] = pulumi.property("name")
    """The contract's name, unique among the account's orders: lower-case letters, digits and hyphens.

    It cannot be changed.
    """
    offer: pulumi.Output[str] = pulumi.property("offer")
    """The offer, such as `vps-2`.

    It can be changed at any time to one that is at least as large in every characteristic; the running server is
    improved in place. A smaller one is refused when planning.
    """
    os: pulumi.Output[str] = pulumi.property("os")
    """The operating system, `debian-12` unless another is chosen.

    All are included in the price but SUSE Enterprise. Changing it reinstalls the system disk and needs
    `allow_reinstall=True`.
    """
    term_months: pulumi.Output[int] = pulumi.property("termMonths")
    """For how many months to order, paid at once: 1, 3, 6 or 12.

    Changing it later charges nothing: the next renewal uses it.
    """
    payment_method: pulumi.Output[str] = pulumi.property("paymentMethod")
    """The id of a saved payment method, by default the provider's, then the account's.

    It is no secret. Changing it charges nothing: improvements and renewals use it from then on.
    """
    auto_renew: pulumi.Output[bool] = pulumi.property("autoRenew")
    """Whether a worker (`qualit work`) renews the contract 24 hours before its end, its additions with it, for
    `term_months` and with `payment_method`; `True` unless told otherwise.

    Where it is `False`, plans warn from 14 days before the end.
    """
    allow_reinstall: pulumi.Output[bool | None] = pulumi.property("allowReinstall")
    """Whether a change of the operating system may reinstall the system disk, which deletes what is on it."""
    allow_restart: pulumi.Output[bool | None] = pulumi.property("allowRestart")
    """Whether the server may restart for an improvement that it cannot take while it runs: one beyond the room that
    it was started with, or vCPUs and memory for a system that takes them at its start only.

    Without it such an improvement is refused when planning; a server that is off needs none. The server's when left
    out.
    """
    max_charge: pulumi.Output[str | None] = pulumi.property("maxCharge")
    """Refuse to order anything that charges more than this at once, such as `"25.00"`, in the account's currency.

    It bounds what a renewal by itself charges for the whole contract, too: above it nothing is renewed, and plans
    warn.
    """
    timeouts: pulumi.Output[Timeouts | None] = pulumi.property("timeouts")
    """How long to wait for an operation.

    What was paid and is not delivered by then is finished by the next apply.
    """
    contract_id: pulumi.Output[str] = pulumi.property("contractId")
    """The contract's id, known when planning, also before it is bought: the `order_id` of a `Vps`."""
    status: pulumi.Output[str] = pulumi.property("status")
    """`provisioning` (paid, being delivered), `active` or `suspended`."""
    characteristics: pulumi.Output[Characteristics] = pulumi.property("characteristics")
    """What the offer has. What the server has in total, additions included, is in the function `get_vps`."""
    monthly_price: pulumi.Output[str] = pulumi.property("monthlyPrice")
    """The price of a month, VAT included."""
    currency: pulumi.Output[str] = pulumi.property("currency")
    """The currency of every amount, such as `EUR`."""
    charge: pulumi.Output[Charge | None] = pulumi.property("charge")
    """The last charge that was made through this resource; in a plan that charges, the charge that applying it
    makes.
    """
    paid_until: pulumi.Output[str] = pulumi.property("paidUntil")
    """The first day that is not paid, such as `2026-02-28`."""
    improved_at: pulumi.Output[str | None] = pulumi.property("improvedAt")
    """When it was last improved, in UTC."""
    improved_from: pulumi.Output[str | None] = pulumi.property("improvedFrom")
    """What it was last improved from."""

    @overload
    def __init__(self, resource_name: str, args: OrderArgs, opts: pulumi.ResourceOptions | None = None) -> None: ...

    @overload
    def __init__(
        self,
        resource_name: str,
        opts: pulumi.ResourceOptions | None = None,
        *,
        name: pulumi.Input[str],
        offer: pulumi.Input[str],
        os: pulumi.Input[str] | None = None,
        term_months: pulumi.Input[Duration] | None = None,
        payment_method: pulumi.Input[str] | None = None,
        auto_renew: pulumi.Input[bool] | None = None,
        allow_reinstall: pulumi.Input[bool] | None = None,
        allow_restart: pulumi.Input[bool] | None = None,
        max_charge: pulumi.Input[str] | None = None,
        timeouts: pulumi.InputType[TimeoutsArgs] | None = None,
    ) -> None: ...

    def __init__(self, resource_name: str, *args: Any, **inputs: Any) -> None:
        """Declare it.

        Args:
            resource_name: what the program calls it.
            name: The contract's name, unique among the account's orders: lower-case letters, digits and hyphens. It
                cannot be changed.
            offer: The offer, such as `vps-2`. It can be changed at any time to one that is at least as large in
                every characteristic; the running server is improved in place. A smaller one is refused when
                planning.
            os: The operating system, `debian-12` unless another is chosen. All are included in the price but SUSE
                Enterprise. Changing it reinstalls the system disk and needs `allow_reinstall=True`.
            term_months: For how many months to order, paid at once: 1, 3, 6 or 12. Changing it later charges
                nothing: the next renewal uses it.
            payment_method: The id of a saved payment method, by default the provider's, then the account's. It is
                no secret. Changing it charges nothing: improvements and renewals use it from then on.
            auto_renew: Whether a worker (`qualit work`) renews the contract 24 hours before its end, its additions
                with it, for `term_months` and with `payment_method`; `True` unless told otherwise. Where it is
                `False`, plans warn from 14 days before the end.
            allow_reinstall: Whether a change of the operating system may reinstall the system disk, which deletes
                what is on it.
            allow_restart: Whether the server may restart for an improvement that it cannot take while it runs: one
                beyond the room that it was started with, or vCPUs and memory for a system that takes them at its
                start only. Without it such an improvement is refused when planning; a server that is off needs
                none. The server's when left out.
            max_charge: Refuse to order anything that charges more than this at once, such as `"25.00"`, in the
                account's currency. It bounds what a renewal by itself charges for the whole contract, too: above it
                nothing is renewed, and plans warn.
            timeouts: How long to wait for an operation. What was paid and is not delivered by then is finished by
                the next apply.
        """
        super().__init__(
            "Order",
            OrderArgs,
            (
                "contract_id",
                "status",
                "characteristics",
                "monthly_price",
                "currency",
                "charge",
                "paid_until",
                "improved_at",
                "improved_from",
            ),
            resource_name,
            args,
            inputs,
        )

    @classmethod
    def get(cls, resource_name: str, id: pulumi.Input[str], opts: pulumi.ResourceOptions | None = None) -> Order:
        """What exists and is managed elsewhere; ``id`` is its name."""
        return cls(resource_name, *cls._looked_up(OrderArgs, id, opts))


@pulumi.input_type
class ResourceArgs:
    """The inputs of a `Resource`."""

    vps_id: pulumi.Input[str] | None = pulumi.property("vpsId")
    """The id of the server. It cannot be moved to another one."""
    type: pulumi.Input[ResourceType] = pulumi.property("type")
    """`vcpu`, `memory` (in GiB), `disk` (in GiB), `ipv4` (addresses) or `bandwidth` (in Mbit/s)."""
    quantity: pulumi.Input[int] = pulumi.property("quantity")
    """The server's total of additional units of this type. It can grow at any time and never shrink."""
    payment_method: pulumi.Input[str] | None = pulumi.property("paymentMethod")
    """The id of the saved payment method that pays for it; the server's when left out."""
    allow_restart: pulumi.Input[bool] | None = pulumi.property("allowRestart")
    """Whether the server may restart for an improvement that it cannot take while it runs: one beyond the room that
    it was started with, or vCPUs and memory for a system that takes them at its start only.

    Without it such an improvement is refused when planning; a server that is off needs none. The server's when left
    out.
    """
    max_charge: pulumi.Input[str] | None = pulumi.property("maxCharge")
    """Refuse to order anything that charges more than this at once, such as `"25.00"`, in the account's currency.
    """
    timeouts: pulumi.InputType[TimeoutsArgs] | None = pulumi.property("timeouts")
    """How long to wait for an operation.

    What was paid and is not delivered by then is finished by the next apply.
    """

    def __init__(
        self,
        *,
        type: pulumi.Input[ResourceType],
        quantity: pulumi.Input[int],
        vps: Vps | None = None,
        vps_id: pulumi.Input[str] | None = None,
        payment_method: pulumi.Input[str] | None = None,
        allow_restart: pulumi.Input[bool] | None = None,
        max_charge: pulumi.Input[str] | None = None,
        timeouts: pulumi.InputType[TimeoutsArgs] | None = None,
    ) -> None:
        pulumi.set(self, "vps_id", id_of("vps", vps, "server_id", "vps_id", vps_id, required=True))
        pulumi.set(self, "type", type)
        pulumi.set(self, "quantity", quantity)
        pulumi.set(self, "payment_method", payment_method)
        pulumi.set(self, "allow_restart", allow_restart)
        pulumi.set(self, "max_charge", max_charge)
        pulumi.set(self, "timeouts", timeouts)


class Resource(DynamicResource):
    """An additional resource of a server, bought on top of its offer and added while the server runs.

    Removing it from the configuration releases it from management: the capacity stays on the server, paid, and is
    renewed with it.
    """

    vps_id: pulumi.Output[str] = pulumi.property("vpsId")
    """The id of the server. It cannot be moved to another one."""
    type: pulumi.Output[str] = pulumi.property("type")
    """`vcpu`, `memory` (in GiB), `disk` (in GiB), `ipv4` (addresses) or `bandwidth` (in Mbit/s)."""
    quantity: pulumi.Output[int] = pulumi.property("quantity")
    """The server's total of additional units of this type. It can grow at any time and never shrink."""
    payment_method: pulumi.Output[str | None] = pulumi.property("paymentMethod")
    """The id of the saved payment method that pays for it; the server's when left out."""
    allow_restart: pulumi.Output[bool | None] = pulumi.property("allowRestart")
    """Whether the server may restart for an improvement that it cannot take while it runs: one beyond the room that
    it was started with, or vCPUs and memory for a system that takes them at its start only.

    Without it such an improvement is refused when planning; a server that is off needs none. The server's when left
    out.
    """
    max_charge: pulumi.Output[str | None] = pulumi.property("maxCharge")
    """Refuse to order anything that charges more than this at once, such as `"25.00"`, in the account's currency.
    """
    timeouts: pulumi.Output[Timeouts | None] = pulumi.property("timeouts")
    """How long to wait for an operation.

    What was paid and is not delivered by then is finished by the next apply.
    """
    unit_price: pulumi.Output[str] = pulumi.property("unitPrice")
    """The price of a unit and month on this contract, VAT included; on average where units were bought at different
    prices.
    """
    monthly_price: pulumi.Output[str] = pulumi.property("monthlyPrice")
    """The price of a month, VAT included."""
    currency: pulumi.Output[str] = pulumi.property("currency")
    """The currency of every amount, such as `EUR`."""
    charge: pulumi.Output[Charge | None] = pulumi.property("charge")
    """The last charge that was made through this resource; in a plan that charges, the charge that applying it
    makes.
    """
    status: pulumi.Output[str] = pulumi.property("status")
    """`provisioning` (paid, being delivered), `active` or `suspended`."""
    addresses: pulumi.Output[list[str]] = pulumi.property("addresses")
    """The additional addresses, for the type `ipv4`."""

    @overload
    def __init__(self, resource_name: str, args: ResourceArgs, opts: pulumi.ResourceOptions | None = None) -> None: ...

    @overload
    def __init__(
        self,
        resource_name: str,
        opts: pulumi.ResourceOptions | None = None,
        *,
        type: pulumi.Input[ResourceType],
        quantity: pulumi.Input[int],
        vps: Vps | None = None,
        vps_id: pulumi.Input[str] | None = None,
        payment_method: pulumi.Input[str] | None = None,
        allow_restart: pulumi.Input[bool] | None = None,
        max_charge: pulumi.Input[str] | None = None,
        timeouts: pulumi.InputType[TimeoutsArgs] | None = None,
    ) -> None: ...

    def __init__(self, resource_name: str, *args: Any, **inputs: Any) -> None:
        """Declare it.

        Args:
            resource_name: what the program calls it.
            vps: The `Vps` itself, in place of vps_id.
            vps_id: The id of the server. It cannot be moved to another one.
            type: `vcpu`, `memory` (in GiB), `disk` (in GiB), `ipv4` (addresses) or `bandwidth` (in Mbit/s).
            quantity: The server's total of additional units of this type. It can grow at any time and never shrink.
            payment_method: The id of the saved payment method that pays for it; the server's when left out.
            allow_restart: Whether the server may restart for an improvement that it cannot take while it runs: one
                beyond the room that it was started with, or vCPUs and memory for a system that takes them at its
                start only. Without it such an improvement is refused when planning; a server that is off needs
                none. The server's when left out.
            max_charge: Refuse to order anything that charges more than this at once, such as `"25.00"`, in the
                account's currency.
            timeouts: How long to wait for an operation. What was paid and is not delivered by then is finished by
                the next apply.
        """
        super().__init__(
            "Resource",
            ResourceArgs,
            (
                "unit_price",
                "monthly_price",
                "currency",
                "charge",
                "status",
                "addresses",
            ),
            resource_name,
            args,
            inputs,
        )

    @classmethod
    def get(cls, resource_name: str, id: pulumi.Input[str], opts: pulumi.ResourceOptions | None = None) -> Resource:
        """What exists and is managed elsewhere; ``id`` is the server's name and the type, such as `web/disk`."""
        return cls(resource_name, *cls._looked_up(ResourceArgs, id, opts))
