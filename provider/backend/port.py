"""The backend port: what the resources, the plugins and the command line ask of the platform.

Reading is free of side effects. ``hold_quote`` is the one write that a plan makes, and only for a change that
is ordered. Everything below it in the protocol belongs to an apply.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, Protocol

from provider.commerce.change import Change
from provider.commerce.contract import Contract, ContractStatus, Ordered
from provider.commerce.policy import MachineFault
from provider.commerce.proposal import ChargeLine, Proposal
from provider.commerce.spending import Spending

if TYPE_CHECKING:
    from provider.commerce.catalogue import Catalogue, Characteristics

PowerState = Literal["running", "sleeping", "off"]
"""What a customer can wish (S7)."""
SeenPowerState = Literal["running", "sleeping", "off", "paused"]
"""What a machine is found in. Nobody wishes ``paused``: it keeps its memory and does nothing."""
PowerCause = Literal[
    "shut-down",
    "stopped",
    "crashed",
    "not-started",
    "memory-lost",
    "paused",
    "disk-error",
    "suspended",
]
"""What the host knows of why a machine is in its state: ``shut-down`` by its own system, ``stopped`` as if its plug
was pulled, ``suspended`` to memory by its own system; ``memory-lost`` is one that slept, and what was saved of it is
gone."""
OrderKind = Literal["new", "improvement", "addition", "renewal"]
OrderStatus = Literal[
    "placed",
    "paying",
    "action_required",
    "paid",
    "provisioning",
    "active",
    "refunding",
    "refunded",
    "declined",
    "cancelled",
]
UNPAID: frozenset[OrderStatus] = frozenset({"placed", "paying", "action_required"})
PAID_UNDELIVERED: frozenset[OrderStatus] = frozenset({"paid", "provisioning"})
DisputeStatus = Literal["open", "won", "lost"]
"""Of a payment that the customer's bank asks back; ``won`` and ``lost`` as the seller sees it."""
ServerStatus = Literal["provisioning", "active", "suspended"]
Keep = Literal["keep"]
KEEP: Keep = "keep"
"""Stands for what is not to be changed where None has a meaning of its own."""

ContractKind = Literal["vps", "order"]
"""What a contract was bought with: a ``vps`` that owns it, or an ``order`` of its own (L5)."""


class BackendError(Exception):
    """The platform refused or failed; nothing was ordered unless ``order_id`` says otherwise.

    Attributes:
        summary: one short sentence without a full stop.
        detail: what happened and what to do.
        rule: the rule's number where a rule is the reason.
        attribute: the attribute that the error belongs to, if one.
        order_id: the order that exists all the same, if one does.

    ::

        BackendError
        ├── RefusedError          a rule says no; asking again the same way cannot help
        │   ├── QuoteChangedError     the quote expired and the amount is another one now (P5)
        │   ├── LineMovedError        the line changed since the plan: plan again (N6)
        │   └── PaymentDeclinedError  the card was declined; the server is as it was (N5)
        ├── ActionRequiredError   the customer must confirm the payment at ``url`` (L4)
        └── UnavailableError      the home, the hypervisor or the gateway cannot be reached; try again
    """

    def __init__(
        self,
        summary: str,
        detail: str,
        *,
        rule: str | None = None,
        attribute: str | None = None,
        order_id: str | None = None,
    ) -> None:
        super().__init__(f"{summary}: {detail}")
        self.summary = summary
        self.detail = detail
        self.rule = rule
        self.attribute = attribute
        self.order_id = order_id


class RefusedError(BackendError):
    """A rule says no."""


class QuoteChangedError(RefusedError):
    """A quote is no longer honoured and the same change costs another amount now (P5)."""


class LineMovedError(RefusedError):
    """The line's revision is not the planned one (N6)."""


class PaymentDeclinedError(RefusedError):
    """The payment was declined; nothing was changed (N5)."""


class ActionRequiredError(BackendError):
    """The payment waits for the customer's confirmation at ``url``."""

    def __init__(self, summary: str, detail: str, *, url: str, order_id: str) -> None:
        super().__init__(summary, detail, rule="L4", attribute="payment_method", order_id=order_id)
        self.url = url


class UnavailableError(BackendError):
    """Something that the platform needs cannot be reached now."""


@dataclass(frozen=True, slots=True)
class SavedMethod:
    """A saved payment method of the account; ``kind`` is the brand or scheme, such as ``visa`` or ``paypal``.

    ``expires_on`` is the first day on which it cannot be used any more; None for one that does not expire.
    """

    id: str
    kind: str
    label: str
    expires_on: date | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """The account that buys. ``id`` keys everything that is deterministic; ``default_payment_method`` may be unset."""

    id: str
    default_payment_method: str | None
    contact: str


