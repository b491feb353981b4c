"""Reads what platforms send: typed looks into JSON that may hold anything, times, and lists where one bad entry spoils nothing."""

import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from core.text import strip_controls
from core.types import Item, Json, Rejected

_RAW_LIMIT = 20_000
_UNREADABLE = (KeyError, IndexError, TypeError, ValueError, AttributeError, OverflowError)


class Unlike(ValueError):
    """A value is not what the platform's documentation promises."""


def text(raw: Any, *path: str | int) -> str:
    """The text at a path of keys and indices. Raises Unlike."""
    found = _at(raw, path)
    if not isinstance(found, str):
        raise Unlike(f"{_where(path)}: a text was expected, {_what(found)} came")
    return strip_controls(found)


def maybe_text(raw: Any, *path: str | int) -> str:
    """The text at a path, "" where it is missing, null or something else."""
    found = _at(raw, path)
    return strip_controls(found) if isinstance(found, str) else ""


def identifier(raw: Any, *path: str | int) -> str:
    """An id at a path: a text or a whole number, never empty. Raises Unlike."""
    found = _at(raw, path)
    if isinstance(found, int) and not isinstance(found, bool):
        return str(found)
    if not isinstance(found, str) or not strip_controls(found).strip():
        raise Unlike(f"{_where(path)}: an id was expected, {_what(found)} came")
    return strip_controls(found).strip()


def table(raw: Any, *path: str | int) -> Json:
    """The object at a path, {} where it is missing or something else."""
    found = _at(raw, path)
    return found if isinstance(found, dict) else {}


def rows(raw: Any, *path: str | int) -> list[Any]:
    """The list at a path, [] where it is missing or something else."""
    found = _at(raw, path)
    return found if isinstance(found, list) else []


def maybe_count(raw: Any, *path: str | int) -> int | None:
    """A count at a path, None where it is missing or not a count; unknown is never 0."""
    found = _at(raw, path)
    return found if isinstance(found, int) and not isinstance(found, bool) and 0 <= found < 2**53 else None


def counts(raw: Any, **names: str) -> dict[str, int]:
    """Counts by our names: counts(raw, likes="favourites_count"). Unknown ones are left out."""
    return {ours: found for ours, theirs in names.items() if (found := maybe_count(raw, theirs)) is not None}


def moment(raw: Any, *path: str | int) -> datetime:
    """An ISO 8601 time at a path as aware UTC; without a zone it is UTC. Raises Unlike."""
    found = _at(raw, path)
    try:
        return as_utc(datetime.fromisoformat(str(found).strip()))
    except (ValueError, OverflowError) as error:
        raise Unlike(f"{_where(path)}: an ISO time was expected, {_what(found)} came") from error


def maybe_moment(raw: Any, *path: str | int) -> datetime | None:
    """Like `moment`, None where it is missing or cannot be read."""
    try:
        return moment(raw, *path)
    except Unlike:
        return None


def as_utc(time: datetime) -> datetime:
    """Aware UTC. Raises OverflowError at the ends of the calendar, Unlike before 1990: no platform is that old."""
    time = time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    if time.year < 1990:
        raise Unlike(f"a time was expected, {time.isoformat()} came")
    return time


def each(raws: Iterable[Any], read: Callable[[Any], Item | None]) -> tuple[tuple[Item, ...], tuple[Rejected, ...]]:
    """Read entries one by one. `read` gives None for what is to be passed over; what it cannot read is rejected, the rest is kept."""
    items: list[Item] = []
    rejected: list[Rejected] = []
    for raw in raws:
        try:
            item = read(raw)
        except _UNREADABLE as error:
            rejected.append(reject("unreadable", str(error), raw))
        else:
            if item is not None:
                items.append(item)
    return tuple(items), tuple(rejected)


def reject(reason: str, detail: str, raw: Any) -> Rejected:
    """One entry for the quarantine; the payload is cut at 20,000 characters."""
    return Rejected(
        reason=reason, detail=detail, raw=raw[:_RAW_LIMIT] if isinstance(raw, str) else json.dumps(raw, default=str)[:_RAW_LIMIT]
    )


def _at(raw: Any, path: tuple[str | int, ...]) -> Any:
    for key in path:
        if isinstance(raw, dict) and isinstance(key, str):
            raw = raw.get(key)
        elif isinstance(raw, list) and isinstance(key, int) and -len(raw) <= key < len(raw):
            raw = raw[key]
        else:
            return None
    return raw


def _where(path: tuple[str | int, ...]) -> str:
    return ".".join(str(key) for key in path) or "the value"


def _what(found: Any) -> str:
    return "nothing" if found is None else f"{type(found).__name__} {str(found)[:60]!r}"
