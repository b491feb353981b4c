"""Verbs on what was learned from incidents and exercises, and whether it changed anything."""

from typing import Any

import click

from actions import lessons as acts
from core.clock import utc_now
from core.lessons import Task
from czujka.verbs.opening import actor, json_option, print_json, print_table, remark, store_of
from czujka.verbs.planning import planned_of, planning_options
from reports.learned import effect_line
from reports.wording import Speech

lesson_argument = click.argument("lesson_id", type=click.IntRange(1), metavar="LESSON")


@click.group()
def lessons() -> None:
    """What crises, incidents and exercises taught, what is done about it, and what changed after that.

    Example: czujka lessons list
    """


@lessons.command("list")
@json_option
@click.pass_obj
def list_(named: str | None, *, as_json: bool) -> None:
    """List what was learned, the newest first.

    Example: czujka lessons list
    """
    now = utc_now()
    with store_of(named) as (_, store):
        rows, waiting = store.lessons.list(), store.lessons.asked(now - acts.ASKED_FOR)
    if as_json:
        return print_json(rows)
    print_table(
        ("lesson", "from", "when", "who", "what"),
        ((one.lesson_id, f"{one.origin} {one.subject}", f"{one.learned_at:%Y-%m-%d}", one.learned_by, one.text) for one in rows),
    )
    if waiting:
        remark("nobody has said what these taught: " + ", ".join(f"incident {each[0]} ({each[2]})" for each in waiting))
    return None


@lessons.command()
@json_option
@click.pass_obj
def effects(named: str | None, *, as_json: bool) -> None:
    """Show every action of any review with what changed after it: the same length before and after, at least 14 days.

    Example: czujka lessons effects
    """
    with store_of(named) as (_, store):
        rows = acts.effects(store, utc_now())
    if as_json:
        return print_json(rows)
    speech = Speech("en")
    return print_table(
        ("from", "action", "due", "owner", "about", "pointer", "effect", "what"),
        ((*_words(one.task), effect_line(one.effect, speech), one.task.planned.text) for one in rows),
    )


@lessons.command()
@click.argument("incident_id", type=click.IntRange(1), metavar="INCIDENT")
@click.argument("text")
@click.pass_obj
def learn(named: str | None, incident_id: int, text: str) -> None:
    """Write down what a resolved incident taught, in a sentence.

    Example: czujka lessons learn 3 "The courier's strike was known on Monday; nobody told care"
    """
    with store_of(named) as (_, store):
        number = acts.learn(store, incident_id, text, actor(), utc_now())
    click.echo(f"lesson {number} is written down")


@lessons.command()
@lesson_argument
@planning_options
@click.pass_obj
def action(named: str | None, /, lesson_id: int, **said: Any) -> None:
    """Plan what shall be done about a lesson.

    Example: czujka lessons action 1 "Care reads the couriers' page" --owner anna --due 2027-01-15 --about training --pointer couriers
    """
    with store_of(named) as (settings, store):
        number = acts.plan(store, settings, lesson_id, planned_of(settings, **said), actor(), utc_now())
    click.echo(f"action {number} is planned")


@lessons.command()
@lesson_argument
@click.argument("number", type=int, metavar="ACTION")
@click.pass_obj
def done(named: str | None, lesson_id: int, number: int) -> None:
    """An action is done; from now on what changes is compared with what was before.

    Example: czujka lessons done 1 1
    """
    with store_of(named) as (_, store):
        acts.finish(store, lesson_id, number, actor(), utc_now())
    click.echo(f"action {number} is done")


def _words(task: Task) -> tuple[object, ...]:
    plan = task.planned
    return (f"{task.origin} {task.subject}", task.number, f"{plan.due_at:%Y-%m-%d}", plan.owner, plan.about, plan.pointer)


VERBS = (lessons,)