@dataclass(frozen=True, slots=True)
class Identity:
    """The ids that a name has, or would have if it were bought now (L6)."""

    name: str
    generation: int
    contract_id: str
    server_id: str | None


@dataclass(frozen=True, slots=True)
class OrderView:
    """An order as its customer sees it. ``server`` is the name of the server or, without one, of the contract;
    ``revision`` is the one that the order starts from."""

    id: str
    kind: OrderKind
    contract_id: str
    line: Ordered
    revision: int
    change: Change
    server: str
    status: OrderStatus
    amount: Decimal
    refunded: Decimal
    currency: str
    placed_at: datetime
    quote_id: str
    description: str
    monthly_price: Decimal
    lines: tuple[ChargeLine, ...]
    failure: str | None = None
    action_url: str | None = None


@dataclass(frozen=True, slots=True)
class ContractView:
    """A contract and what the platform knows about it. ``open_orders`` are placed and not finished.

    ``failed_renewal`` is the order by which it was to be renewed with its present payment method, and was not.
    ``max_charge`` bounds what a renewal by itself may charge; ``grace_days`` is how long it is kept unpaid (L2).
    """

    contract: Contract
    kind: ContractKind
    name: str
    status: ContractStatus
    payment_method: str
    auto_renew: bool
    grace_days: int
    max_charge: Decimal | None = None
    failed_renewal: OrderView | None = None
    open_orders: tuple[OrderView, ...] = ()
    server_id: str | None = None


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """What a customer sets on a server at no charge. ``user_data`` is used at installation only and not kept;
    ``hostname`` at each start; ``ssh_keys`` at once where the guest has an agent."""

    power_state: PowerState = "running"
    hostname: str | None = None
    ssh_keys: tuple[str, ...] = ()
    user_data: str | None = field(default=None, repr=False)
    labels: Mapping[str, str] = field(default_factory=dict)
    deletion_protection: bool = False
    allow_restart: bool = False


@dataclass(frozen=True, slots=True)
class ServerView:
    """A server. ``characteristics`` are in total, additions included, ``ceiling`` what it can have before it has to be
    started anew; ``power_state`` is the machine's own when it was observed, else the wished one.

    ``power_cause``, why it is in it, where its host knows, and ``fault`` are known only where it was observed.
    ``guest_agent`` is false where it was observed and its guest runs no agent that could change something inside.
    ``keys_wait`` is why the running system does not let its keys log in yet, told by a change of its settings.
    """

    id: str
    name: str
    status: ServerStatus
    settings: ServerSettings
    power_state: SeenPowerState
    contract: ContractView
    characteristics: Characteristics
    ceiling: Characteristics
    ipv4_addresses: tuple[str, ...]
    """The offer's own addresses first, then those of additions."""
    domain_uuid: str | None
    host: str | None
    power_cause: PowerCause | None = None
    fault: MachineFault | None = None
    guest_agent: bool = True
    keys_wait: str | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """A price that the platform holds (P5). ``proposal`` is the one that was quoted, on its own day."""

    id: str
    proposal: Proposal
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class HeldQuote:
    """A quote that no order has used, for whoever lists them.

    ``name`` is that of the server or contract; None where that is not known. ``state`` tells what an apply of its plan
    would find: the price is held, or it is over and counts only while it is still the same (P5), or the line moved on
    and it can never be ordered (N6). ``today`` is what the same change costs now; None where it cannot be bought now.
    """

    quote: Quote
    name: str | None
    description: str
    state: Literal["held", "expired", "overtaken"]
    today: Decimal | None


@dataclass(frozen=True, slots=True)
class ContractTerms:
    """What goes with a contract beside its lines."""

    kind: ContractKind
    name: str
    auto_renew: bool
    max_charge: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Purchase:
    """An order to place: a held quote, how to pay, and for a new contract its terms and its server's settings.

    ``settings`` is None for a contract without a server of its own and for every change of a contract that
    exists. ``allow_reinstall`` is needed where the operating system changes with the offer (C7),
    ``allow_restart`` where the running server cannot take the change (C1); None is as the server has it. Above
    ``max_charge`` nothing is ordered (P7); ``by_itself`` is a renewal that its contract must still allow (L1).
    """

    quote_id: str
    payment_method: str
    terms: ContractTerms | None = None
    settings: ServerSettings | None = None
    allow_reinstall: bool = False
    allow_restart: bool | None = None
    max_charge: Decimal | None = None
    by_itself: bool = False


@dataclass(frozen=True, slots=True)
class PaymentView:
    """A payment as the gateway knows it; ``dispute`` once the customer's bank has asked for it back."""

    id: str
    order: str
    status: str
    amount: Decimal
    refunded: Decimal
    currency: str
    dispute: DisputeStatus | None = None


