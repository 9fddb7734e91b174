"""``qualit quotes``: drop a price that is held (P5)."""

from __future__ import annotations

from typing import Annotated

import typer

from provider.cli.output import print_text
from provider.cli.session import open_backend

app = typer.Typer(no_args_is_help=True)


@app.callback()
def quotes() -> None:
    """Drop a price that is held for you."""


@app.command()
def drop(quote: Annotated[str, typer.Argument(help="The quote's id, as the plan shows it in `charge`.")]) -> None:
    """Drop a quote that no order has used.

    The next plan of the same change shows and holds the price of its own day.
    """
    with open_backend() as backend:
        backend.drop_quote(quote)
    print_text(f"{quote} is dropped: plan again for today's price.")
