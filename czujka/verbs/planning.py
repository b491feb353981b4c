"""What is said when an action of any review is planned: who does it, by when, and what it points at."""

from collections.abc import Callable
from datetime import datetime

import click

from core.clock import last_minute
from core.crisis import About, Planned
from core.settings import Settings

_OPTIONS = (
    click.argument("text"),
    click.option("--owner", required=True, metavar="PERSON", help="Who does it."),
    click.option("--due", required=True, type=click.DateTime(["%Y-%m-%d"]), help="By the end of which day."),
    click.option(
        "--about", required=True, type=click.Choice([one.value for one in About]), help="What it changes; a clause opens a review."
    ),
    click.option("--pointer", required=True, help="Which clause, rule, checklist or training."),
)


def planning_options(verb: Callable[..., None]) -> Callable[..., None]:
    """The words and the options that `planned_of` takes."""
    for option in reversed(_OPTIONS):
        verb = option(verb)
    return verb


def planned_of(settings: Settings, *, text: str, owner: str, due: datetime, about: str, pointer: str) -> Planned:
    """The action. `due` is a day without a zone: the company's is meant, until its end."""
    return Planned(text=text, owner=owner, due_at=last_minute(due.date(), settings.zone()), about=About(about), pointer=pointer)