class Backend(Protocol):
    """What the platform offers; every method may raise :class:`BackendError`."""

    def close(self) -> None:
        """Release what is held open; no call follows."""
        ...

    def interrupt(self, wanted: bool = True) -> None:
        """Let whoever waits for an order have what is known now; the order goes on without them."""
        ...

    # -- reading -------------------------------------------------------------------------------------------
    def now(self) -> datetime: ...

    def account(self) -> Account: ...

    def catalogue(self) -> Catalogue: ...

    def payment_methods(self) -> Sequence[SavedMethod]: ...

    def identity(self, kind: ContractKind, name: str) -> Identity:
        """The ids of the name's next generation, also while the present one lives (then ask for the view first).

        For a server on a contract of its own (kind ``vps``) both ids are set; for an ``order`` only the
        contract's. They do not change between the plan and the delivery of the name's next purchase.
        """
        ...

    def contract(self, contract_id: str) -> ContractView | None:
        """A contract that lives, paid or being bought; None when unknown or ended."""
        ...

    def contracts(self) -> Sequence[ContractView]:
        """Every contract that lives, or is being bought, oldest first."""
        ...

    def contract_named(self, name: str) -> ContractView | None:
        """The living contract that was bought with an Order of this name."""
        ...

    def server(self, server_id: str, *, observe: bool = False) -> ServerView | None:
        """A living server. ``observe`` looks at the machine and raises UnavailableError if that is impossible."""
        ...

    def server_named(self, name: str) -> ServerView | None: ...

    def servers(self) -> Sequence[ServerView]: ...

    def knows(self, planned_id: str) -> bool:
        """Whether a server or a contract of this id was ever ordered from this platform, ended or not."""
        ...

    def expected_contract(self, planned_id: str) -> Contract | None:
        """The contract that buying would make, from the newest quote that holds its price.

        ``planned_id`` is the id of a server that is only planned, or that of a contract which is only planned.
        """
        ...

    def orders(self, *, contract_id: str | None = None) -> Sequence[OrderView]:
        """Oldest first; all of the account's, or a contract's."""
        ...

    def payments(self) -> Sequence[PaymentView]: ...

    def spending(self, at: datetime | None = None) -> Spending:
        """What the account has spent in the month of an instant, by default in this one, and may spend (P9)."""
        ...

    def check_delivery(self, os: str | None) -> None:
        """Raise unless the platform could deliver now: the hypervisor answers and has the system's image."""
        ...

    def find_quote(self, proposal: Proposal) -> Quote | None:
        """The newest quote for the same line, revision, periods and change that no order has used up, also expired."""
        ...

    # -- planning ------------------------------------------------------------------------------------------
    def hold_quote(self, proposal: Proposal, *, name: str | None = None) -> Quote:
        """Hold a price. The quote for the same change that is still honoured comes back in its place (P5).

        ``name`` is that of a contract which is only planned, for whoever lists the quotes.
        """
        ...

    # -- applying ------------------------------------------------------------------------------------------
    def order(self, purchase: Purchase, *, timeout_seconds: float) -> OrderView:
        """Order against a quote, pay, deliver. Returns when delivered or, paid, when the time is over.

        A second call with the same quote gets the first one's order. Raises RefusedError with nothing charged,
        ActionRequiredError with the payment to be confirmed.
        """
        ...

    def resume(self, order_id: str, *, timeout_seconds: float) -> OrderView:
        """Go on with an order that is not finished."""
        ...

    def run_on_contract(
        self, name: str, contract_id: str, settings: ServerSettings, *, timeout_seconds: float
    ) -> ServerView:
        """Create a server on a paid contract that was bought with an Order; or finish creating it."""
        ...

    def configure_server(
        self,
        server_id: str,
        settings: ServerSettings,
        *,
        os: str | None = None,
        timeout_seconds: float,
    ) -> ServerView:
        """Make free changes in place: settings, power, and a reinstall with ``os`` (C7)."""
        ...

    def configure_contract(
        self,
        contract_id: str,
        *,
        payment_method: str | None = None,
        auto_renew: bool | None = None,
        term_months: int | None = None,
        max_charge: Decimal | Keep | None = KEEP,
        os: str | None = None,
    ) -> ContractView:
        """Change at no charge how a contract is paid and renewed, or its system while no server runs on it.

        A ``max_charge`` of None takes the limit away; every other None keeps.
        """
        ...

    def end_server(self, server_id: str) -> None:
        """Stop the machine, delete its disk and, unless it was bought with an Order, end its contract (C8)."""
        ...

    def end_contract(self, contract_id: str) -> None:
        """End a contract that was bought with an Order; refused while a server runs on it."""
        ...
