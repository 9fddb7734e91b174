"""The catalogue: what is sold and for how much, as validated, immutable values.

A catalogue is a YAML (or JSON) file. The default one lies beside this module; a user can supply another.
Called by the platform, which keeps each catalogue that it quoted from, and by everything that prices.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, get_args

import yaml
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from provider.commerce.catalogue_checks import contradictions
from provider.commerce.catalogue_errors import CatalogueError, CatalogueProblem, Location, explain, field_name, locate
from provider.commerce.contract import CHARACTERISTIC, Contract, ResourceType
from provider.money import round_cents

__all__ = [
    "AdditionalResource",
    "Catalogue",
    "CatalogueError",
    "CatalogueProblem",
    "Characteristics",
    "Offer",
    "OperatingSystem",
    "load_catalogue",
]

DEFAULT_CATALOGUE = Path(__file__).with_name("default_catalogue.yaml")


def _exact(value: object) -> object:
    if isinstance(value, bool | float):
        raise ValueError("should be an exact decimal number")
    return value


def _matching(pattern: str, allowed: str) -> AfterValidator:
    compiled = re.compile(pattern)

    def check(value: str) -> str:
        if not compiled.fullmatch(value):
            raise ValueError(f"should be {allowed}")
        return value

    return AfterValidator(check)


Price = Annotated[
    Decimal,
    BeforeValidator(_exact),
    Field(ge=0, max_digits=12, decimal_places=2),
    AfterValidator(round_cents),
]
Whole = Annotated[int, Field(strict=True)]
Identifier = Annotated[
    str, _matching(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?", "lower-case letters, digits, hyphens and dots, such as vps-2")
]
Login = Annotated[
    str,
    _matching(
        r"[a-z_][a-z0-9_-]*", "an account's name of lower-case letters, digits, hyphens and underscores, such as debian"
    ),
]
Text = Annotated[str, Field(min_length=1)]


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Characteristics(_Entry):
    """What a server has. Memory and disk in GiB, bandwidth in Mbit/s."""

    vcpus: Whole = Field(ge=1)
    memory_gib: Whole = Field(ge=1)
    disk_gib: Whole = Field(ge=1)
    ipv4_addresses: Whole = Field(ge=1)
    bandwidth_mbits: Whole = Field(ge=1)

    def of(self, resource_type: ResourceType) -> int:
        """The characteristic that an additional resource of this type adds to."""
        value: int = getattr(self, CHARACTERISTIC[resource_type])
        return value

    def plus(self, quantities: Mapping[ResourceType, int]) -> Characteristics:
        """These with additional resources on top."""
        values = {CHARACTERISTIC[kind]: self.of(kind) + quantities.get(kind, 0) for kind in CHARACTERISTIC}
        return Characteristics(**values)


class Offer(_Entry):
    """A fixed set of characteristics at a monthly price (S1). A retired one is renewable, not orderable (P8)."""

    id: Identifier
    characteristics: Characteristics
    monthly_price: Price
    retired: bool = Field(default=False, strict=True)


class OperatingSystem(_Entry):
    """An operating system; free unless it has a monthly price of its own (S3).

    ``hotplug``: whether it takes more vCPUs and memory while it runs; where not, it restarts for them (C1).
    ``login``: the account of its images that SSH keys are for.
    """

    id: Identifier
    name: Text
    monthly_price: Price = Decimal("0.00")
    hotplug: bool = True
    login: Login = "root"


class AdditionalResource(_Entry):
    """A resource that is bought on top of an offer, per unit and month (S2).

    ``minimum``, ``maximum`` and ``step`` bound the quantity of the addition; ``server_maximum`` bounds the
    server's total of the characteristic, offer included.
    """

    type: ResourceType
    unit: Text
    unit_price: Price
    minimum: Whole = Field(ge=1)
    maximum: Whole = Field(ge=1)
    step: Whole = Field(ge=1)
    server_maximum: Whole = Field(ge=1)

    @property
    def characteristic(self) -> str:
        """The name of the characteristic that it adds to, such as ``disk_gib``."""
        return CHARACTERISTIC[self.type]


class Catalogue(_Entry):
    """Everything that is sold on a day. ``fingerprint`` tells two catalogues apart by their content."""

    version: Text
    currency: Annotated[str, _matching(r"[A-Z]{3}", "three capital letters, such as EUR")]
    vat_percent: Annotated[Price, Field(le=100)] = Decimal("19.00")
    smallest_payment: Price
    quote_validity_hours: Whole = Field(default=72, ge=1)
    grace_days: Whole = Field(default=14, ge=0)
    contact: Annotated[str, _matching(r"[^@\s]+@[^@\s]+", "an e-mail address")]
    offers: tuple[Offer, ...] = Field(min_length=1)
    operating_systems: tuple[OperatingSystem, ...] = Field(min_length=1)
    additional_resources: tuple[AdditionalResource, ...]

    @cached_property
    def fingerprint(self) -> str:
        """A hash of the content, 16 hexadecimal digits; equal for equal catalogues, in whatever file."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()[:16]

    def offer(self, offer_id: str) -> Offer | None:
        """The offer of that id, also a retired one; None when there is none."""
        return next((offer for offer in self.offers if offer.id == offer_id), None)

    def operating_system(self, os_id: str) -> OperatingSystem | None:
        return next((system for system in self.operating_systems if system.id == os_id), None)

    def additional_resource(self, resource_type: str) -> AdditionalResource | None:
        return next((resource for resource in self.additional_resources if resource.type == resource_type), None)

    def characteristics(self, contract: Contract) -> Characteristics:
        """What a server on this contract has in total, additions included.

        Raises:
            LookupError: the contract's offer is not in this catalogue.
        """
        offer = self.offer(contract.solution.offer or "")
        if offer is None:
            raise LookupError(f"the catalogue {self.version} has no offer {contract.solution.offer!r}")
        return offer.characteristics.plus({kind: contract.quantity(kind) for kind in CHARACTERISTIC})

    def to_json(self) -> str:
        """The whole catalogue as JSON text, prices as strings; always the same text for the same content."""
        return self.model_dump_json()

    @classmethod
    def from_json(cls, text: str) -> Catalogue:
        """The catalogue that ``to_json`` wrote."""
        return cls.model_validate_json(text)


