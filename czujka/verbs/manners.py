"""The verb on the quality of our own replies."""

from datetime import timedelta

import click

from actions.spoken import spoken
from core.clock import utc_now
from core.manners import Fault, Weighed
from czujka.verbs.opening import json_option, print_json, print_table, store_of

SHOWN = 80


@click.command()
@click.option("--days", default=7, show_default=True, type=click.IntRange(1, 3660), help="How far back to look.")
@click.option("--all", "every", is_flag=True, help="Those with nothing wrong, too.")
@json_option
@click.pass_obj
def manners(named: str | None, days: int, *, every: bool, as_json: bool) -> None:
    """Look through our own replies: blame or mockery, nothing but courtesy, a question left unanswered. It pages nobody.

    Example: czujka manners --days 30
    """
    with store_of(named) as (_, store):
        now = utc_now()
        told = spoken(store, (), now - timedelta(days=days), now)
    shown = told.weighed if every else told.faulty
    if as_json:
        return print_json({**_plain(one), "said": one.replied.said, "reply": one.replied.reply} for one in shown)
    print_table(("item", "when", "what is wrong", "said", "reply"), map(_row, shown))
    counts = ", ".join(f"{fault} {told.count(fault)}" for fault in Fault)
    return click.echo(f"{len(told.weighed)} replies; {counts}", err=True)


def _plain(one: Weighed) -> dict[str, object]:
    return {"item": one.replied.item_id, "at": one.replied.at.isoformat(), "platform": one.replied.platform, "faults": list(one.faults)}


def _row(one: Weighed) -> tuple[object, ...]:
    told = one.replied
    return (told.item_id, f"{told.at:%Y-%m-%d %H:%M}", ", ".join(one.faults) or "-", told.said[:SHOWN], told.reply[:SHOWN])


VERBS = (manners,)
