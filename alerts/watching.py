"""Takes a series' closed buckets through the detector: which signals open, and when the one that was open is over. Pure."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from alerts.crisis import advance
from alerts.daysoff import DaysOff
from alerts.series import Judged, Point, Tuning, begin, from_blob
from core.series import BUCKET, DueSeries, SeriesKey, Signal, Watched

TUNING = Tuning()
SATURDAY = 5


def watch(due: DueSeries, zone: ZoneInfo, days_off: DaysOff) -> Watched:
    """Judge every bucket in its order. The hour and the day off are those of `zone`."""
    state = from_blob(due.blob, TUNING) if due.blob else begin(TUNING)
    opened: list[Signal] = []
    ended_at: datetime | None = None
    for bucket in due.buckets:
        was_open = state.is_open
        local = bucket.at.astimezone(zone)
        is_off = local.weekday() >= SATURDAY or local.date() in days_off
        judged = advance(state, Point(bucket.at.timestamp(), bucket.value, local.hour, is_off), TUNING)
        if judged.opens:
            opened.append(_signal(due.key, judged, bucket.at))
        elif was_open and not judged.is_open:
            over_at = bucket.at + BUCKET
            opened, ended_at = [_ended(one, over_at) for one in opened], over_at
    return Watched(key=due.key, before=due.upto, upto=due.until, blob=state.blob(), opened=tuple(opened), ended_at=ended_at)


def _signal(key: SeriesKey, judged: Judged, at: datetime) -> Signal:
    return Signal(
        key=key,
        opened_at=at.astimezone(UTC),
        ended_at=None,
        window_min=judged.window_min or 0,
        seen=judged.seen,
        usual_low=judged.usual_low,
        usual_high=judged.usual_high,
        line=judged.line,
        is_cold=judged.is_cold,
    )


def _ended(signal: Signal, at: datetime) -> Signal:
    return signal if signal.ended_at is not None else replace(signal, ended_at=at)
