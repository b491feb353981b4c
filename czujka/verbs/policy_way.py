"""Verbs on the policy's way: draft, comments, approvals, the day from which it binds."""

from datetime import UTC, datetime, time

import click

from actions import policy as acts
from core.clock import utc_now
from core.errors import ConfigError, NotFound
from core.policy import Version
from core.settings import Settings
from czujka.verbs.opening import actor, json_option, print_json, print_table, store_of
from storage import Store

number_argument = click.argument("number", type=int, required=False, metavar="[NUMBER]")


@click.command()
@click.option("--note", default="", help="What this version is about; with Git, its commit.")
@click.pass_obj
def draft(named: str | None, note: str) -> None:
    """Make the folder's present state the draft that staff may comment on. An earlier draft ends. Faults are refused, all at once.

    Example: czujka policy draft --note "clause on generated pictures"
    """
    with store_of(named) as (settings, store):
        folder = settings.policy_folder()
        if folder is None:
            raise ConfigError('no [policy] folder is configured; write folder = "policy" there', reason="no_policy")
        made = acts.propose(store, settings, folder, note, actor(), utc_now())
    click.echo(f"version {made.number} is a draft of {len(made.clauses)} clauses; it needs the approval of {', '.join(made.needs)}")


@click.command()
@number_argument
@click.option("--language", type=click.Choice(["pl", "en"]), default="en", show_default=True)
@json_option
@click.pass_obj
def show(named: str | None, number: int | None, language: str, *, as_json: bool) -> None:
    """Show a version with its clauses, approvals and comments; the one in force unless a number is given.

    Example: czujka policy show 2 --language pl
    """
    with store_of(named) as (_, store):
        found = store.policies.get(number) if number is not None else store.policies.in_force(utc_now())
        if found is None:
            raise NotFound("no policy is in force; `czujka policy versions` lists what there is")
        comments = store.policies.comments(found.number)
    if as_json:
        return print_json([found, *comments])
    click.echo(f"version {found.number}: {_standing(found)}")
    click.echo(f"approved: {', '.join(f'{one.office} ({one.person})' for one in found.approvals) or '-'}")
    click.echo(f"missing: {', '.join(found.missing()) or '-'}\n")
    for clause in found.clauses:
        click.echo(f"{clause.id} {clause.wording(language).title}\n{clause.wording(language).text}\n")
    for said in comments:
        click.echo(f"{said.at:%Y-%m-%d %H:%M} {said.person} {said.clause}: {said.text}")
    return None


@click.command()
@json_option
@click.pass_obj
def versions(named: str | None, *, as_json: bool) -> None:
    """List the versions of the policy, the newest first.

    Example: czujka policy versions
    """
    with store_of(named) as (_, store):
        rows = store.policies.history()
    if as_json:
        return print_json(rows)
    head = ("number", "stage", "approved", "missing", "note")
    table = ((one.number, _standing(one), _offices(one), ", ".join(one.missing()) or "-", one.note or "-") for one in rows)
    return print_table(head, table)


@click.command()
@click.argument("text")
@click.option("--clause", default="", metavar="ID", help="Which clause it is about; the whole draft when not given.")
@click.pass_obj
def comment(named: str | None, text: str, clause: str) -> None:
    """Say something about the draft.

    Example: czujka policy comment "three hours are too short at night" --clause POL-12
    """
    with store_of(named) as (_, store):
        number = _draft(store).number
        acts.comment(store, number, text, actor(), utc_now(), clause=clause)
    click.echo(f"said about version {number}")


@click.command()
@click.argument("office")
@click.option("--person", required=True, help="Who approves; they must hold the office.")
@click.pass_obj
def approve(named: str | None, office: str, person: str) -> None:
    """Approve the draft for an office, in the name of a person who holds it.

    Example: czujka policy approve legal --person tom
    """
    with store_of(named) as (settings, store):
        found = acts.approve(store, settings, _draft(store).number, office, person, utc_now(), actor=actor())
    click.echo(f"version {found.number} is approved for {office}; missing: {', '.join(found.missing()) or 'nothing'}")


@click.command()
@click.option("--from", "day", type=click.DateTime(["%Y-%m-%d"]), help="The day from which it binds; at once when not given.")
@click.pass_obj
def publish(named: str | None, day: datetime | None) -> None:
    """Publish the draft once every office has approved it. The version before it is superseded on that day.

    Example: czujka policy publish --from 2027-01-01
    """
    with store_of(named) as (settings, store):
        found = acts.publish(store, _draft(store).number, _begins(day, settings), actor(), utc_now())
    click.echo(f"version {found.number}: {_standing(found)}")


@click.command()
@click.pass_obj
def withdraw(named: str | None) -> None:
    """Drop the draft.

    Example: czujka policy withdraw
    """
    with store_of(named) as (_, store):
        number = _draft(store).number
        acts.withdraw(store, number, actor(), utc_now())
    click.echo(f"version {number} is withdrawn")


def _draft(store: Store) -> Version:
    found = store.policies.draft()
    if found is None:
        raise NotFound("there is no draft; `czujka policy draft` opens one from the policy's folder")
    return found


def _begins(day: datetime | None, settings: Settings) -> datetime | None:
    """Midnight in the company's zone."""
    return datetime.combine(day.date(), time.min, settings.zone()).astimezone(UTC) if day is not None else None


def _standing(one: Version) -> str:
    since = f" from {one.effective_at:%Y-%m-%d %H:%M} UTC" if one.effective_at else f" since {one.made_at:%Y-%m-%d}"
    return f"{one.stage(utc_now()).replace('_', ' ')}{since}"


def _offices(one: Version) -> str:
    return ", ".join(given.office for given in one.approvals) or "-"


WAY = (draft, show, versions, comment, approve, publish, withdraw)
