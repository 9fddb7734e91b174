"""The command ``qualit``: its groups of commands, and how every error of theirs ends.

Exit codes: 0 done, 1 refused or failed, 2 wrong usage; ``cost`` has more, for its limits.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from provider import __version__
from provider.cli import (
    account,
    catalogue,
    cost,
    doctor,
    images,
    ledger,
    orders,
    payment_methods,
    payments,
    price,
    pulumi,
    quotes,
    receipts,
    reconcile,
    renew,
    renewals,
    servers,
    status,
    terraform,
    work,
)
from provider.cli.card_numbers import refuse_card_numbers
from provider.cli.output import print_error

app = typer.Typer(
    name="qualit",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(doctor.doctor)
app.command()(catalogue.catalogue)
app.command()(price.price)
app.command()(cost.cost)
app.command()(servers.servers)
app.command()(status.status)
app.command()(renewals.renewals)
app.command()(renew.renew)
app.command()(receipts.receipts)
app.command()(receipts.receipt)
app.command()(ledger.ledger)
app.command()(reconcile.reconcile)
app.command()(work.work)
app.add_typer(account.app, name="account")
app.add_typer(orders.app, name="orders")
app.add_typer(payment_methods.app, name="payment-methods")
app.add_typer(payments.app, name="payments")
app.add_typer(quotes.app, name="quotes")
app.add_typer(terraform.app, name="terraform")
app.add_typer(pulumi.app, name="pulumi")
app.add_typer(images.app, name="images")


def _print_version(value: bool) -> None:
    if value:
        print(f"qualit {__version__}")
        raise typer.Exit


@app.callback()
def qualit(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Servers of Qual.IT: what is sold, what it costs, what you have.

    The environment says which home is meant: QUALIT_HOME, QUALIT_DATABASE_URL, QUALIT_LIBVIRT_URI,
    QUALIT_CATALOGUE, QUALIT_TEST_CLOCK; and QUALIT_PAYMENT_METHOD how it pays unless told otherwise.
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit.

    Raises:
        SystemExit: always, with the exit code.
    """
    try:
        # Before anything reads them: what refuses an argument repeats it.
        refuse_card_numbers(sys.argv[1:] if arguments is None else arguments)
        app(args=arguments)
    except Exception as error:
        from provider.cli.errors import problem_of

        problem = problem_of(error)
        if problem is None:
            raise
        print_error(problem.summary, problem.detail)
    sys.exit(1)


if __name__ == "__main__":
    main()
