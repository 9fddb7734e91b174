"""What may be stored as the data of an account. Pure; called when a customer sets them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import fields, replace

from provider.backend.port import RefusedError
from provider.platform.account import vat_id as vat_ids
from provider.platform.account.countries import country_name, near_matches
from provider.platform.account.data import AccountData

LONGEST = 200
NOTHING_STORED = "Nothing was stored."
FIELDS = tuple(field.name for field in fields(AccountData))

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")


def changed(before: AccountData | None, changes: Mapping[str, str]) -> AccountData:
    """The data with these changes; an empty text takes a field away.

    Raises:
        RefusedError: a value cannot be right, alone or with the others.
    """
    after = replace(before or AccountData(), **{name: _text(name, value) for name, value in changes.items()})
    after = replace(after, country=_country(after.country), vat_id=vat_ids.compact(after.vat_id))
    if after.email and not _EMAIL.fullmatch(after.email):
        raise _refused("email", after.email, "it is no e-mail address, such as accounts@example.com")
    if after.vat_id:
        _check_vat_id(after)
    return after


def _text(name: str, value: str) -> str:
    text = unicodedata.normalize("NFC", value).strip()
    if len(text) > LONGEST:
        raise _refused(name, f"{text[:40]}…", f"it has {len(text)} characters, and {LONGEST} have room on a receipt")
    # Also the characters that turn the direction of writing round: a receipt is to be read as it is written.
    if any(unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp") for character in text):
        raise _refused(name, ascii(text)[1:-1], "it has a line break or another character that cannot be seen")
    return text


def _country(text: str) -> str:
    if not text:
        return ""
    code = text.upper()
    if country_name(code) is not None:
        return code
    near = near_matches(text)
    meant = f" Did you mean {' or '.join(near)}?" if near else ""
    raise _refused("country", text, f"it is no country's code of two letters (ISO 3166), such as DE or FR.{meant}")


def _check_vat_id(data: AccountData) -> None:
    if not data.country:
        raise _refused("vat_id", data.vat_id, "its country is not known. Set it with it, such as `--country DE`")
    fault = vat_ids.fault(data.vat_id, data.country)
    if fault is not None:
        raise _refused("vat_id", data.vat_id, fault)


def _refused(name: str, value: str, why: str) -> RefusedError:
    title = {"vat_id": "VAT id", "email": "e-mail address", "postal_code": "postal code"}.get(name, name)
    end = "" if why.endswith(("?", ".")) else "."
    return RefusedError(
        f"The {title} cannot be right", f'{name} = "{value}": {why}{end} {NOTHING_STORED}', attribute=name
    )
