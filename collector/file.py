"""Files of posts exported from elsewhere: CSV and JSON Lines. Read once (`read_file`) or watched as a source (`collect`)."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from glob import has_magic
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from collector.base import Asking, Capabilities
from collector.exports import Defaults, Tally
from collector.exports.follow import follow, opened
from collector.overlap import unseen
from core.errors import BadResponse, CollectError, Gone
from core.settings import SourceSettings
from core.table import ZoneName
from core.types import Item, Json, Page, Rejected, Scope, Voice

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
    export = opened(path, defaults)
    return (entry.outcome for entry in export.read(Tally(), progress=progress))


def collect(settings: Settings, cursor: Json | None, asking: Asking) -> Page:
    """The next rows of the first file that has any. Raises BadResponse, Gone, Unauthorized. Touches no network."""
    marks: Json = dict((cursor or {}).get("files", {}))
    paths = _paths(settings.path)
    entries: list[Rejected | Item] = []
    more = False
    for place, path in enumerate(paths):
        try:
            entries, marks[str(path)], more = follow(path, marks.get(str(path)), _defaults(settings), asking.now)
        except (BadResponse, Gone) as error:
            if len(paths) == 1 and not has_magic(str(settings.path)):
                raise
            entries, marks[str(path)] = _refused(path, marks.get(str(path)), error)
        if entries or more:
            more = more or place + 1 < len(paths)
            break
    kept = {str(path): marks[str(path)] for path in paths if str(path) in marks}
    found = {(item.platform, item.external_id): believed(item, asking.now) for item in entries if isinstance(item, Item)}
    items, given = unseen(found.values(), (cursor or {}).get("given"))
    return Page(
        items=items,
        rejected=tuple(entry for entry in entries if isinstance(entry, Rejected)),
        cursor={"files": kept, "given": given},
        more=more,
        requests=0,
    )


def believed(item: Item, now: datetime) -> Item:
    """A time in the future is a mistake; the time of collection is then the better one."""
    return replace(item, created_at=None) if item.created_at is not None and item.created_at > now else item


def _refused(path: Path, mark: Json | None, error: CollectError) -> tuple[list[Rejected | Item], Json]:
    """One unreadable file among many is told of once for each of its states; the others are read."""
    state = {"refused": str(error)}
    if mark == state:
        return [], state
    return [Rejected(reason=error.reason, detail=str(error), raw=path.name)], state


def _paths(path: Path) -> list[Path]:
    if not has_magic(str(path)):
        if path.is_dir():
            raise BadResponse(f"{path} is a folder; write which files of it are meant, such as {path}/*.csv", reason="is_folder")
        return [path]
    fixed = next(parent for parent in path.parents if not has_magic(str(parent)))
    if not fixed.is_dir():
        raise Gone(f"the folder {fixed} is not there; create it or mend path")
    return sorted(found for found in fixed.glob(str(path.relative_to(fixed))) if found.is_file())


def _defaults(settings: Settings) -> Defaults:
    return Defaults(platform=settings.platform, scope=settings.scope, ours=settings.ours, zone=ZoneInfo(settings.timezone))
