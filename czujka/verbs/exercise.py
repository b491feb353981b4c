"""Verbs on exercises: hold one, see how it went, write down what it taught."""

from datetime import timedelta
from pathlib import Path

import click

from actions import lessons as acts
from core.clock import utc_now
from core.table import parse_duration
from czujka import exercising
from czujka.verbs.opening import actor, json_option, print_json, print_table, settings_of, store_of
from governance.exercise import find, fitted, read_scenario, scenarios
from reports.wording import Speech

HEAD = ("incident", "label", "severity", "paged after", "acknowledged", "first act", "resolved", "who")


@click.group()
def exercise() -> None:
    """Rehearse: a scenario is replayed in a sandbox, and how quickly people answer is measured.

    Example: czujka exercise list
    """


@exercise.command()
@click.argument("scenario", metavar="SCENARIO")
@click.option("--language", type=click.Choice(["pl", "en"]), help="Of the posts and the marks; else the company's first.")
@click.option("--brand", help="About which brand; else the first of the configuration.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Where the exercise's own pages are (0: any free one).")
@click.option("--for", "length", default="1h", show_default=True, help="When it ends by itself: 30m, 2h.")
@click.pass_obj
def run(named: str | None, scenario: str, language: str | None, brand: str | None, port: int, length: str) -> None:
    """Hold an exercise: prints a link for each person, replays the scenario, and reports when it is over. Ctrl-C ends it, too.

    Example: czujka exercise run leak --for 30m
    """
    from czujka.exercise_running import hold

    try:
        longest = parse_duration(length)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    settings = settings_of(named)
    chosen, spoken = exercising.brand_of(settings, brand), language or settings.company.languages[0]
    told = fitted(read_scenario(find(scenario, spoken)), chosen.name, chosen.code_names[0] if chosen.code_names else "")
    name = hold(settings, told, chosen, port, longest)
    _report(settings.home / exercising.FOLDER / name)
    click.echo(f"this was {name}; write down what it taught: czujka exercise learn {name} “…”")


@exercise.command("list")
@click.pass_obj
def list_(named: str | None) -> None:
    """List the scenarios, and the exercises that were held.

    Example: czujka exercise list
    """
    for name in scenarios():
        click.echo(f"scenario {name}: {', '.join(read_scenario(find(name, one)).title for one in ('pl', 'en'))}")
    for name in exercising.runs(settings_of(named)):
        click.echo(f"held: {name}")


@exercise.command()
@click.argument("name", metavar="EXERCISE")
@json_option
@click.pass_obj
def report(named: str | None, name: str, *, as_json: bool) -> None:
    """Show how quickly people answered, each time counted from the first page.

    Example: czujka exercise report leak-20261121-204000
    """
    folder = exercising.folder_of(settings_of(named), name)
    if as_json:
        return print_json(exercising.timings(folder))
    return _report(folder)


@exercise.command()
@click.argument("name", metavar="EXERCISE")
@click.argument("text")
@click.pass_obj
def learn(named: str | None, name: str, text: str) -> None:
    """Write down what an exercise taught, among the lessons; `czujka lessons action` plans what follows.

    Example: czujka exercise learn leak-20261121-204000 "Nobody knew who answers the press at night"
    """
    exercising.folder_of(settings_of(named), name)
    with store_of(named) as (_, store):
        number = acts.learn_from_exercise(store, name, text, actor(), utc_now())
    click.echo(f"lesson {number} is written down")


def _report(folder: Path) -> None:
    found = exercising.timings(folder)
    print_table(HEAD, exercising.told(found, Speech("en").span))
    waits = sorted(each for one in found if (each := one.after_page(one.acknowledged_at)) is not None)
    if waits:
        middle: timedelta = waits[len(waits) // 2]
        click.echo(f"acknowledged: {len(waits)} of {len(found)}, the middle one {Speech('en').span(middle.total_seconds())} after the page")
    else:
        click.echo(f"acknowledged: 0 of {len(found)}")


VERBS = (exercise,)
