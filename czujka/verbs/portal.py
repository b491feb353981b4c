"""`czujka portal`: how many of the staff use the internal portal, from the company's own sheet."""

from pathlib import Path

import click

from actions import adoption as act
from core.clock import utc_now
from core.periods import Span, last_over, period_of
from czujka.verbs.opening import actor, json_option, print_json, print_table, store_of
from governance.adoption import COLUMNS, by_department


@click.group()
def portal() -> None:
    """How many of the staff, and of the managers, use the internal portal: sums by month and department.

    Example: czujka portal list
    """


@portal.command("import")
@click.argument("sheet", type=click.Path(path_type=Path), metavar="FILE")
@click.pass_obj
def import_(named: str | None, sheet: Path) -> None:
    """Take a CSV in, all of it or nothing. A month that it names is told by it alone from then on.

    Example: czujka portal import portal.csv
    """
    with store_of(named) as (_, store):
        click.echo(f"{act.take_in(store, sheet, actor(), utc_now())} rows")


@portal.command("columns")
def columns() -> None:
    """Print the header of the sheet that `import` reads. Needs no database.

    Example: czujka portal columns > portal.csv
    """
    click.echo(",".join(COLUMNS))


@portal.command("list")
@click.option("--month", default=None, metavar="YYYY-MM", help="A month such as 2026-10 (default: the last whole one).")
@json_option
@click.pass_obj
def list_(named: str | None, month: str | None, *, as_json: bool) -> None:
    """Show a month by department; departments of fewer than five people stand together.

    Example: czujka portal list --month 2026-10
    """
    with store_of(named) as (settings, store):
        now, zone = utc_now(), settings.zone()
        wanted = period_of(month, now, zone) if month else last_over(now, Span.MONTH, zone)
        rows = by_department(store.portal_use.between(wanted.first, wanted.after)) if wanted.span is Span.MONTH else ()
    if as_json:
        return print_json(rows)
    return print_table(COLUMNS, ((f"{one.month:%Y-%m}", *(getattr(one, name) for name in COLUMNS[1:])) for one in rows))


VERBS = (portal,)
