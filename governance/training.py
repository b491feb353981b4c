"""Who still owes which training; and the sheet that says who completed one."""

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from core.readers import Colleague
from core.training import Completed, Training, TrainingOwed
from governance.sheets import Problem, Row, read_sheet, refusal

COLUMNS = ("person", "training", "done_on")


def owed(
    staff: Sequence[Colleague], done: Sequence[Completed], trainings: Sequence[Training], zone: ZoneInfo, now: datetime
) -> tuple[TrainingOwed, ...]:
    """Every training that somebody who is here must complete and has not, the longest waiting first."""
    last = {(one.person, one.training): one.at for one in sorted(done, key=lambda one: one.at)}
    found = [
        each
        for one in staff
        if one.is_here(now)
        for training in trainings
        if (each := _owed(one, training, last.get((one.person, training.id)), zone)) is not None and each.since <= now
    ]
    return tuple(sorted(found, key=lambda each: (each.since, each.training.id, each.colleague.person)))


def must(one: Colleague, training: Training) -> bool:
    """Is it for somebody of this role?"""
    return not training.roles or one.role in training.roles


def _owed(one: Colleague, training: Training, last: datetime | None, zone: ZoneInfo) -> TrainingOwed | None:
    if not must(one, training) or (last is not None and training.renew_every is None):
        return None
    since = max(filter(None, (training.begins_at(zone), one.joined_at)))
    if last is not None and training.renew_every is not None:
        since = max(since, last + training.renew_every)
    return TrainingOwed(colleague=one, training=training, since=since, due_at=since + training.within)


def read_completions(path: Path, people: Collection[str], trainings: Collection[str], by: str, now: datetime) -> tuple[Completed, ...]:
    """The completions of a sheet. Raises ConfigError with every fault and its line."""
    rows = read_sheet(path, COLUMNS, COLUMNS)
    problems: list[Problem] = []
    seen: dict[tuple[str, ...], int] = {}
    for row in rows:
        problems += [Problem(row.line, text) for text in _faults(row, people, trainings, now)]
        key = tuple(row.get(column) for column in COLUMNS)
        before = seen.setdefault(key, row.line)
        if before != row.line:
            problems.append(Problem(row.line, f"the same stands in line {before} already"))
    if problems:
        raise refusal(path, problems)
    made = ((row, _day(row.get("done_on"))) for row in rows)
    return tuple(Completed(person=row.get("person"), training=row.get("training"), at=at, by=by) for row, at in made if at is not None)


def _faults(row: Row, people: Collection[str], trainings: Collection[str], now: datetime) -> Iterator[str]:
    if row.get("person") not in people:
        yield f"person: {row.get('person')!r} is nobody's id; `czujka people list` names them"
    if row.get("training") not in trainings:
        yield f"training: {row.get('training')!r}; one of the configuration was expected: {', '.join(trainings) or 'there is none'}"
    day = _day(row.get("done_on"))
    if day is None:
        yield f"done_on: {row.get('done_on')!r}; a day such as 2026-11-20 was expected"
    elif day > now:
        yield f"done_on: {row.get('done_on')} is still to come"


def _day(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        return None
