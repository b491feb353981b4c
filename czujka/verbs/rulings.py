"""Verbs on what people rule about rules and labels: put on trial, back to live, reported from a score of its own, revoked."""

import click

from actions import rulings as acts
from classifiers.rules.pack import Rule
from core.clock import utc_now
from core.rulings import Ruled, Ruling, Rulings, Standing
from czujka.verbs.opening import actor, json_option, print_json, print_table, store_if_there, store_of


@click.command("set")
@click.argument("name")
@click.argument("standing")
@click.option("--reason", required=True, help="Why: who comes after you wants to know.")
@click.pass_obj
def set_(named: str | None, name: str, standing: str, reason: str) -> None:
    """Rule on a rule or a label: `trial`, `live`, or a score from which it is reported. It holds at the next batch in every process.

    On trial it is found and shown in reports, and pages nobody. NAME is a rule's id, or a label; `label:NAME` where both have one name.

    Example: czujka rules set leak.pii.nip trial --reason "company numbers are public"
    """
    score = None if standing in (Standing.TRIAL, Standing.LIVE) else _score(standing)
    ruled = Standing.SCORE if score is not None else Standing(standing)
    with store_of(named) as (_, store):
        made = acts.rule_on(store, name, ruled, reason, actor(), utc_now(), score=score)
    click.echo(f"{made.about} {made.name}: {standing_of(made)}")


@click.command()
@click.argument("name")
@click.pass_obj
def revoke(named: str | None, name: str) -> None:
    """Take back what was ruled about a rule or a label: its pack's own word holds again for what comes from now on.

    Example: czujka rules revoke leak.pii.nip
    """
    with store_of(named) as (_, store):
        acts.revoke(store, name, actor(), utc_now())
    click.echo(f"nothing is ruled about {name} any more")


@click.command("rulings")
@json_option
@click.pass_obj
def rulings(named: str | None, *, as_json: bool) -> None:
    """Show what was ruled about rules and labels, by whom and why, the newest first; those that were revoked, too.

    Example: czujka rules rulings
    """
    with store_of(named) as (_, store):
        rows = store.rulings.history()
    if as_json:
        return print_json(rows)
    head = ("of", "name", "standing", "ended", "why")
    table = ((one.about, one.name, standing_of(one), _ended(one), one.reason) for one in rows)
    return print_table(head, table)


def standing_of(ruling: Ruling) -> str:
    """ "trial since 2026-11-20 by anna"."""
    what = f"from score {ruling.score:g}" if ruling.score is not None else str(ruling.standing)
    return f"{what} since {ruling.made_at:%Y-%m-%d} by {ruling.made_by}"


def standing_of_rule(rule: Rule, holding: Rulings) -> str:
    """How a rule stands: its pack's status, or what was ruled about it or its label."""
    said = [one for one in (holding.about(Ruled.RULE, rule.id), holding.about(Ruled.LABEL, rule.label)) if one is not None]
    return "; ".join(f"{standing_of(one)}{' (its label)' if one.about is Ruled.LABEL else ''}" for one in said) or rule.status


def holding_now(named: str | None) -> Rulings:
    """The rulings that hold; none while there is no database. A database that does not answer is a remark, for the packs can be told."""
    with store_if_there(named) as (_, store):
        return store.rulings.holding() if store is not None else Rulings()


def _score(written: str) -> float:
    try:
        return float(written)
    except ValueError as error:
        raise click.UsageError(f"{written!r}: `trial`, `live` or a score such as 0.85 was expected") from error


def _ended(one: Ruling) -> str:
    return f"{one.ended_at:%Y-%m-%d} by {one.ended_by}" if one.ended_at else "-"


VERBS = (set_, revoke, rulings)
