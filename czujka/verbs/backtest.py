"""The verb that tries a rule over what is stored, before it goes live."""

from datetime import timedelta
from typing import BinaryIO

import click

from classifiers.jsonl import classify_lines
from classifiers.rules.draft import as_live
from classifiers.rules.engine import RuleEngine
from classifiers.rules.pack import Packs, Rule, load_packs
from classifiers.understand import Classifiers
from core.clock import utc_now
from core.settings import Settings
from czujka import backtesting
from czujka.reading import context_of, model_of
from czujka.verbs.opening import json_option, print_json, print_table, settings_or_defaults, store_of


@click.command()
@click.argument("rule")
@click.option("--days", default=30, show_default=True, type=click.IntRange(1, 3650), help="How far back to read.")
@click.option("--show", default=10, show_default=True, type=click.IntRange(0, 10_000), help="How many of the newest posts to show.")
@click.option("--jsonl", "file", default=None, type=click.File("rb"), help="Read these lines, as `classify --jsonl` takes them.")
@json_option
@click.pass_obj
def backtest(named: str | None, rule: str, days: int, show: int, file: BinaryIO | None, *, as_json: bool) -> None:
    """Run one rule, draft or not, over stored posts: what it would have raised, how often, for whom. Writes and sends nothing.

    RULE is an id among the packs or a YAML file elsewhere. The precision is the one that people's verdicts imply.

    Example: czujka rules backtest complaint.delivery.parcel --days 90
    """
    packs, tried = as_live(load_packs(), rule)
    if file is not None:
        return _backtest_lines(settings_or_defaults(named), packs, tried, file)
    with store_of(named) as (settings, store):
        engine, now = RuleEngine(packs, context_of(settings)), utc_now()
        trial = backtesting.run(store, settings, engine, tried, now - timedelta(days=days), now)
    return _print_trial_json(trial) if as_json else _print_trial(trial, show)


def _backtest_lines(settings: Settings, packs: Packs, tried: Rule, file: BinaryIO) -> None:
    answers = classify_lines(file, Classifiers(RuleEngine(packs, context_of(settings)), model_of(settings)))
    unreadable = 0
    for answer in answers:
        unreadable += "error" in answer
        mine = [one for one in answer.get("findings", ()) if one["detector"] == tried.detector]
        if mine or "error" in answer:
            print_json([answer | {"findings": mine} if mine else answer])
    raise click.exceptions.Exit(1 if unreadable else 0)


def _print_trial_json(trial: backtesting.Trial) -> None:
    low, high = trial.interval
    whole = {"rule": trial.rule, "posts": trial.posts, "raised": len(trial.raised), "a_week": trial.a_week, "owners": trial.owners}
    print_json(
        [*trial.raised, whole | {"right": trial.right, "wrong": trial.wrong, "precision": trial.precision, "low": low, "high": high}]
    )


def _print_trial(trial: backtesting.Trial, show: int) -> None:
    click.echo(f"{trial.rule}: {trial.posts} posts read, {len(trial.raised)} raised, {trial.a_week:.1f} a week")
    if trial.raised:
        print_table(("owner", "raised"), ((owner, str(count)) for owner, count in trial.owners.items()))
    if trial.precision is None:
        click.echo("precision: nobody has judged any of these posts yet; `czujka verdicts set FINDING right` begins")
    else:
        low, high = trial.interval
        click.echo(f"precision by {trial.right + trial.wrong} judged posts: {trial.precision:.0%} (95 %: {low:.0%} to {high:.0%})")
    for one in trial.raised[-show:] if show else ():
        click.echo(f"{one.created_at:%Y-%m-%d} {one.finding.severity} item {one.item_id}: {' '.join(one.text.split())[:120]}")
