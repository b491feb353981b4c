"""Verbs on who may sign in."""

import click

from actions import sign_in
from core.access import OPERATOR
from core.clock import utc_now
from core.errors import ConfigError
from core.settings import Settings
from czujka.verbs.opening import json_option, print_json, print_table, store_of


@click.group()
def users() -> None:
    """See who may sign in, and let them in or out."""


@users.command("list")
@json_option
@click.pass_obj
def listing(named: str | None, *, as_json: bool) -> None:
    """Show the persons with their roles, and who is signed in.

    Example: czujka users list
    """
    with store_of(named) as (settings, store):
        with_password, signed_in = store.accounts.with_password(), [row[1] for row in store.people.sessions(utc_now())]
    rows = [(one.id, one.name, list(one.roles), one.id in with_password, signed_in.count(one.id)) for one in settings.person]
    if as_json:
        return print_json({"person": a, "name": b, "roles": c, "password": d, "sessions": e} for a, b, c, d, e in rows)
    return print_table(
        ("person", "name", "roles", "password", "sessions"),
        ((person, name, ", ".join(roles) or "-", "yes" if has else "no", count) for person, name, roles, has, count in rows),
    )


@users.command()
@click.argument("person")
@click.pass_obj
def invite(named: str | None, person: str) -> None:
    """Print a link that signs a person in once, within a day.

    Example: czujka users invite anna
    """
    with store_of(named) as (settings, store):
        _known(settings, person)
        token = sign_in.invite(store, person, utc_now())
        click.echo((settings.web.url or f"http://{settings.web.host}:{settings.web.port}").rstrip("/") + f"/sign-in?token={token}")


@users.command()
@click.argument("person")
@click.option("--forget", is_flag=True, help="Take the password away instead: links and the provider remain.")
@click.pass_obj
def password(named: str | None, person: str, *, forget: bool) -> None:
    """Set a person's password, asked for twice and never shown; their sessions end.

    Example: czujka users password anna --forget
    """
    with store_of(named) as (settings, store):
        _known(settings, person)
        if forget:
            store.accounts.set_password(person, None, utc_now())
            store.accounts.end_sessions(person, utc_now())
            return click.echo(f"{person} has no password any more")
        sign_in.set_password(store, person, click.prompt("Password", hide_input=True, confirmation_prompt=True), utc_now())
        return click.echo(f"the password of {person} is set")


@users.command("sign-out")
@click.argument("person")
@click.pass_obj
def sign_out(named: str | None, person: str) -> None:
    """End all sessions of a person.

    Example: czujka users sign-out anna
    """
    with store_of(named) as (settings, store):
        _known(settings, person)
        click.echo(f"{store.accounts.end_sessions(person, utc_now())} sessions of {person} have ended")


def _known(settings: Settings, person: str) -> None:
    ids = [one.id for one in settings.person]
    if person not in {*ids, OPERATOR}:
        raise ConfigError(f"there is no person {person!r} (there are: {', '.join(ids) or 'none'})", reason="no_person")


VERBS = (users,)
