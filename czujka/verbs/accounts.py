"""Verbs on the register of accounts: take a sheet in, show, check, say that somebody looked, settle strangers."""

from pathlib import Path

import click

from actions import register as acts
from core.clock import utc_now
from core.register import Account, AccountFault, Settled
from czujka.registering import look
from czujka.verbs.opening import actor, json_option, print_json, print_table, store_of
from governance.register import COLUMNS

BY_HAND = [one.value for one in acts.BY_HAND]


@click.group()
def accounts() -> None:
    """The register of accounts: official, executives', personal ones used for work.

    Example: czujka accounts list
    """


@accounts.command("import")
@click.argument("sheet", type=click.Path(path_type=Path), metavar="FILE")
@click.pass_obj
def import_(named: str | None, sheet: Path) -> None:
    """Take the accounts of a CSV into the register, all of them or none; one that is there already takes the new values.

    Example: czujka accounts import accounts.csv
    """
    with store_of(named) as (settings, store):
        done = acts.take_in(store, settings, sheet, actor(), utc_now())
        found = look(store, settings, utc_now())
    click.echo(f"{len(done.new)} new, {len(done.changed)} changed, {done.same} as before; {found} new to look at")


@accounts.command("columns")
def columns() -> None:
    """Print the header of the sheet that `import` reads. Needs no database.

    Example: czujka accounts columns > accounts.csv
    """
    click.echo(",".join(COLUMNS))


@accounts.command("list")
@json_option
@click.pass_obj
def list_(named: str | None, *, as_json: bool) -> None:
    """List the registered accounts with what is wrong with each.

    Example: czujka accounts list
    """
    with store_of(named) as (_, store):
        rows, standing = store.register.list(), store.account_checks.standing()
    if as_json:
        return print_json(rows)
    head = ("account", "kind", "owner", "person", "two-factor", "access", "reviewed", "wrong")
    return print_table(head, (_row(one, [each for each in standing if each.account == one.number]) for one in rows))


@accounts.command("show")
@click.argument("key", metavar="ACCOUNT")
@json_option
@click.pass_obj
def show(named: str | None, key: str, *, as_json: bool) -> None:
    """Show all of one account.

    Example: czujka accounts show x:polna
    """
    with store_of(named) as (_, store):
        one = store.register.by_key(key)
        wrong = [each for each in store.account_checks.standing() if each.account == one.number]
    if as_json:
        return print_json([one])
    for name in ("platform", "handle", "kind", "owner", "person", "mandate", "recovery", "brand", "account_id", "source"):
        click.echo(f"{name.replace('_', ' ')}: {getattr(one, name) or '-'}")
    click.echo(f"deputies: {', '.join(one.deputies) or '-'}\naccess: {', '.join(one.access) or '-'}")
    click.echo(f"two-factor: {'yes' if one.two_factor else 'no'}")
    click.echo(f"reviewed: {f'{one.reviewed_at:%Y-%m-%d}' if one.reviewed_at else 'never'}")
    for each in wrong:
        click.echo(f"wrong: {_word(each)} {each.detail}".rstrip() + (f" (incident {each.incident_id})" if each.incident_id else ""))
    return None


@accounts.command("check")
@click.pass_obj
def check(named: str | None) -> None:
    """Look now at every account, and who uses the brand unregistered. Exit 1 when something is wrong.

    Example: czujka accounts check
    """
    with store_of(named) as (settings, store):
        look(store, settings, utc_now())
        names = {one.number: one.key for one in store.register.list()}
        standing, met = store.account_checks.standing(), store.account_checks.strangers()
    for one in standing:
        click.echo(f"{names.get(one.account, '?')}: {_word(one)} {one.detail}".rstrip() + f" (incident {one.incident_id})")
    for stranger in met:
        click.echo(f"{stranger.author_key}: uses {stranger.brand}, not registered (stranger {stranger.stranger_id})")
    click.echo(f"{len(names)} accounts, {len(standing)} to mend, {len(met)} unregistered", err=True)
    raise click.exceptions.Exit(1 if standing or met else 0)


@accounts.command("reviewed")
@click.argument("key", metavar="ACCOUNT")
@click.option("--two-factor/--no-two-factor", "two_factor", default=None, help="Is two-factor sign-in on?")
@click.option("--access", metavar="IDS", help="Who can sign in to it: ids of persons, with commas.")
@click.option("--recovery", metavar="WHERE", help="The recovery address or number.")
@click.pass_obj
def reviewed(named: str | None, key: str, two_factor: bool | None, access: str | None, recovery: str | None) -> None:
    """Say that somebody looked at an account today, and how it stands.

    Example: czujka accounts reviewed x:polna --two-factor --access anna,jan
    """
    seen = acts.as_typed(two_factor, access, recovery)
    with store_of(named) as (settings, store):
        number = store.register.by_key(key).number
        acts.review(store, settings, number, seen, actor(), utc_now())
        look(store, settings, utc_now())
        left = [_word(one) for one in store.account_checks.standing() if one.account == number]
    click.echo(f"{key}: reviewed" + (f"; left to mend: {', '.join(left)}" if left else "; all is well"))


@accounts.command("end")
@click.argument("key", metavar="ACCOUNT")
@click.option("--reason", required=True, help="Why; who comes after you wants to know.")
@click.pass_obj
def end(named: str | None, key: str, reason: str) -> None:
    """Take an account out of the register: it was closed, sold, given back.

    Example: czujka accounts end x:polna_old --reason "closed in October"
    """
    with store_of(named) as (settings, store):
        acts.end(store, store.register.by_key(key).number, reason, actor(), utc_now())
        look(store, settings, utc_now())
    click.echo(f"{key}: ended")


@accounts.command("strangers")
@click.option("--all", "settled", is_flag=True, help="Settled ones too.")
@json_option
@click.pass_obj
def strangers(named: str | None, *, settled: bool, as_json: bool) -> None:
    """List accounts that use the brand and that nobody registered.

    Example: czujka accounts strangers
    """
    with store_of(named) as (_, store):
        rows = store.account_checks.strangers(settled=settled)
    if as_json:
        return print_json(rows)
    head = ("id", "platform", "handle", "name", "brand", "incident", "settled", "reason")
    table = ((s.stranger_id, s.platform, s.handle, s.name, s.brand, s.incident_id, s.settled or "-", s.reason) for s in rows)
    return print_table(head, table)


@accounts.command("settle")
@click.argument("stranger_id", type=int, metavar="ID")
@click.argument("how", type=click.Choice(BY_HAND))
@click.option("--reason", required=True, help="Why; who comes after you wants to know.")
@click.pass_obj
def settle(named: str | None, stranger_id: int, how: str, reason: str) -> None:
    """Settle a stranger: tolerated (a fan, a partner) or reported to the platform. One of ours is settled by registering it.

    Example: czujka accounts settle 4 tolerated --reason "a shop that sells our cheese"
    """
    with store_of(named) as (_, store):
        acts.settle(store, stranger_id, Settled(how), reason, actor(), utc_now())
    click.echo(f"stranger {stranger_id}: {how}")


def _row(one: Account, wrong: list[AccountFault]) -> tuple[object, ...]:
    day = f"{one.reviewed_at:%Y-%m-%d}" if one.reviewed_at else "never"
    two_factor = "yes" if one.two_factor else "no"
    return one.key, one.kind, one.owner, one.person, two_factor, ", ".join(one.access) or "-", day, ", ".join(map(_word, wrong)) or "-"


def _word(one: AccountFault) -> str:
    return one.fault.value.partition(".")[2].replace("_", " ")


VERBS = (accounts,)
