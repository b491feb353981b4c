"""Taking in the sheet on the use of the portal."""

from datetime import datetime
from pathlib import Path

from governance.adoption import read_adoption
from storage import Store


def take_in(store: Store, path: Path, actor: str, now: datetime) -> int:
    """Take a sheet in, all of it or nothing; answers how many rows it has. Raises ConfigError: every fault."""
    rows = read_adoption(path)
    store.portal_use.take_in(rows, actor, now)
    return len(rows)
