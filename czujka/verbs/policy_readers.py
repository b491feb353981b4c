"""The verb that tells who has read the policy in force."""

import click

from actions import readers as acts
from core.clock import utc_now
from core.errors import ConfigError
from czujka.verbs.opening import json_option, print_json, print_table, remark, store_of


@click.command()
@click.option("--late", "only_late", is_flag=True, help="Only those whose time is over.")
@json_option
@click.pass_obj
def readers(named: str | None, *, only_late: bool, as_json: bool) -> None:
    """Show who of the staff has not read the policy in force, or the notice of what is watched; who has is counted.

    Example: czujka policy readers --late
    """
    with store_of(named) as (settings, store):
        found = acts.standing(store, settings, utc_now())
    if found is None:
        raise ConfigError("no policy is in force, or nobody was taken in by `czujka people import`", reason="no_readers")
    now = utc_now()
    rows = [one for one in found.owing if one.is_late(now) or not only_late]
    if as_json:
        return print_json(rows)
    head = ("person", "name", "manager", "owes", "by")
    table = (
        (
            one.colleague.person,
            one.colleague.name,
            one.colleague.manager or "-",
            ", ".join(one.missing),
            f"{one.due_at:%Y-%m-%d}{' LATE' if one.is_late(now) else ''}",
        )
        for one in rows
    )
    print_table(head, table)
    return remark(f"version {found.version}: {found.done} of {found.people} have read it, {found.late} are late")


READERS = (readers,)
