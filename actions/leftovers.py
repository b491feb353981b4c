"""What names somebody outside of the database: mails that were written to a folder, backups, files that sources read.

Mails of ours go. Backups and exports are not ours to rewrite: they are named, so that a person can.
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

from core.forgetting import Traces
from core.settings import Settings

BACKUPS = "backups.jsonl"
SQLITE = b"SQLite format 3\x00"


@dataclass(frozen=True, slots=True, kw_only=True)
class Leftover:
    """A file that still names somebody, or may: `sure` is False where its form keeps us from looking. `made_at` is aware UTC."""

    file: Path
    kind: str
    sure: bool
    made_at: datetime


def note_backup(settings: Settings, file: Path, now: datetime) -> None:
    """Remember where a backup was written: whoever is erased later stands in it too."""
    with (settings.home / BACKUPS).open("a", encoding="utf-8") as out:
        out.write(json.dumps({"file": str(file.resolve()), "at": now.isoformat()}) + "\n")


def mails(settings: Settings, traces: Traces) -> list[Path]:
    """The mails in folders of channels that name somebody."""
    folders = {Path(channel.folder) for channel in settings.channel if getattr(channel, "folder", None)}
    return [file for folder in sorted(folders) for file in sorted(folder.glob("*.eml")) if _says(file, traces)]


def left_over(settings: Settings, traces: Traces) -> list[Leftover]:
    """Backups that still exist, and files that sources read, which name somebody or may."""
    found = [_backup(file, traces) for file in _backups(settings)]
    found += [_export(Path(source.path), traces) for source in settings.source if source.kind == "file"]
    return [one for one in found if one is not None]


def _says(file: Path, traces: Traces) -> bool:
    with file.open("rb") as opened:
        message: EmailMessage = BytesParser(_class=EmailMessage, policy=policy.default).parse(opened)
    said = [str(value) for value in message.values()]
    said += [part.get_content() for part in message.walk() if part.get_content_maintype() == "text"]
    return any(traces.in_text(text) != text for text in said)


def _backups(settings: Settings) -> Iterator[Path]:
    """Those that were noted, and whatever in the data folder is a database that is not in use."""
    present = settings.database_url().removeprefix("sqlite:///")
    noted = settings.home / BACKUPS
    lines = noted.read_text(encoding="utf-8").splitlines() if noted.exists() else []
    files = {Path(json.loads(line)["file"]) for line in lines}
    near = {file.resolve() for file in settings.home.glob("*") if file.is_file() and _head(file).startswith((SQLITE, b"PGDMP"))}
    for file in sorted(files | near):
        if file.is_file() and file != Path(present).resolve():
            yield file


def _backup(file: Path, traces: Traces) -> Leftover | None:
    made_at = datetime.fromtimestamp(file.stat().st_mtime, UTC)
    if not _head(file).startswith(SQLITE):
        return Leftover(file=file, kind="backup", sure=False, made_at=made_at)
    with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as copy:
        found = any(_names(text, traces) for text in _texts(copy))
    return Leftover(file=file, kind="backup", sure=True, made_at=made_at) if found else None


def _texts(copy: sqlite3.Connection) -> Iterator[str]:
    tables = [row[0] for row in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'item_words%'")]
    for table in tables:
        for row in copy.execute(f'SELECT * FROM "{table}"'):  # noqa: S608 - the names are the backup's own
            yield from (value for value in row if isinstance(value, str))


def _names(text: str, traces: Traces) -> bool:
    """JSON is kept with other letters written as numbers: it is read before it is looked at."""
    if traces.in_text(text) != text:
        return True
    if not text.startswith(("{", "[", '"')):
        return False
    try:
        value = json.loads(text)
    except ValueError:
        return False
    return bool(traces.in_json(value) != value)


def _export(file: Path, traces: Traces) -> Leftover | None:
    if not file.is_file():
        return None
    text = file.read_text(encoding="utf-8", errors="replace")
    if not any(_names(line, traces) for line in text.splitlines()):
        return None
    return Leftover(file=file, kind="export", sure=True, made_at=datetime.fromtimestamp(file.stat().st_mtime, UTC))


def _head(file: Path) -> bytes:
    with file.open("rb") as opened:
        return opened.read(16)


def remove(files: Sequence[Path]) -> int:
    """They go; answers how many."""
    for file in files:
        file.unlink(missing_ok=True)
    return len(files)
