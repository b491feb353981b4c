"""`czujka kpis`: the figures of a week, month, quarter, year or four years, beside what they were and what they should be."""

import click

from actions.kpis import Told, tell
from core.clock import utc_now
from core.errors import ConfigError
from core.periods import period_of
from core.settings import Settings
from core.types import Json
from czujka.verbs.opening import json_option, print_json, print_table, remark, store_of
from reports.kpi_words import amount, met_line, so_far_line, target_line
from reports.kpis import Figure
from reports.wording import Speech

PERIODS = "week, month, quarter, year or years, the running one; or one by name: 2026-W46, 2026-11, 2026-Q4, 2026, 2023-2026."


@click.command()
@click.option("--period", "wanted", default="month", show_default=True, metavar="PERIOD", help=PERIODS)
@click.option("--brand", default="", help="Of this brand alone.")
@click.option("--language", default=None, type=click.Choice(["pl", "en"]), help="Of the table (default: the company's first).")
@json_option
@click.pass_obj
def kpis(config_name: str | None, wanted: str, brand: str, language: str | None, *, as_json: bool) -> None:
    """Show the KPIs of a period beside the period before, the same of the year before, and their targets.

    What nobody knows is unknown, never 0. What each one counts stands in docs/reference/kpis.md.

    Example: czujka kpis --period quarter
    """
    with store_of(config_name) as (settings, store):
        _known(brand, settings)
        told = tell(store, settings, period_of(wanted, utc_now(), settings.zone()), utc_now(), brand=brand, points=1)
        if as_json:
            return print_json(as_object(told, one) for one in told.figures)
        speech = Speech(language or settings.company.languages[0])
        if not told.is_over:
            remark(so_far_line(told.period, speech))
        heads = ("KPI", told.period.name, told.period.before().name, "year before", "target", "met")
        return print_table(heads, (_row(one, speech) for one in told.figures))


def as_object(told: Told, figure: Figure) -> Json:
    """A figure for programs; shares are 0 to 1, durations seconds, unknown is null."""
    return {
        "kpi": figure.kpi.id,
        "unit": figure.kpi.unit.value,
        "period": told.period.name,
        "is_over": told.is_over,
        "value": figure.value,
        "before": figure.before,
        "year_before": figure.year_before,
        "target": figure.target.target if figure.target else None,
        "is_met": figure.is_met,
    }


def _row(one: Figure, speech: Speech) -> tuple[object, ...]:
    shown = (amount(value, one.kpi, speech) for value in (one.value, one.before, one.year_before))
    return one.kpi.name_in(speech.language), *shown, target_line(one.target, one.kpi, speech) or "–", met_line(one.is_met, speech)


def _known(brand: str, settings: Settings) -> None:
    if brand and brand not in {one.id for one in settings.brand}:
        raise ConfigError(f"there is no brand {brand!r} (there are: {', '.join(one.id for one in settings.brand) or 'none'})")


VERBS = (kpis,)
