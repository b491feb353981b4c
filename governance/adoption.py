"""The sheet on the use of the portal: read whole or refused with every fault and its line."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from core.adoption import SMALLEST, Adoption
from governance.sheets import Problem, Row, read_sheet, refusal

COUNTS = ("staff", "active", "managers", "managers_active")
COLUMNS = ("month", "department", *COUNTS)
LONGEST_NAME, MOST = 64, 10_000_000


def read_adoption(path: Path) -> tuple[Adoption, ...]:
    """The rows of a sheet. Raises ConfigError with every fault and its line."""
    rows = read_sheet(path, COLUMNS, COLUMNS)
    seen: dict[tuple[str, str], int] = {}
    problems = []
    for row in rows:
        problems += [Problem(row.line, text) for text in _faults(row)]
        before = seen.setdefault((row.get("month"), row.get("department").casefold()), row.line)
        if before != row.line:
            problems.append(Problem(row.line, f"month and department stand in line {before} already"))
    if problems:
        raise refusal(path, problems)
    return tuple(_adoption(row) for row in rows)


def _faults(row: Row) -> Iterator[str]:
    if _month(row.get("month")) is None:
        yield f"month: {row.get('month')!r}; a month such as 2026-11 was expected"
    if not 0 < len(row.get("department")) <= LONGEST_NAME:
        yield f"department: a name of at most {LONGEST_NAME} characters was expected"
    counts = [_count(row.get(name)) for name in COUNTS]
    if None in counts:
        yield f"{', '.join(COUNTS)}: whole numbers were expected"
        return
    staff, active, managers, managers_active = (count or 0 for count in counts)
    if active > staff or managers_active > managers or managers > staff or managers_active > active:
        yield "no more active than there are, and no more managers than staff were expected"


def _month(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y-%m").replace(tzinfo=UTC) if len(text) == 7 else None
    except ValueError:
        return None


def _count(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and int(text) <= MOST else None


def _adoption(row: Row) -> Adoption:
    month = _month(row.get("month"))
    assert month is not None  # noqa: S101 - `_faults` has looked
    staff, active, managers, managers_active = (int(row.get(name)) for name in COUNTS)
    return Adoption(
        month=month.date(),
        department=row.get("department"),
        staff=staff,
        active=active,
        managers=managers,
        managers_active=managers_active,
    )


def by_department(rows: tuple[Adoption, ...]) -> tuple[Adoption, ...]:
    """Of one month: departments of fewer than five people stand together as "…", so that no figure is one person's."""
    large = [one for one in rows if one.staff >= SMALLEST]
    small = [one for one in rows if one.staff < SMALLEST]
    if not small:
        return tuple(large)
    sums = {name: sum(getattr(one, name) for one in small) for name in COUNTS}
    together = Adoption(month=small[0].month, department="…", **sums)
    return (*large, together) if together.staff >= SMALLEST else tuple(large)
