"""Verbs on what is muted and what is expected."""

from datetime import timedelta

import click

from actions import easing as acts
from core.clock import utc_now
from core.easing import MuteKind
from core.table import parse_duration
from czujka.verbs.opening import actor, json_option, print_json, print_table, store_of

brand_option = click.option("--brand", default=None, help="Only for this brand.")
for_option = click.option("--for", "lasts", required=True, help="How long: 2h, 3d, 1w.")
all_option = click.option("--all", "ended", is_flag=True, help="Those that are over, too.")


@click.group(invoke_without_command=True)
@all_option
@json_option
@click.pass_context
def mutes(context: click.Context, *, ended: bool, as_json: bool) -> None:
    """Show what is muted, until when, by whom and why, and how much each mute has held back.

    Example: czujka mutes
    """
    if context.invoked_subcommand is not None:
        return None
    with store_of(context.obj) as (_, store):
        rows = store.easing.mutes(utc_now(), ended=ended)
    if as_json:
        return print_json(rows)
    head = ("id", "kind", "what", "brand", "until", "by", "held", "why")
    table = ((m.mute_id, m.kind, m.value, m.brand or "-", f"{m.ends_at:%Y-%m-%d %H:%M}", m.made_by, m.held, m.reason) for m in rows)
    return print_table(head, table)


@mutes.command("add")
@click.argument("kind", type=click.Choice([one.value for one in MuteKind]))
@click.argument("value")
@for_option
@click.option("--reason", required=True, help="Why: who comes after you wants to know.")
@brand_option
@click.pass_obj
def add_mute(named: str | None, kind: str, value: str, lasts: str, reason: str, brand: str | None) -> None:
    """Mute a rule, a label, an author, a source or a term for a time.

    An author, a source or a term never holds back what concerns safety, leaks or accounts; a rule or a label holds back just itself.

    Example: czujka mutes add term "konkurs" --for 3d --reason "giveaway until Friday"
    """
    now = utc_now()
    with store_of(named) as (settings, store):
        done = acts.mute(store, settings, MuteKind(kind), value, reason, actor(), now, ends_at=now + _duration(lasts), brand=brand)
    click.echo(f"mute {done.mute_id}: {kind} {done.value} until {done.ends_at:%Y-%m-%d %H:%M} UTC")


@mutes.command("end")
@click.argument("mute_id", type=int, metavar="ID")
@click.pass_obj
def end_mute(named: str | None, mute_id: int) -> None:
    """End a mute now.

    Example: czujka mutes end 2
    """
    with store_of(named) as (_, store):
        acts.unmute(store, mute_id, actor(), utc_now())
    click.echo(f"mute {mute_id} ended")


@mutes.command("held")
@click.argument("mute_id", type=int, metavar="ID")
@json_option
@click.pass_obj
def held(named: str | None, mute_id: int, *, as_json: bool) -> None:
    """Show what a mute has held back, the newest first.

    Example: czujka mutes held 2
    """
    with store_of(named) as (_, store):
        rows = store.easing.held(mute_id)
    return print_json(rows) if as_json else print_table(("item", "label"), ((row.item_id, row.label) for row in rows))


@click.group(invoke_without_command=True)
@all_option
@json_option
@click.pass_context
def expected(context: click.Context, *, ended: bool, as_json: bool) -> None:
    """Show expected events: campaigns, price rises, matches.

    Example: czujka expected
    """
    if context.invoked_subcommand is not None:
        return None
    with store_of(context.obj) as (_, store):
        rows = store.easing.expected(utc_now(), ended=ended)
    if as_json:
        return print_json(rows)
    head = ("id", "name", "factor", "brand", "from", "until", "by")
    table = (
        (e.expected_id, e.name, f"{e.factor:g}", e.brand or "-", f"{e.starts_at:%Y-%m-%d %H:%M}", f"{e.ends_at:%Y-%m-%d %H:%M}", e.made_by)
        for e in rows
    )
    return print_table(head, table)


@expected.command("add")
@click.argument("name")
@click.option("--factor", default=5.0, show_default=True, help="How many times as many people it takes.")
@for_option
@click.option("--in", "wait", default=None, help="Begin after this time (default: now): 2h, 3d.")
@brand_option
@click.pass_obj
def add_expected(named: str | None, name: str, factor: float, lasts: str, wait: str | None, brand: str | None) -> None:
    """Expect an event: complaints need more people to ring; safety, leaks and accounts ring as ever.

    Example: czujka expected add "Wielkie rozdanie" --factor 10 --for 2d
    """
    now = utc_now()
    start = now + (_duration(wait) if wait else timedelta(0))
    with store_of(named) as (settings, store):
        done = acts.expect(store, settings, name, factor, actor(), now, ends_at=start + _duration(lasts), starts_at=start, brand=brand)
    click.echo(f"expected event {done.expected_id}: {done.name} until {done.ends_at:%Y-%m-%d %H:%M} UTC")


@expected.command("end")
@click.argument("expected_id", type=int, metavar="ID")
@click.pass_obj
def end_expected(named: str | None, expected_id: int) -> None:
    """End an expected event now.

    Example: czujka expected end 1
    """
    with store_of(named) as (_, store):
        acts.expect_no_more(store, expected_id, actor(), utc_now())
    click.echo(f"expected event {expected_id} ended")


def _duration(text: str) -> timedelta:
    try:
        return parse_duration(text)
    except ValueError as error:
        raise click.UsageError(str(error)) from error


VERBS = (mutes, expected)
