"""What the API tells of signals."""

from datetime import datetime

from core.numbers import Ground
from core.signals import Noted, Verdict
from web.api.models import Answer


class Said(Answer):
    """What the public wrote meanwhile, counted. `reach` is the widest known one among those who complain, null where nobody knows."""

    posts: int
    negative: int
    story: int
    complaining: int
    ours: int
    reach: int | None
    platforms: list[str]
    crisis: dict[str, int]
    grounds: list[Ground]
    event: str


class Signal(Answer):
    """Something that stands out in one series. Amounts are sums over the window. `ended_at` is null while it lasts; until it was weighed
    `said` is null, `says` and `verdict` are empty."""

    id: int
    brand: str
    scope: str
    measure: str
    opened_at: datetime
    ended_at: datetime | None
    window_min: int
    seen: float
    usual_low: float
    usual_high: float
    line: float
    is_cold: bool
    verdict: Verdict
    incident_id: int | None
    said: Said | None
    says: list[str]


def told(one: Noted, says: list[str]) -> Signal:
    """A signal as the API tells it; `says` are its numbers in words."""
    key, signal = one.signal.key, one.signal
    return Signal(
        id=one.signal_id,
        brand=key.brand,
        scope=key.scope,
        measure=key.measure,
        opened_at=signal.opened_at,
        ended_at=signal.ended_at,
        window_min=signal.window_min,
        seen=signal.seen,
        usual_low=signal.usual_low,
        usual_high=signal.usual_high,
        line=signal.line,
        is_cold=signal.is_cold,
        verdict=one.verdict,
        incident_id=one.incident_id,
        said=Said.model_validate(one.numbers) if one.numbers is not None else None,
        says=says,
    )
