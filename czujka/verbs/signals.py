"""`czujka signals`: what stood out in the numbers, what it came to, and why."""

from datetime import timedelta

import click

from core.clock import utc_now
from core.number_words import sentences
from core.signals import Noted, Verdict
from czujka.verbs.opening import json_option, print_json, print_table, store_of

MEANINGS = {
    Verdict.NONE: "not weighed yet",
    Verdict.OLD: "too old to page",
    Verdict.EXPECTED: "a note: expected",
    Verdict.VOLUME_ALONE: "a note: volume alone",
    Verdict.MUTED: "a note: muted",
}


@click.command()
@click.option("--days", type=click.IntRange(1, 366), default=7, show_default=True, help="How far back.")
@click.option("--brand", help="Of this brand alone.")
@json_option
@click.pass_obj
def signals(named: str | None, *, days: int, brand: str | None, as_json: bool) -> None:
    """Show what stood out in the numbers of the brands, the newest first, and what it came to.

    Volume alone pages nobody: it stands here as a note.

    Example: czujka signals --days 30
    """
    with store_of(named) as (settings, store):
        rows = store.signals.since(utc_now() - timedelta(days=days), brand)
    if as_json:
        return print_json(rows)
    head = ("opened", "ended", "brand", "scope", "measure", "seen", "usual", "came to", "why")
    table = (
        (
            f"{row.signal.opened_at:%Y-%m-%d %H:%M}",
            f"{row.signal.ended_at:%Y-%m-%d %H:%M}" if row.signal.ended_at else "lasts",
            row.signal.key.brand or "-",
            row.signal.key.scope,
            row.signal.key.measure,
            f"{row.signal.seen:.0f} in {row.signal.window_min} min",
            f"{row.signal.usual_low:.0f}–{row.signal.usual_high:.0f}",
            came_to(row),
            " ".join(sentences(row.numbers, "en", settings.zone())[len(row.numbers.heights) :]) if row.numbers else "-",
        )
        for row in rows
    )
    return print_table(head, table)


def came_to(row: Noted) -> str:
    """In words: a note and which, or the incident."""
    return f"incident {row.incident_id}" if row.verdict is Verdict.INCIDENT else MEANINGS[row.verdict]


VERBS = (signals,)
