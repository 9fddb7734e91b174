"""Stripe's requests: form fields whose names have brackets."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl


def parse_form(text: str) -> dict[str, Any]:
    """``a[b]=1&c[0]=x`` as ``{"a": {"b": "1"}, "c": {"0": "x"}}``."""
    form: dict[str, Any] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        *folders, last = name.replace("]", "").split("[")
        place = form
        for folder in folders:
            place = place.setdefault(folder, {})
        place[last] = value
    return form
