"""Files that a test writes, and what is read of them."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from collector.file import read_file
from core.types import Item, Rejected

WARSAW = ZoneInfo("Europe/Warsaw")
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
TEXT = "Zażółć gęślą jaźń – „Mleczarnia Polna”"


def written(folder: Path, content: bytes | str, name: str = "posts.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def items(path: Path, **how: object) -> list[Item]:
    found = list(read_file(path, **how))  # type: ignore[arg-type]
    assert all(isinstance(one, Item) for one in found), found
    return [one for one in found if isinstance(one, Item)]


def rejected(path: Path) -> list[Rejected]:
    return [one for one in read_file(path) if isinstance(one, Rejected)]
