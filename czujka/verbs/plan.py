"""Verbs on the communication plan: what goes out when to whom, and what it says."""

import click

from actions import message_plan as acts
from core.clock import utc_now
from core.errors import ConfigError
from czujka.verbs.opening import json_option, print_json, print_table, settings_of, store_of
from governance.message_plan import following


@click.group()
def plan() -> None:
    """The communication plan: recurring messages to the staff.

    Example: czujka plan list
    """


@plan.command("list")
@json_option
@click.pass_obj
def list_(named: str | None, *, as_json: bool) -> None:
    """List the messages: when the next goes out, to how many, and how far the last one is read.

    Example: czujka plan list
    """
    now = utc_now()
    with store_of(named) as (settings, store):
        rows = [
            (one, following(one, settings.zone(), now), len(acts.audience(store, one, now)), acts.last(store, settings, one, now))
            for one in settings.message_plan
        ]
    if as_json:
        return print_json(
            {
                "id": one.id,
                "next": day.isoformat() if day else None,
                "audience": people,
                "last": last.day.isoformat() if last else None,
                "sent": len(last.people) if last else 0,
                "unread": list(last.unread) if last else [],
            }
            for one, day, people, last in rows
        )
    table = (
        (
            one.id,
            one.every,
            day or "-",
            people,
            last.day if last else "-",
            f"{len(last.people) - len(last.unread)} of {len(last.people)}" if last else "-",
            one.title,
        )
        for one, day, people, last in rows
    )
    return print_table(("message", "every", "next", "people", "last", "read", "title"), table)


@plan.command()
@click.argument("message", metavar="MESSAGE")
@click.option("--language", type=click.Choice(["pl", "en"]), help="pl or en; else the company's first.")
@click.pass_obj
def preview(named: str | None, message: str, language: str | None) -> None:
    """Show what a message says. Needs no database.

    Example: czujka plan preview monthly --language pl
    """
    settings = settings_of(named)
    one = next((each for each in settings.message_plan if each.id == message), None)
    if one is None:
        known = ", ".join(each.id for each in settings.message_plan) or "none"
        raise ConfigError(f"there is no message {message!r} in the plan (there are: {known})", reason="no_message")
    spoken = language or settings.company.languages[0]
    click.echo(f"{one.name(spoken)}\n\n{acts.words(settings, one, spoken)}")


VERBS = (plan,)
