"""What may be spent in a month, and when it will be spent if it goes on like this."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from core.blindness import SourceHealth
from core.types import Json

READS, MENTIONS = "monthly_reads", "monthly_mentions"
# A paid read asks for at least ten posts: where fewer are left, none are.
LEAST = 10
# The pace of two days says nothing of a month.
EARLIEST = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Budget:
    """What a source may read until `reset_at` (aware UTC), the first of the next month; `name` says what is read for it. `paced`: it goes
    on as it went; a reserve is only begun when mentions have stopped, so the month's pace says nothing of its end."""

    name: str
    used: float
    limit: float
    reset_at: datetime
    paced: bool = True

    @property
    def is_spent(self) -> bool:
        return self.limit - self.used < LEAST

    @property
    def month(self) -> str:
        """Such as "2026-11"."""
        return f"{self._begins():%Y-%m}"

    def runs_out(self, now: datetime) -> datetime | None:
        """When it will be spent at the pace of the month so far; None: not in this month, it is spent, or it is too early to say."""
        begins = self._begins()
        if not self.paced or self.is_spent or self.used <= 0 or now - begins < EARLIEST:
            return None
        at = begins + (now - begins) * (max(self.limit - LEAST, 1) / self.used)
        return max(at, now) if at < self.reset_at else None

    def _begins(self) -> datetime:
        return (self.reset_at - timedelta(seconds=1)).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def budgets(health: SourceHealth, now: datetime) -> Iterator[Budget]:
    """The budgets of a source that hold at `now`; what is left of an earlier month says nothing."""
    found = [budget for quota in health.quotas if (budget := _budget(quota)) is not None and budget.reset_at > now]
    reserved = any(budget.name == MENTIONS for budget in found)
    yield from (replace(budget, paced=not reserved or budget.name == MENTIONS) for budget in found)


def _budget(quota: Json) -> Budget | None:
    if quota.get("name") not in (READS, MENTIONS) or not quota.get("limit") or not quota.get("reset_at"):
        return None
    return Budget(name=quota["name"], used=quota["used"], limit=quota["limit"], reset_at=datetime.fromisoformat(quota["reset_at"]))
