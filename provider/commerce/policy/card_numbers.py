"""What may be the number of a payment card, wherever it turns up: it is refused and never repeated (N8).

Called by the resources for what a program says, by the configuration for the provider's settings, and by the command
line for its arguments. For ``payment_method`` there is a stricter rule besides, in ``payment``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from provider.commerce.refusal import Refusal

_SEPARATOR = "[ \t\u00a0\u2007\u202f\u2010-\u2015-]"
_RUN = re.compile(rf"(?<![+0-9])[0-9]+(?:{_SEPARATOR}{{1,2}}[0-9]+)*")
"""Digits with blanks and hyphens between them. After a plus they are a telephone number."""

_NO_NUMBERS = re.compile(
    r"(?<![0-9a-z])(?:"
    r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"  # a UUID, all of whose letters may happen to be digits
    r"|(?=[0-9a-f]*[0-9][a-f]+[0-9])[0-9a-f]+"  # a hash or an id in hexadecimal: letters stand between its digits
    r")(?![0-9a-z])",
    re.IGNORECASE,
)

_BRANDS = re.compile(
    r"4(?:[0-9]{12}|[0-9]{15}|[0-9]{18})"  # Visa
    r"|(?:5[1-5][0-9]{2}|222[1-9]|22[3-9][0-9]|2[3-6][0-9]{2}|27[01][0-9]|2720)[0-9]{12}"  # MasterCard
    r"|3[47][0-9]{13}"  # American Express
    r"|3(?:0[0-59]|[689][0-9])[0-9]{11,16}"  # Diners Club
    r"|35(?:2[89]|[3-8][0-9])[0-9]{12,15}"  # JCB
    r"|(?:6[0-9]{3}|81[0-9]{2})[0-9]{12,15}"  # Discover, UnionPay, RuPay and others
    r"|(?:5018|5020|5038|5893|6304|6759|676[1-3])[0-9]{9,15}"  # Maestro
)
"""The first digits of each brand, with the lengths of its numbers."""

_LONGEST = 19
_SHORTEST_GROUP = 3
"""Fewer digits never stand together in a printed number; where a text has other digits beside it, that tells them."""


def looks_like_card_number(text: str) -> bool:
    """Whether a text holds digits that a card could have: 13 to 19, a brand's first ones and a right check digit.

    Lengths and check digit as in ISO/IEC 7812-1.
    """
    return any(_BRANDS.fullmatch(number) and _has_check_digit(number) for number in _numbers(text))


def card_number(where: str) -> Refusal:
    """The refusal of a value that looks like a card number; ``where`` says in words which value it is.

    It points at no attribute: Terraform prints the source line of one that an error points at, and Pulumi its value.
    """
    detail = (
        f"{where} holds what looks like the number of a payment card, which is not repeated here. Remove it, also from "
        "the history of what you wrote it in: to pay, name a saved payment method by its id (`qualit payment-methods`)."
    )
    return Refusal("N8", "", "A value looks like a card number", detail)


def _numbers(text: str) -> Iterator[str]:
    """The numbers that a text may mean: each run of digits as a whole, and the long groups in it that may be one."""
    for run in _RUN.finditer(_NO_NUMBERS.sub(".", text)):
        groups = re.findall("[0-9]+", run.group())
        yield "".join(groups)
        for first in range(len(groups)):
            number = ""
            for group in groups[first:]:
                number += group
                if len(group) < _SHORTEST_GROUP or len(number) > _LONGEST:
                    break
                yield number


def _has_check_digit(number: str) -> bool:
    digits = [int(digit) for digit in reversed(number)]
    return sum(d if index % 2 == 0 else sum(divmod(2 * d, 10)) for index, d in enumerate(digits)) % 10 == 0
