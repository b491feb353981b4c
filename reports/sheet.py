"""The digest's figures as a sheet for whoever counts on: one figure a row, under names that stay the same in every language and week."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from core.figures import WeekFigures
from reports.kpis import Figure

HEAD = ("week", "part", "name", "figure", "value")
Row = tuple[str, str, str, str | float | None]
"""Part, name ('' for the whole), figure, value; None is unknown and becomes an empty cell. Times are seconds, shares 0 to 1."""


def sheet(figures: WeekFigures, kpis: Sequence[Figure] = ()) -> str:
    """CSV with a head, commas and CRLF. Source: RFC 4180."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(HEAD)
    writer.writerows((figures.name, part, _cell(name), figure, value) for part, name, figure, value in rows(figures, kpis))
    return out.getvalue()


def rows(figures: WeekFigures, kpis: Sequence[Figure] = ()) -> Iterator[Row]:
    """Every figure of the week."""
    for part in (_said, _answered, _found, _watched, _governed):
        yield from part(figures)
    yield from (("kpi", one.kpi.id, one.kpi.unit.value, one.value) for one in kpis)


def _said(figures: WeekFigures) -> Iterator[Row]:
    for day in figures.days:
        yield from _row("said", day.day.isoformat(), posts=day.posts, negative=day.negative)
    yield "ours", "", "posts", figures.ours


def _answered(figures: WeekFigures) -> Iterator[Row]:
    told = figures.answers
    yield from _row("answers", "", opened=told.opened, answered=told.answered, late=told.late, median_seconds=told.median_s)
    for one in figures.waiting:
        yield from _row("open now", one.owner, conversations=one.conversations, late=one.late, incidents=one.incidents)


def _found(figures: WeekFigures) -> Iterator[Row]:
    for opened in figures.opened:
        yield "incidents", opened.label, opened.severity.value, opened.count
    for part, counted in (("breaches", figures.breaches), ("leaks", figures.leaks)):
        yield from ((part, one.label, "posts", one.count) for one in counted)
    for rule in figures.rules:
        yield from _row("rules", rule.name, right=rule.right, wrong=rule.wrong, disputed=rule.disputed)
    yield from (("alarmed nobody", one.detector, "posts", one.posts) for one in figures.unalarmed)


def _watched(figures: WeekFigures) -> Iterator[Row]:
    yield from (("blind", one.source_id, "seconds", round(one.seconds)) for one in figures.blind)
    for one in figures.sent:
        yield from _row("messages", one.channel, sent=one.sent, failed=one.failed, unsure=one.unsure)


def _governed(figures: WeekFigures) -> Iterator[Row]:
    for one in figures.staff:
        yield from _row(one.what.value, one.name("en"), people=one.people, done=one.done, late=one.late)
    if figures.whose is None:
        yield from _row("cases", "", opened=figures.cases.opened, decided=figures.cases.decided, late=figures.cases.late)
    yield "actions", "", "overdue", len(figures.overdue)


def _row(part: str, name: str, **values: float | None) -> Iterable[Row]:
    return [(part, name, figure, value) for figure, value in values.items()]


def _cell(name: str) -> str:
    """No name is taken for a formula by a spreadsheet."""
    return f"'{name}" if name.startswith(("=", "+", "-", "@", "\t", "\r")) else name
