"""Who must still read the policy, who is reminded when, and who hears of those who are late. And the sheet that names people."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr
from pathlib import Path

from core.policy import Version
from core.readers import NOTICE, Colleague, Owed, Read, ReadersTable, What
from governance.sheets import Problem, Row, read_sheet, refusal

REQUIRED = ("id", "name", "email")
COLUMNS = (*REQUIRED, "language", "role", "manager", "department", "joined_on", "left_on")
LANGUAGES = ("pl", "en")


def read_people(path: Path, known: Collection[str], language: str) -> tuple[Colleague, ...]:
    """The people of a sheet; who gives no language reads in `language`. `known` are those who may be managers though the sheet does not
    name them. Raises ConfigError with every fault and its line."""
    rows = read_sheet(path, REQUIRED, COLUMNS)
    ids = {row.get("id") for row in rows} | set(known)
    problems: list[Problem] = []
    seen: dict[tuple[str, str], int] = {}
    for row in rows:
        problems += [Problem(row.line, text) for text in _faults(row, ids)]
        for column in ("id", "email"):
            value = row.get(column).casefold()
            before = seen.setdefault((column, value), row.line)
            if value and before != row.line:
                problems.append(Problem(row.line, f"{column}: {row.get(column)!r} stands in line {before} already"))
    if problems:
        raise refusal(path, problems)
    return tuple(_colleague(row, language) for row in rows)


def _faults(row: Row, ids: set[str]) -> Iterator[str]:
    for column in REQUIRED:
        if not row.get(column):
            yield f"{column}: a value was expected"
    if row.get("id") and not re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,63}", row.get("id")):
        yield f"id: {row.get('id')!r}; small letters, digits, dots and hyphens were expected, such as anna.lis"
    if row.get("email") and not _is_address(row.get("email")):
        yield f"email: {row.get('email')!r} is no address"
    if row.get("language") and row.get("language") not in LANGUAGES:
        yield f"language: {row.get('language')!r}; pl or en was expected"
    if row.get("manager") and (row.get("manager") not in ids or row.get("manager") == row.get("id")):
        yield f"manager: {row.get('manager')!r} is nobody's id but their own, or nobody's at all"
    for column in ("joined_on", "left_on"):
        if row.get(column) and _day(row.get(column)) is None:
            yield f"{column}: {row.get(column)!r}; a day such as 2026-11-20 was expected"
    if len(row.get("name")) > 200 or len(row.get("role")) > 32 or len(row.get("department")) > 64:
        yield "a name of at most 200, a role of at most 32 and a department of at most 64 characters were expected"


def _is_address(text: str) -> bool:
    return len(text) <= 254 and parseaddr(text) == ("", text) and re.fullmatch(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+", text) is not None


def _day(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        return None


def _colleague(row: Row, language: str) -> Colleague:
    return Colleague(
        person=row.get("id"),
        name=row.get("name"),
        address=row.get("email"),
        language=row.get("language") or language,
        role=row.get("role") or "staff",
        manager=row.get("manager"),
        department=row.get("department"),
        joined_at=_day(row.get("joined_on")),
        left_at=_day(row.get("left_on")),
    )


def owed(
    staff: Sequence[Colleague], given: Sequence[Read], version: Version, before: Mapping[int, Version], table: ReadersTable, now: datetime
) -> tuple[Owed, ...]:
    """Who of the staff has not acknowledged what: the version in force, and the notice. Whoever acknowledged a notice that says the same
    owes it no more (`before` are earlier versions). The longest waiting first."""
    same = {version.number} | {number for number, one in before.items() if one.clause(NOTICE) == version.clause(NOTICE)}
    read = {one.person for one in given if one.what is What.POLICY and one.version == version.number}
    noticed = {one.person for one in given if one.what is What.NOTICE and one.version in same}
    has_notice = version.clause(NOTICE) is not None
    found = []
    for one in staff:
        if not one.is_here(now):
            continue
        must = not table.roles or one.role in table.roles
        missing = ((What.POLICY,) if must and one.person not in read else ()) + (
            (What.NOTICE,) if has_notice and one.person not in noticed else ()
        )
        if missing and version.effective_at is not None:
            since = max(filter(None, (version.effective_at, one.joined_at)))
            found.append(Owed(colleague=one, version=version.number, missing=missing, since=since, due_at=since + table.within))
    return tuple(sorted(found, key=lambda each: (each.since, each.colleague.person)))


def reminder(one: Owed, table: ReadersTable, now: datetime) -> int | None:
    """Which letter is due to them now: 0 is the first that asks. None: all that there are have gone out."""
    return nth(one.since, table.remind_every, table.reminders, now)


def nth(since: datetime, every: timedelta, most: int, now: datetime) -> int | None:
    """Which of `most` letters is due now, the first (0) at `since` and then one `every` so long; None before and after them."""
    number = (now - since) // every
    return number if 0 <= number < most else None
