"""No argument of a command is a card number (N8). Called by ``main`` before the command line is read."""

from __future__ import annotations

from collections.abc import Sequence

from provider.cli.output import CommandError
from provider.commerce.policy import card_number, looks_like_card_number


def refuse_card_numbers(arguments: Sequence[str]) -> None:
    """Refuse arguments of which one, or several beside each other, look like a card number.

    Raises:
        CommandError: with words that say which argument it is, and not the argument.
    """
    if not looks_like_card_number(" ".join(arguments)) and not any(map(looks_like_card_number, arguments)):
        return
    refusal = card_number(_place(arguments))
    raise CommandError(f"{refusal.summary} (rule {refusal.rule})", refusal.detail)


def _place(arguments: Sequence[str]) -> str:
    number = next((index for index, text in enumerate(arguments) if looks_like_card_number(text)), None)
    if number is None:
        return "a series of arguments"
    before = arguments[number - 1] if number else ""
    for option in (arguments[number].partition("=")[0], before):
        if option.startswith("--") and not looks_like_card_number(option):
            return option
    return f"argument {number + 1}"
