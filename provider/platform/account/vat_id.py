"""Whether a VAT id can be right, with its check digits, without asking anybody.

The digits are checked by stella-stdnum (MIT). It knows only the form of Dutch ids, so their digits are checked here.
Whether an id is in use only its tax office knows.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import stella_stdnum

if TYPE_CHECKING:
    from stella_stdnum import ErrorCode, ValidatorId

VALIDATORS: dict[str, ValidatorId] = {
    "AT": "at.uid",
    "BE": "be.vat",
    "BG": "bg.vat",
    "CHE": "ch.vat",
    "CY": "cy.vat",
    "CZ": "cz.dic",
    "DE": "de.vat",
    "DK": "dk.vat",
    "EE": "ee.vat",
    "EL": "gr.vat",
    "ES": "es.vat",
    "FI": "fi.vat",
    "FR": "fr.tva",
    "GB": "gb.vat",
    "HR": "hr.vat",
    "HU": "hu.vat",
    "IE": "ie.vat",
    "IT": "it.iva",
    "LT": "lt.vat",
    "LU": "lu.vat",
    "LV": "lv.vat",
    "MT": "mt.vat",
    "NL": "nl.vat",
    "NO": "no.mva",
    "PL": "pl.nip",
    "PT": "pt.vat",
    "RO": "ro.vat",
    "SE": "se.vat",
    "SI": "si.vat",
    "SK": "sk.dic",
    "XI": "gb.vat",
}
"""By prefix: the European Union, Northern Ireland, and the neighbours whose ids have check digits."""

PREFIXES = {
    "AX": ("FI",),
    "CH": ("CHE",),
    "GB": ("GB", "XI"),
    "GF": ("FR",),
    "GP": ("FR",),
    "GR": ("EL",),
    "IM": ("GB",),
    "LI": ("CHE",),
    "MC": ("FR",),
    "MQ": ("FR",),
    "RE": ("FR",),
}
"""The prefixes of a country whose ids do not begin with its own code."""

EXAMPLES = {"NO": "NO923609016MVA", "CHE": "CHE107787577MWST", "XI": "XI980780684"}
"""Where the library's own example is not written as a whole."""

WRONG: dict[ErrorCode, str] = {
    "INVALID_LENGTH": "it is too short or too long",
    "INVALID_FORMAT": "it has a character where none of its kind may stand",
    "INVALID_CHECKSUM": "its check digits do not fit the others, so that one of them is mistyped",
    "INVALID_COMPONENT": "a part of it has a value that does not exist",
}

_SEPARATORS = re.compile(r"[\s./-]+")
_PLAIN = re.compile(r"[0-9A-Z]{4,20}")


def compact(vat_id: str) -> str:
    """The id as it is stored: capital letters and digits, without what people put between them."""
    return _SEPARATORS.sub("", vat_id).upper()


def fault(vat_id: str, country: str) -> str | None:
    """What is wrong with a compact VAT id of a customer in this country, and what one looks like; None when nothing is.

    One of a country whose ids cannot be checked here only has to be letters and digits.
    """
    prefixes = PREFIXES.get(country, (country,))
    if prefixes[0] not in VALIDATORS:
        return None if _PLAIN.fullmatch(vat_id) else "it is not 4 to 20 letters and digits"
    prefix = next((prefix for prefix in prefixes if vat_id.startswith(prefix)), None)
    example = _example(prefix or prefixes[0])
    if prefix is None:
        begin = " or ".join(prefixes)
        return f"the account's country is {country}, whose VAT ids begin with {begin}, such as {example}"
    looks = f"a VAT id of {country} looks like {example}"
    own = vat_id.removeprefix(prefix)
    # Of Northern Ireland, with the digits of Great Britain; the Swiss prefix is a part of the number.
    asked = {"XI": own, "CHE": vat_id}.get(prefix, vat_id)
    result = stella_stdnum.validate(VALIDATORS[prefix], asked)
    if not result.valid:
        code: ErrorCode = result.error.code if result.error else "INVALID_FORMAT"
        return f"{WRONG[code]}; {looks}"
    if prefix == "NL" and not _dutch(vat_id):
        return f"{WRONG['INVALID_CHECKSUM']}; {looks}"
    return None


def _dutch(vat_id: str) -> bool:
    """A business's own number with its test of eleven; a sole trader's, since 2020, by ISO 7064 MOD 97-10."""
    digits = [int(digit) for digit in vat_id[2:11]]
    weighted = sum(weight * digit for weight, digit in zip((9, 8, 7, 6, 5, 4, 3, 2, -1), digits, strict=True))
    if weighted % 11 == 0:
        return True
    return int("".join(str(int(character, 36)) for character in vat_id)) % 97 == 1


def _example(prefix: str) -> str:
    if prefix in EXAMPLES:
        return EXAMPLES[prefix]
    example = stella_stdnum.validator_metadata(VALIDATORS[prefix]).examples[0]
    return example if example.startswith(prefix) else prefix + compact(example)
