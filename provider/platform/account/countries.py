"""Countries by their code of ISO 3166-1 alpha-2, and what was probably meant by something else."""

from __future__ import annotations

from difflib import get_close_matches

from iso3166 import countries

MEANT = {
    "EL": "GR",
    "UK": "GB",
    "XI": "GB",
    "CZECH REPUBLIC": "CZ",
    "DEUTSCHLAND": "DE",
    "ENGLAND": "GB",
    "ESPAÑA": "ES",
    "HOLLAND": "NL",
    "ITALIA": "IT",
    "POLSKA": "PL",
    "SCHWEIZ": "CH",
    "SCOTLAND": "GB",
    "SUISSE": "CH",
    "ÖSTERREICH": "AT",
}
"""Codes and names that are in use for a country and that the standard does not know."""


def country_name(code: str) -> str | None:
    """The country's name; None when there is no such code."""
    country = countries.get(code, None) if len(code) == 2 else None
    return country.name if country else None


def near_matches(text: str) -> tuple[str, ...]:
    """Up to three countries that are written like this, as ``DE (Germany)``."""
    wanted = text.strip().upper()
    names: dict[str, str] = {}
    for country in countries:
        for name in (country.alpha2, country.alpha3, country.name.upper(), country.apolitical_name.upper()):
            names.setdefault(name, country.alpha2)
    if wanted in MEANT:
        found = [MEANT[wanted]]
    elif wanted in names:
        found = [names[wanted]]
    else:
        found = [names[name] for name in get_close_matches(wanted, names, n=6, cutoff=0.6 if len(wanted) > 3 else 0.5)]
        if len(wanted) > 3:
            found += [code for name, code in names.items() if wanted in name]
    return tuple(f"{code} ({country_name(code)})" for code in list(dict.fromkeys(found))[:3])
