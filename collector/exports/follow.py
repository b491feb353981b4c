"""Reads a file that others go on writing: what is new behind a mark, through rotation, truncation and half lines.

A mark is JSON: `offset` (bytes) and `line` to go on from; `inode` and `trace` (a fingerprint of the file's beginning and of the
bytes before the offset) to know the file again; `size` and `mtime` as they were when this reading began; `done` when it came to
the end; `seen` for rows without an id.
"""

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from collector.exports.entries import Defaults
from collector.exports.export import Entry, Export, open_export
from collector.exports.shape import Layout
from collector.exports.tally import Tally
from core.errors import BadResponse, Gone, Unauthorized
from core.types import Item, Json, Rejected

PAGE = 500
_SETTLED = timedelta(seconds=60)
_TRACE_BYTES = 256
_REMEMBERED = 2_000


def opened(path: Path, defaults: Defaults) -> Export:
    """`open_export` with the errors of the file system named. Raises BadResponse, Gone, Unauthorized."""
    try:
        return open_export(path, defaults)
    except FileNotFoundError as error:
        raise Gone(f"{path} is not there; it is read as soon as it appears") from error
    except PermissionError as error:
        raise Unauthorized(f"{path} may not be read by this user; change its permissions or owner") from error
    except OSError as error:
        raise BadResponse(f"{path} cannot be read: {error.strerror}") from error


def follow(path: Path, mark: Json | None, defaults: Defaults, now: datetime) -> tuple[list[Item | Rejected], Json, bool]:
    """At most 500 rows behind the mark, the new mark, and whether there is more. Raises BadResponse, Gone, Unauthorized.

    JSON Lines go on where they ended. CSV is read again from its beginning when it changed after the last row was read. A line
    without its end is read when the file has rested for a minute; a half JSON line never.
    """
    export = opened(path, defaults)
    stat = path.stat()
    if mark is None or "offset" not in mark:
        return _read(export, None, stat, settled=_rests(stat, now))
    if stat.st_ino != mark["inode"] and (old := _renamed(path, mark)) is not None:
        entries, rest, _ = _read(opened(old, defaults), mark, old.stat(), settled=True)
        if entries:
            return entries, rest, True
    if not _is_same(path, stat, mark):
        return _read(export, None, stat, settled=_rests(stat, now))
    if mark["done"] and export.shape.layout is Layout.CSV:
        if (stat.st_size, stat.st_mtime_ns) == (mark["size"], mark["mtime"]):
            return [], mark, False
        return _read(export, None, stat, settled=_rests(stat, now))
    return _read(export, mark, stat, settled=_rests(stat, now))


def _read(export: Export, mark: Json | None, stat: os.stat_result, *, settled: bool) -> tuple[list[Item | Rejected], Json, bool]:
    tally = Tally(_REMEMBERED, mark["seen"] if mark else None)
    offset, line = (mark["offset"], mark["line"]) if mark else (export.start, export.line)
    began = (mark["size"], mark["mtime"]) if mark else (stat.st_size, stat.st_mtime_ns)
    entries, more, waits = _page(export.read(tally, offset, line), export.shape.layout, settled=settled)
    if entries:
        offset, line = entries[-1].end, entries[-1].next_line
    new: Json = {
        "offset": offset,
        "line": line,
        "inode": stat.st_ino,
        "trace": _trace(export.path, offset),
        "size": began[0],
        "mtime": began[1],
        "done": not more and not waits,
        "seen": tally.as_json(),
    }
    return [entry.outcome for entry in entries], new, more


def _page(found: Iterator[Entry], layout: Layout, *, settled: bool) -> tuple[list[Entry], bool, bool]:
    """The entries of a page, whether more can be read at once, and whether a half line is still being waited for."""
    entries: list[Entry] = []
    for entry in found:
        if not entry.complete and not (settled and (layout is Layout.CSV or isinstance(entry.outcome, Item))):
            return entries, False, True
        if len(entries) == PAGE:
            return entries, True, False
        entries.append(entry)
    return entries, False, False


def _rests(stat: os.stat_result, now: datetime) -> bool:
    return now.timestamp() - stat.st_mtime >= _SETTLED.total_seconds()


def _is_same(path: Path, stat: os.stat_result, mark: Json) -> bool:
    """Whether the file still begins, and goes on up to the offset, as it did. Another inode alone is no other file: editors
    write a new one and rename it."""
    return bool(stat.st_size >= mark["offset"] and _trace(path, mark["offset"]) == mark["trace"])


def _renamed(path: Path, mark: Json) -> Path | None:
    """The file that was followed, under the name that a rotation gave it, if something of it is still unread."""
    for beside in path.parent.glob(f"{path.stem}*"):
        stat = beside.stat()
        if beside != path and stat.st_ino == mark["inode"] and stat.st_size > mark["offset"] and _is_same(beside, stat, mark):
            return beside
    return None


def _trace(path: Path, offset: int) -> str:
    with path.open("rb") as stream:
        digest = sha256(stream.read(min(_TRACE_BYTES, offset)))
        stream.seek(max(0, offset - _TRACE_BYTES))
        digest.update(stream.read(min(_TRACE_BYTES, offset)))
    return digest.hexdigest()[:20]
