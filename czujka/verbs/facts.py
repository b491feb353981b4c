"""The verb on key facts: do our accounts say what was approved, and the same thing twice?"""

from datetime import timedelta

import click

from actions.spoken import spoken
from core.clock import utc_now
from czujka.verbs.opening import json_option, print_json, print_table, store_of

SHOWN = 70


@click.command()
@click.option("--days", default=30, show_default=True, type=click.IntRange(1, 3660), help="How far back to look.")
@json_option
@click.pass_obj
def facts(named: str | None, days: int, *, as_json: bool) -> None:
    """Hold what our accounts said against the approved key facts (`[[fact]]`) and against each other. Exit 1 when something differs.

    Example: czujka facts --days 90
    """
    with store_of(named) as (settings, store):
        now = utc_now()
        told = spoken(store, settings.fact, now - timedelta(days=days), now)
    found = told.contradictions
    if as_json:
        print_json(found)
    else:
        heads = ("fact", "when", "item", "account", "says", "instead of", "in full", "against")
        rows = (
            (e.fact, f"{e.said.at:%Y-%m-%d}", e.said.item_id, e.said.account, e.value, e.expected, e.said.text[:SHOWN], e.against[:SHOWN])
            for e in found
        )
        print_table(heads, rows)
    click.echo(f"{told.facts} facts, {told.statements} statements, {len(found)} differ", err=True)
    raise click.exceptions.Exit(1 if found else 0)


VERBS = (facts,)
