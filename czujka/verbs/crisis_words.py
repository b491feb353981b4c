"""Verbs on what is said outside in a crisis: a draft, a second person's approval, that it is out."""

import click

from actions import crisis as acts
from core.clock import utc_now
from czujka.verbs.opening import actor, store_of

crisis_argument = click.argument("crisis_id", type=int, metavar="CRISIS")
statement_argument = click.argument("statement", type=int)


@click.command()
@crisis_argument
@click.argument("text")
@click.option("--language", type=click.Choice(["pl", "en"]), default="pl", show_default=True)
@click.option("--person", help="Who wrote it; whoever types when not given.")
@click.pass_obj
def draft(named: str | None, crisis_id: int, text: str, language: str, person: str | None) -> None:
    """Write a statement; somebody else must approve it.

    Example: czujka crisis draft 1 "Zatrzymaliśmy sprzedaż partii 4471. Następna wiadomość o 18:00." --person anna
    """
    with store_of(named) as (_, store):
        number = acts.draft(store, crisis_id, text, language, person or actor(), utc_now(), typed_by=actor())
    click.echo(f"statement {number} is a draft; the lead, the spokesperson or legal must approve it")


@click.command()
@crisis_argument
@statement_argument
@click.option("--person", required=True, help="Who has read it: the lead, the spokesperson or legal, and not its writer.")
@click.pass_obj
def approve(named: str | None, crisis_id: int, statement: int, person: str) -> None:
    """A second person approves a statement.

    Example: czujka crisis approve 1 1 --person tom
    """
    with store_of(named) as (_, store):
        acts.approve(store, crisis_id, statement, person, utc_now(), typed_by=actor())
    click.echo(f"statement {statement} is approved by {person}")


@click.command()
@crisis_argument
@statement_argument
@click.option("--where", default="", help="Where it stands: accounts, pages, addresses.")
@click.pass_obj
def published(named: str | None, crisis_id: int, statement: int, where: str) -> None:
    """Say that an approved statement is out.

    Example: czujka crisis published 1 1 --where "our site, X, Facebook"
    """
    with store_of(named) as (_, store):
        acts.publish(store, crisis_id, statement, where, actor(), utc_now())
    click.echo(f"statement {statement} is out")


WORDS = (draft, approve, published)