def load_catalogue(path: Path | None = None) -> Catalogue:
    """Read and check a catalogue file; None reads the default one.

    Raises:
        CatalogueError: the file cannot be read or used; it names the file, the line, the field, what is wrong
            and what is allowed.
    """
    file = DEFAULT_CATALOGUE if path is None else path
    text = _read(file)
    catalogue, found = _checked(_parse(file, text))
    if catalogue is None:
        raise locate(file, text, found)
    return catalogue


def check_catalogue(content: Mapping[str, Any]) -> tuple[Catalogue | None, list[tuple[str, str]]]:
    """The catalogue that values are, or each field that cannot be used and what is wrong with it."""
    catalogue, found = _checked(content)
    return catalogue, [(field_name(where), message) for where, message in found]


def _checked(content: Mapping[str, Any]) -> tuple[Catalogue | None, list[tuple[Location, str]]]:
    try:
        catalogue = Catalogue.model_validate(content)
    except ValidationError as error:
        return None, [(e["loc"], explain(e, _fields_at(e["loc"][:-1]))) for e in error.errors(include_url=False)]
    found = list(contradictions(catalogue))
    return (None if found else catalogue), found


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise CatalogueError((CatalogueProblem(file, None, "", f"cannot be read: {error.strerror}"),)) from error
    except UnicodeDecodeError as error:
        message = f"is not text in UTF-8: {error.reason} at byte {error.start}"
        raise CatalogueError((CatalogueProblem(file, None, "", message),)) from error


def _parse(file: Path, text: str) -> dict[str, Any]:
    try:
        content = yaml.load(text, Loader=_CatalogueLoader)  # noqa: S506 (a safe loader's subclass)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        begun = f" {error.context} that begins in line {error.context_mark.line + 1}," if error.context_mark else ""
        message = f"is not valid YAML:{begun} {error.problem}"
        raise CatalogueError((CatalogueProblem(file, line, "", message),)) from error
    except yaml.YAMLError as error:
        raise CatalogueError((CatalogueProblem(file, None, "", f"is not valid YAML: {error}"),)) from error
    if not isinstance(content, dict):
        message = f"should be a mapping with the fields {', '.join(Catalogue.model_fields)}"
        raise CatalogueError((CatalogueProblem(file, 1, "", message),))
    return content


class _CatalogueLoader(yaml.CSafeLoader):
    """Reads numbers with a point as Decimal from their text, and refuses a key that is written twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                continue
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"{key.value} is written twice in one mapping", key.start_mark
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def _decimal(_: yaml.CSafeLoader, node: yaml.ScalarNode) -> Decimal | str:
    try:
        return Decimal(node.value)
    except InvalidOperation:
        return str(node.value)


def _as_written(_: yaml.CSafeLoader, node: yaml.ScalarNode) -> str:
    return str(node.value)


_CatalogueLoader.add_constructor("tag:yaml.org,2002:float", _decimal)
# A version such as 2026-01-31 is a text here, not a date.
_CatalogueLoader.add_constructor("tag:yaml.org,2002:timestamp", _as_written)


def _fields_at(location: Location) -> tuple[str, ...]:
    """The fields that the model at a location has; empty where there is none."""
    model: Any = Catalogue
    for part in location:
        if isinstance(part, str):
            annotation = model.model_fields[part].annotation
            model = next(iter(get_args(annotation)), annotation)
    return tuple(getattr(model, "model_fields", ()))
