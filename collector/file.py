"""Files of posts exported from elsewhere: CSV and JSON Lines. Read once (`read_file`) or watched as a source (`collect`)."""

import os
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from glob import has_magic
from hashlib import sha256
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from collector.base import Asking, Capabilities
from collector.exports import Defaults, Entry, Export, Tally, open_export
from collector.exports.shape import Layout
from core.errors import BadResponse, Gone, Unauthorized
from core.settings import SourceSettings, ZoneName
from core.types import Item, Json, Page, Rejected, Scope, Voice

_PAGE = 500
_SETTLED = timedelta(seconds=60)
_HEAD_BYTES = 256
_REMEMBERED = 2_000

capabilities = Capabilities(comments=True, mentions=True, edits=True, backfill=True)


class Settings(SourceSettings):
    """Files in a folder, CSV or JSON Lines, as other tools export them.

    `path` is a file or a pattern such as "drop/*.csv"; a path that does not begin with / lies in the data folder. JSON Lines
    are followed as they grow, CSV is read again when it changed. `platform` holds for rows without one; `timezone` for times
    without a zone.
    """

    kind: Literal["file"]
    path: Path
    platform: str = "file"
    timezone: ZoneName = "Europe/Warsaw"


def read_file(
    path: Path,
    *,
    platform: str = "file",
    scope: Scope = Scope.MENTION,
    voice: Voice | None = None,
    ours: tuple[str, ...] = (),
    timezone: str = "Europe/Warsaw",
    progress: Callable[[int], object] = lambda _: None,
) -> Iterator[Item | Rejected]:
    """Every row of a file, as it comes, in constant memory (but for about 100 bytes for each row without an id).

    `progress` is told how many bytes were read since it was last told. A row that is no item comes as Rejected with its line
    and what to do. Raises BadResponse (no text file, no column of texts), Gone, Unauthorized.
    """
    defaults = Defaults(platform=platform, scope=scope, voice=voice, ours=ours, zone=ZoneInfo(timezone))
    export = _opened(path, defaults)
    return (entry.outcome for entry in export.read(Tally(), progress=progress))


def collect(settings: Settings, cursor: Json | None, asking: Asking) -> Page:
    """The next rows of the first file that has any. Raises BadResponse, Gone, Unauthorized. Touches no network."""
    marks: Json = dict((cursor or {}).get("files", {}))
    paths = _paths(settings.path)
    for place, path in enumerate(paths):
        entries, mark, more = _follow(path, marks.get(str(path)), settings, asking.now)
        marks[str(path)] = mark
        if entries or more:
            return _page(entries, _kept(marks, paths), more=more or place + 1 < len(paths))
    return _page([], _kept(marks, paths), more=False)


def _page(entries: list[Entry], marks: Json, *, more: bool) -> Page:
    outcomes = [entry.outcome for entry in entries]
    return Page(
        items=tuple(outcome for outcome in outcomes if isinstance(outcome, Item)),
        rejected=tuple(outcome for outcome in outcomes if isinstance(outcome, Rejected)),
        cursor={"files": marks},
        more=more,
        requests=0,
    )


def _kept(marks: Json, paths: list[Path]) -> Json:
    """Files that are gone from a pattern are forgotten, so that the cursor does not grow for ever."""
    return {str(path): marks[str(path)] for path in paths if str(path) in marks}


def _paths(path: Path) -> list[Path]:
    if not has_magic(str(path)):
        if path.is_dir():
            raise BadResponse(f"{path} is a folder; write which files of it are meant, such as {path}/*.csv", reason="is_folder")
        if not path.exists():
            raise Gone(f"{path} is not there; it is read as soon as it appears")
        return [path]
    fixed = next(parent for parent in path.parents if not has_magic(str(parent)))
    if not fixed.is_dir():
        raise Gone(f"the folder {fixed} is not there; create it or mend path")
    return sorted(found for found in fixed.glob(str(path.relative_to(fixed))) if found.is_file())


def _opened(path: Path, defaults: Defaults) -> Export:
    try:
        return open_export(path, defaults)
    except FileNotFoundError as error:
        raise Gone(f"{path} is not there") from error
    except PermissionError as error:
        raise Unauthorized(f"{path} may not be read by this user; change its permissions or owner") from error
    except OSError as error:
        raise BadResponse(f"{path} cannot be read: {error.strerror}") from error


def _follow(path: Path, mark: Json | None, settings: Settings, now: datetime) -> tuple[list[Entry], Json, bool]:
    """Rows of one file behind its mark, the new mark, and whether there is more.

    The mark holds the offset, the line, a fingerprint of the file's beginning and its inode. A file with another beginning,
    another inode or fewer bytes is a new one: what was still unread in the old one is looked for beside it, under the
    name that a rotation gave it.
    """
    stat = path.stat()
    if mark is not None and not _is_same(path, mark, stat):
        moved = _moved(path, mark)
        if moved is not None:
            entries, rest, more = _follow(moved, {**mark, "moved": True}, settings, now)
            if entries or more:
                return entries, {**rest, "inode": mark["inode"]}, True
        mark = None
    export = _opened(path, _defaults(settings))
    if mark is not None and mark["offset"] >= mark["size"] and _is_unchanged(mark, stat):
        return [], mark, False
    if mark is not None and mark.get("done") and export.shape.layout is Layout.CSV:
        mark = None
    return _read(export, mark, stat, now)


def _read(export: Export, mark: Json | None, stat: os.stat_result, now: datetime) -> tuple[list[Entry], Json, bool]:
    offset, line = (mark["offset"], mark["line"]) if mark else (export.start, export.line)
    tally = Tally(_REMEMBERED, mark.get("seen") if mark else None)
    settled = now.timestamp() - stat.st_mtime >= _SETTLED.total_seconds()
    entries: list[Entry] = []
    more = False
    for entry in export.read(tally, offset, line):
        if not entry.complete and not settled:
            break
        entries.append(entry)
        offset, line = entry.end, entry.line + 1
        if len(entries) == _PAGE:
            more = offset < stat.st_size
            break
    size = min(stat.st_size, _HEAD_BYTES)
    state = {"inode": stat.st_ino, "size": stat.st_size, "mtime": stat.st_mtime_ns, "head": _head(export.path, size), "head_bytes": size}
    return entries, {**state, "offset": offset, "line": line, "seen": tally.as_json(), "done": not more}, more


def _is_same(path: Path, mark: Json, stat: os.stat_result) -> bool:
    return bool(stat.st_ino == mark["inode"] and stat.st_size >= mark["offset"] and _head(path, mark["head_bytes"]) == mark["head"])


def _is_unchanged(mark: Json, stat: os.stat_result) -> bool:
    return bool(mark["size"] == stat.st_size and mark["mtime"] == stat.st_mtime_ns)


def _moved(path: Path, mark: Json) -> Path | None:
    """The file behind the mark under another name in its folder, where a rotation put it."""
    beside = (found for found in path.parent.iterdir() if found != path and found.is_file())
    return next((found for found in beside if found.stat().st_ino == mark["inode"]), None)


def _head(path: Path, size: int) -> str:
    with path.open("rb") as stream:
        return sha256(stream.read(size)).hexdigest()[:16]


def _defaults(settings: Settings) -> Defaults:
    return Defaults(platform=settings.platform, scope=settings.scope, ours=settings.ours, zone=ZoneInfo(settings.timezone))
