"""How the last looks at registered accounts' profiles ended."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.register import Looked, Profile
from storage.database import Database
from storage.schema_register import account_look


@dataclass(frozen=True)
class Profiles:
    """Questions about profiles."""

    database: Database

    def all(self) -> Mapping[int, Looked]:
        """The last look at each account, by its number in the register."""
        with self.database.read() as connection:
            return {row.account_id: _looked(row) for row in connection.execute(sa.select(account_look))}

    def there(self, account: int, profile: Profile, now: datetime) -> None:
        """It is there, and called so."""
        self._keep(account, {"looked_at": now, "misses": 0, "platform_id": profile.account_id[:256], "handle": profile.handle})

    def missed(self, account: int, now: datetime) -> None:
        """Nothing was there."""
        self._keep(account, {"looked_at": now, "misses": account_look.c.misses + 1}, {"misses": 1, "platform_id": "", "handle": ""})

    def unknown(self, account: int, now: datetime) -> None:
        """The platform did not say; what was known stays."""
        self._keep(account, {"looked_at": now}, {"misses": 0, "platform_id": "", "handle": ""})

    def _keep(self, account: int, change: dict[str, Any], first: dict[str, Any] | None = None) -> None:
        row = {"account_id": account, **change, **(first or {})}
        with self.database.write() as connection:
            made = self.database.insert(account_look).values(row)
            connection.execute(made.on_conflict_do_update(index_elements=["account_id"], set_=change))


def _looked(row: sa.Row[Any]) -> Looked:
    return Looked(account=row.account_id, looked_at=row.looked_at, misses=row.misses, account_id=row.platform_id, handle=row.handle)
