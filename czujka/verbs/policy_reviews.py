"""Verbs on reviews of the policy's clauses: who is asked to look again, and why; how it ended."""

import click

from actions import reviews as acts
from core.clock import utc_now
from core.policy import Outcome, Trigger
from czujka.reviewing import look
from czujka.verbs.opening import actor, json_option, print_json, print_table, store_of


@click.command()
@click.option("--all", "decided", is_flag=True, help="Decided ones too.")
@json_option
@click.pass_obj
def reviews(named: str | None, *, decided: bool, as_json: bool) -> None:
    """Show which clauses want another look, by whom, by when and because of what. Looks first whether there are new ones.

    Example: czujka policy reviews
    """
    with store_of(named) as (settings, store):
        look(store, settings, utc_now())
        rows = store.reviews.list(decided=decided)
    if as_json:
        return print_json(rows)
    now = utc_now()
    head = ("id", "clause", "because", "owner", "due", "outcome", "evidence")
    table = (
        (
            one.review_id,
            one.clause,
            one.trigger,
            one.owner,
            f"{one.due_at:%Y-%m-%d}{' LATE' if one.outcome is None and one.due_at <= now else ''}",
            one.outcome or "-",
            ", ".join(f"{key} {value}" for key, value in one.evidence.items()),
        )
        for one in rows
    )
    return print_table(head, table)


@click.command()
@click.argument("review_id", type=int, metavar="ID")
@click.argument("outcome", type=click.Choice([one.value for one in Outcome]))
@click.option("--reason", required=True, help="Why; who comes after you wants to know.")
@click.pass_obj
def review(named: str | None, review_id: int, outcome: str, reason: str) -> None:
    """Say how a review ended: the clause was kept as it is, or changed.

    Example: czujka policy review 3 kept --reason "the clause covers it"
    """
    with store_of(named) as (_, store):
        done = acts.decide(store, review_id, Outcome(outcome), reason, actor(), utc_now())
    click.echo(f"review {review_id} of {done.clause}: {outcome}")


@click.command()
@click.argument("trigger", type=click.Choice([one.value for one in acts.RECORDED]))
@click.argument("what")
@click.option("--clause", "clauses", multiple=True, metavar="ID", help="Which clauses it concerns; all when none is named.")
@click.pass_obj
def changed(named: str | None, trigger: str, what: str, clauses: tuple[str, ...]) -> None:
    """Record that law or strategy changed: the owners of the clauses are asked to look again.

    Example: czujka policy changed law "new act on advertising of medicines" --clause POL-11
    """
    with store_of(named) as (_, store):
        opened = acts.record_change(store, Trigger(trigger), what, clauses, actor(), utc_now())
    click.echo(f"{opened} {'review is' if opened == 1 else 'reviews are'} opened")


REVIEWS = (reviews, review, changed)
