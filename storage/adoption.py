"""How the portal is used, as sheets told it: a month's newest sheet counts."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

import sqlalchemy as sa

from core.accounts import AuditLine
from core.adoption import Adoption
from storage.audit import write_line
from storage.database import Database
from storage.schema_adoption import portal_use


@dataclass(frozen=True)
class PortalUse:
    """Questions about the use of the portal."""

    database: Database

    def between(self, first: date, after: date) -> tuple[Adoption, ...]:
        """Of the months that begin in these days, by month and department."""
        query = sa.select(portal_use).where(portal_use.c.month >= first, portal_use.c.month < after)
        with self.database.read() as connection:
            rows = connection.execute(query.order_by(portal_use.c.month, portal_use.c.department)).all()
            return tuple(Adoption(**row._mapping) for row in rows)

    def take_in(self, rows: Sequence[Adoption], actor: str, now: datetime) -> None:
        """Write these rows, all or none. A month that they name is told by them alone from now on."""
        months = sorted({one.month for one in rows})
        with self.database.write() as connection:
            connection.execute(sa.delete(portal_use).where(portal_use.c.month.in_(months)))
            if rows:
                connection.execute(sa.insert(portal_use), [asdict(one) for one in rows])
            told = ", ".join(f"{month:%Y-%m}" for month in months[:12])
            write_line(connection, AuditLine(at=now, actor=actor, act="portal_use_imported", subject=f"{len(rows)} rows: {told}"[:256]))
