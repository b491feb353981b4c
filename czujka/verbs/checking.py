"""Verbs that look whether all is well: init, check, doctor."""

from datetime import UTC, datetime
from pathlib import Path

import click

from actions.watch import watch_brand
from alerts import oncall
from collector import SOURCES
from collector.base import Asking
from core.clock import utc_now
from core.errors import CzujkaError
from core.settings import Settings
from core.table import Secret
from czujka import config
from czujka.asking import terms_of
from czujka.doctor import examine
from czujka.house import open_http
from czujka.reading import classifiers_of
from czujka.verbs.opening import json_option, print_json, settings_or_defaults, store_of


@click.command()
@click.option("--brand", prompt="What is your brand called?", help="The name to watch for.")
@click.pass_obj
def init(named: str | None, brand: str) -> None:
    """Write a commented czujka.toml that watches for a brand without any account. Never overwrites one.

    Example: czujka init --brand "Mleczarnia Polna"
    """
    folder = Path(named).parent if named else config.DEFAULT_FILE.parent
    path = watch_brand(brand, folder, utc_now())
    config.load(path)
    click.echo(f"{path} is written. `czujka check` checks it, `czujka run` starts.")


@click.command()
@click.option("--online", is_flag=True, help="Also ask every source once, without storing anything.")
@click.pass_obj
def check(named: str | None, *, online: bool) -> None:
    """Check the configuration: syntax, references, secrets, model, schedules. Needs no database.

    Example: czujka check --online
    """
    settings = settings_or_defaults(named)
    problems = [*_demands(settings), *_secrets(settings), *_rota(settings), *_loads(settings)]
    if online and not problems:
        problems += _asked(settings)
    for line in problems:
        click.echo(line)
    click.echo(f"{len(problems)} to mend" if problems else "all is well")
    raise click.exceptions.Exit(1 if problems else 0)


def _demands(settings: Settings) -> list[str]:
    return config.ready_to_run(settings) if settings.path is not None else ["there is no czujka.toml here; `czujka init` writes one"]


def _secrets(settings: Settings) -> list[str]:
    """Secrets that are named and cannot be read."""
    problems = []
    for table in (*settings.source, *settings.channel, *settings.hook):
        for name in type(table).model_fields:
            value = getattr(table, name)
            if isinstance(value, Secret):
                try:
                    value.reveal()
                except CzujkaError as error:
                    problems.append(f"{table.id}: {name}: {error}")
    return problems


def _rota(settings: Settings) -> list[str]:
    found = oncall.check(settings, (), datetime.now(UTC))
    return [f"{problem.subject}: {problem.detail}" for problem in found]


def _loads(settings: Settings) -> list[str]:
    try:
        classifiers_of(settings)
    except CzujkaError as error:
        return [f"classifiers: {error}"]
    return []


def _asked(settings: Settings) -> list[str]:
    """One real question to every source."""
    problems = []
    http = open_http(settings)
    try:
        for source in settings.source:
            try:
                SOURCES.get(source.kind).collect(source, None, Asking(http=http, now=utc_now(), terms=terms_of(settings, source)))
            except CzujkaError as error:
                problems.append(f"source {source.id}: {error.reason}: {error}")
    finally:
        http.close()
    return problems


@click.command()
@json_option
@click.pass_obj
def doctor(named: str | None, *, as_json: bool) -> None:
    """Say what is blind, late, stuck or failing, and what to do about it. Exit 1 when something is.

    Example: czujka doctor
    """
    with store_of(named) as (settings, store):
        ills = examine(settings, store, utc_now())
    if as_json:
        print_json(ills)
    for ill in () if as_json else ills:
        click.echo(f"{ill.what}: {ill.detail}\n    {ill.advice}")
    if not ills and not as_json:
        click.echo("all is well")
    raise click.exceptions.Exit(1 if ills else 0)


VERBS = (init, check, doctor)
