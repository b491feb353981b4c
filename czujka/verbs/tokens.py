"""Verbs on the API's tokens."""

import click

from actions import tokens as act
from core.clock import utc_now
from core.table import parse_duration
from czujka.verbs.opening import actor, json_option, print_json, print_table, store_of


@click.group()
def tokens() -> None:
    """Let programs use the API."""


@tokens.command()
@click.argument("name")
@click.option("--person", required=True, help="Whose roles the token has, at most.")
@click.option("--scope", "scopes", multiple=True, default=("see",), show_default=True, type=click.Choice([str(s) for s in act.SCOPES]))
@click.option("--for", "valid", default="52w", show_default=True, help="How long it is valid: 90d, 52w.")
@click.pass_obj
def add(named: str | None, name: str, person: str, scopes: tuple[str, ...], valid: str) -> None:
    """Make a token. It is printed once.

    Example: czujka tokens add wallboard --person anna --scope see --for 90d
    """
    try:
        length = parse_duration(valid)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    with store_of(named) as (settings, store):
        click.echo(act.make(store, settings, name, person, scopes, length, actor(), utc_now()))


@tokens.command("list")
@json_option
@click.pass_obj
def listing(named: str | None, *, as_json: bool) -> None:
    """Show the tokens, without their secrets.

    Example: czujka tokens list
    """
    with store_of(named) as (_, store):
        rows = store.tokens.list(act.KIND)
    if as_json:
        return print_json(rows)
    return print_table(
        ("number", "name", "person", "scopes", "valid until", "last used"),
        (
            (
                one.token_id,
                one.name,
                one.subject,
                ",".join(one.scopes),
                f"{one.expires_at:%Y-%m-%d}" if one.expires_at else "-",
                f"{one.used_at:%Y-%m-%d}" if one.used_at else "-",
            )
            for one in rows
        ),
    )


@tokens.command()
@click.argument("number", type=int)
@click.pass_obj
def revoke(named: str | None, number: int) -> None:
    """End a token at once.

    Example: czujka tokens revoke 1
    """
    with store_of(named) as (_, store):
        store.tokens.revoke(act.KIND, number, utc_now())
    click.echo(f"token {number} opens nothing any more")


VERBS = (tokens,)
