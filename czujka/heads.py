"""The heads of the audit in a file beside the database, or wherever `[audit] heads` says: one JSON object a line, only ever added to."""

import json
import logging
import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from core.chain import Head
from core.errors import ConfigError
from core.settings import Settings
from czujka.house import House
from storage import Store

log = logging.getLogger("czujka.audit")


def heads_file(settings: Settings) -> Path:
    """Where the heads are kept."""
    return Path(settings.audit.heads) if settings.audit.heads else settings.home / "audit-heads.jsonl"


def export_head(settings: Settings, store: Store, now: datetime) -> Head:
    """Add the head to the file unless it is the last one there; the log says it too. Raises ConfigError: the file cannot be written."""
    head, file = store.audit.head(now), heads_file(settings)
    try:
        before = read_heads(file)[-1:] if file.exists() else []
        if [(one.line_id, one.hash) for one in before] != [(head.line_id, head.hash)]:
            file.parent.mkdir(parents=True, exist_ok=True)
            with file.open("a", encoding="ascii") as out:
                out.write(as_text(head) + "\n")
                out.flush()
                os.fsync(out.fileno())
            log.info("the audit's head is line %s, %s", head.line_id, head.hash)
    except OSError as error:
        raise ConfigError(f"{file}: the audit's head cannot be written: {error.strerror}", reason="heads") from error
    return head


def export_heads(house: House) -> int:
    """The same as a job of the running service."""
    return export_head(house.settings, house.store, house.clock()).line_id


def read_heads(file: Path) -> Sequence[Head]:
    """All heads of a file, the oldest first. Raises ConfigError: no such file, or a line that is no head."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file}: the heads cannot be read: {error}", reason="heads") from error
    return [_head(file, number, line) for number, line in enumerate(lines, start=1) if line.strip()]


def as_text(head: Head) -> str:
    """A head as one line of the file."""
    return json.dumps({"line": head.line_id, "hash": head.hash, "at": head.at.isoformat()})


def _head(file: Path, number: int, line: str) -> Head:
    try:
        said = json.loads(line)
        return Head(line_id=int(said["line"]), hash=str(said["hash"]), at=datetime.fromisoformat(said["at"]))
    except (ValueError, KeyError, TypeError) as error:
        raise ConfigError(f'{file}, line {number}: {{"line": …, "hash": …, "at": …}} was expected', reason="heads") from error
