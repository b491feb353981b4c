"""What X lets us read: its own windows and caps, as its answers tell them, and the months by which reads are paid."""

from datetime import UTC, datetime, timedelta

from collector.base import epoch
from collector.reading import maybe_text, table
from core.errors import BadResponse, BudgetSpent, CollectError, HttpError
from core.http import Answer, redact
from core.types import Quota


def judge(answer: Answer, now: datetime) -> CollectError | None:
    """Two things come as 429: a window that ends soon, and a month's allowance that is used up."""
    try:
        said = table(answer.json())
    except HttpError:
        said = {}
    kind = maybe_text(said, "type").rsplit("/", 1)[-1]
    words = f"{redact(answer.url)} answered {answer.status}: {(maybe_text(said, 'detail') or maybe_text(said, 'title'))[:200]}"
    if answer.status == 402 or (answer.status == 429 and kind == "usage-capped"):
        day = maybe_text(said, "period").lower() == "daily" or answer.status == 402
        return BudgetSpent(words, reason="usage_capped", retry_at=now + timedelta(days=1) if day else next_month(now))
    if answer.status == 400:
        return BadResponse(words, reason="bad_request")
    return None


def reset(answer: Answer, now: datetime) -> datetime | None:
    return epoch(answer.headers.get("x-rate-limit-reset"), now)


def quotas(answer: Answer, now: datetime) -> tuple[Quota, ...]:
    limit, left = (answer.headers.get(f"x-rate-limit-{name}", "") for name in ("limit", "remaining"))
    if not (limit.isdecimal() and left.isdecimal()):
        return ()
    return (Quota(name="requests", used=float(int(limit) - int(left)), limit=float(limit), reset_at=reset(answer, now)),)


def next_month(now: datetime) -> datetime:
    return datetime(now.year + now.month // 12, now.month % 12 + 1, 1, tzinfo=UTC)
