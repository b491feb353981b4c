"""Verbs on hooks: how they do, and one signed call to try them."""

import click

from core.clock import utc_now
from core.errors import DeliveryError
from core.hooks import HookCall
from czujka.house import open_http
from czujka.verbs.opening import json_option, print_json, print_table, settings_of, store_of


@click.group()
def hooks() -> None:
    """Other programs that are told of events."""


@hooks.command("list")
@json_option
@click.pass_obj
def listing(named: str | None, *, as_json: bool) -> None:
    """Show how the hooks do.

    Example: czujka hooks list
    """
    with store_of(named) as (settings, store):
        known = {one.hook: one for one in store.hooks.health(utc_now())}
    if as_json:
        return print_json([known[name] for name in known])
    rows = []
    for one in settings.hook:
        health = known.get(one.id)
        last = f"{health.sent_at:%Y-%m-%d %H:%M}" if health and health.sent_at else "-"
        rows.append((one.id, ",".join(one.events), health.waiting if health else 0, last, health.reason if health else ""))
    return print_table(("hook", "events", "waiting", "last taken (UTC)", "last failure"), rows)


@hooks.command("test")
@click.argument("hook")
@click.pass_obj
def trying(named: str | None, hook: str) -> None:
    """Send one event of type hook.test, signed like all others, and say how it was taken. Exit 1 when it was not.

    Example: czujka hooks test crm
    """
    from czujka.hooking import call_once

    settings = settings_of(named)
    found = next((one for one in settings.hook if one.id == hook), None)
    if found is None:
        there = ", ".join(one.id for one in settings.hook) or "none"
        raise click.UsageError(f"there is no hook {hook!r} (there are: {there})")
    now = utc_now()
    said = HookCall(
        call_id=0,
        token=0,
        hook=hook,
        key=f"test-{int(now.timestamp())}",
        kind="hook.test",
        at=now,
        data={},
        tries=0,
        first_try_at=now,
        uncertain=False,
    )
    http = open_http(settings)
    try:
        call_once(http, found, said, settings.web.url or "", now)
    except DeliveryError as error:
        click.echo(f"{hook} did not take it: {error.reason}: {error}", err=True)
        raise click.exceptions.Exit(1) from None
    finally:
        http.close()
    click.echo(f"{hook} took it")


VERBS = (hooks,)
