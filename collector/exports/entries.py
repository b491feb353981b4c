"""From one row, whatever its columns are called, to an item, or to the reason why there is none."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from collector.exports import values
from collector.exports.columns import COUNTS, recognise, says_utc
from collector.exports.tally import Tally
from collector.exports.when import parse_time
from collector.voice import voice_of
from core.types import Author, Item, ItemKind, Json, Scope, Voice

_UTC = ZoneInfo("UTC")


class Unreadable(ValueError):
    """A row that is no item; `reason` is a stable word, the message says what to do."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """What holds where a row does not say it. `zone` is that of times without one; `voice` None lets author and scope decide."""

    platform: str = "file"
    scope: Scope = Scope.MENTION
    voice: Voice | None = None
    ours: tuple[str, ...] = ()
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Europe/Warsaw"))


@dataclass(frozen=True, slots=True)
class Reader:
    """Finds fields in rows with these column names."""

    names: tuple[str, ...]
    places: Mapping[str, tuple[int, ...]]

    @classmethod
    def of(cls, names: tuple[str, ...]) -> "Reader":
        return cls(names, recognise(names))

    def fields(self, cells: tuple[str, ...]) -> dict[str, str]:
        """The first cell of each field that is not blank."""
        found = {}
        for name, positions in self.places.items():
            for position in positions:
                if position < len(cells) and cells[position].strip():
                    found[name] = cells[position]
                    if name in {"created_at", "edited_at"} and says_utc(self.names[position]):
                        found[f"{name}_utc"] = "1"
                    break
        return found


def from_cells(reader: Reader, cells: tuple[str, ...], defaults: Defaults, tally: Tally) -> Item:
    """The item of a CSV row. Raises Unreadable."""
    extra = len(cells) - len(reader.names)
    if extra > 0 and any(cell.strip() for cell in cells[len(reader.names) :]):
        if len(reader.names) > 1:
            raise Unreadable(
                "too_many_cells",
                f"the row has {len(cells)} cells, the header {len(reader.names)}: put texts that hold the separator in double quotes",
            )
        raise Unreadable("too_many_cells", "a text that holds the separator must stand in double quotes")
    raw = {name or f"column {place}": cell for place, (name, cell) in enumerate(zip(reader.names, cells, strict=False), 1)}
    return _item(reader.fields(cells), raw, defaults, tally)


def from_object(row: Json, defaults: Defaults, tally: Tally) -> Item:
    """The item of a JSON object; an author given as an object is read too. Raises Unreadable."""
    row = values.clean(row)
    flat = dict(_flatten(row))
    names = tuple(flat)
    return _item(_reader(names).fields(tuple(flat.values())), row, defaults, tally)


_READERS: dict[tuple[str, ...], Reader] = {}


def _reader(names: tuple[str, ...]) -> Reader:
    """Objects of one file mostly have the same few sets of keys."""
    known = _READERS.get(names)
    if known is None:
        if len(_READERS) > 64:
            _READERS.clear()
        known = _READERS[names] = Reader.of(names)
    return known


_AUTHORS = ("author", "user", "from", "account", "autor", "sender", "owner", "profile", "uzytkownik")
_INSIDE_AUTHOR = {
    "id": "author_id", "did": "author_id", "name": "author_name", "display_name": "author_name", "displayName": "author_name",
    "username": "author_handle", "handle": "author_handle", "screen_name": "author_handle",
    "acct": "author_handle", "login": "author_handle",
}  # fmt: skip
_METRICS = ("public_metrics", "metrics", "engagement", "statistics", "stats")


def _flatten(row: Json) -> list[tuple[str, str]]:
    flat: list[tuple[str, str]] = []
    key: str
    for key, value in row.items():
        if isinstance(value, dict) and key in _AUTHORS:
            flat += [(str(_INSIDE_AUTHOR.get(name, name)), _word(part)) for name, part in value.items()]
        elif isinstance(value, dict) and key in _METRICS:
            flat += [(name, _word(part)) for name, part in value.items()]
        else:
            flat.append((key, _word(value)))
    return [pair for pair in flat if pair[1]]


def _word(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _item(found: dict[str, str], raw: Json, defaults: Defaults, tally: Tally) -> Item:
    title, text = values.plain(found.get("title", "")), values.plain(found.get("text", ""))
    if not text:
        title, text = "", title
    if not text:
        raise Unreadable("no_text", "the row has no text: fill its text cell or leave the row out")
    kind, parent_id = _place(found)
    author = _author(found)
    platform = values.platform(found.get("platform", "")) or defaults.platform
    voice = values.voice(found.get("voice", "")) or defaults.voice
    created_at = _time(found, "created_at", defaults.zone)
    return Item(
        platform=platform,
        external_id=values.identifier(found.get("id", ""))
        or tally.identify(platform, author.id, author.name, found.get("created_at", ""), found.get("time", ""), title, text),
        kind=kind,
        text=text,
        voice=voice or voice_of(author, defaults.ours, defaults.scope, kind, parent_id),
        created_at=created_at,
        author=author,
        title=title,
        url=_url(found.get("url", "")),
        lang=values.language(found.get("lang", "")),
        parent_id=parent_id,
        thread_id=values.identifier(found.get("thread_id", "")) or parent_id,
        edited_at=_edited(found, defaults.zone),
        engagement={name: number for name in COUNTS if (number := values.count(found.get(name, ""))) is not None},
        raw=raw,
    )


def _place(found: Mapping[str, str]) -> tuple[ItemKind, str | None]:
    parent_id = values.identifier(found.get("parent_id", "")) or None
    kind = values.kind(found.get("kind", ""))
    if kind is None:
        kind = ItemKind.COMMENT if parent_id else ItemKind.REVIEW if "stars" in found else ItemKind.POST
    return kind, parent_id


def _author(found: Mapping[str, str]) -> Author:
    """Where a file gives no id of its author, the handle or the name is what tells authors apart."""
    name, handle = values.plain(found.get("author_name", "")).strip(), values.plain(found.get("author_handle", "")).strip()
    if name.startswith("@") and not handle:
        name, handle = "", name
    handle = handle.lstrip("@")
    known = values.identifier(found.get("author_id", ""))
    return Author(id=known or handle or name, name=name or handle, handle=handle, followers=values.count(found.get("followers", "")))


def _time(found: Mapping[str, str], name: str, zone: ZoneInfo) -> datetime | None:
    day, clock = found.get(name, ""), found.get("time", "")
    if not day and not clock:
        return None
    parse: Callable[..., datetime] = parse_time
    try:
        return parse(day or clock, _UTC if f"{name}_utc" in found else zone, clock if day else "")
    except ValueError as error:
        raise Unreadable("bad_time", f"{(day or clock)[:60]!r} cannot be read as a time: {error}") from error


def _edited(found: Mapping[str, str], zone: ZoneInfo) -> datetime | None:
    """When it was edited; exports also write "no" or a flag there, which says nothing of the time."""
    try:
        return parse_time(found["edited_at"], _UTC if "edited_at_utc" in found else zone) if "edited_at" in found else None
    except ValueError:
        return None


def _url(cell: str) -> str:
    """An address of the web; spreadsheets' links and anything else are left out."""
    cell = values.plain(cell.strip())
    return cell[:2000] if cell.lower().startswith(("http://", "https://")) else ""
