"""The wall's drawing and its band: posts an hour as coordinates, the usual by the hour of the day."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.wall import Seen
from alerts.band import band
from alerts.daysoff import DaysOff
from alerts.series import Tuning, begin
from alerts.watching import watch
from core.numbers import Height, Numbers
from core.series import BUCKET, Bucket, DueSeries, SeriesKey, Signal
from core.signals import Noted, Verdict
from core.wall import Loud, Wall
from web.wall import HIGH, WIDE, chart, negative_share, notes, times_usual, trend
from web.wording import Speech

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
WARSAW = ZoneInfo("Europe/Warsaw")
SPEECH = Speech("en", WARSAW, NOON)


def seen(values: list[int], usual: tuple[tuple[float, float], ...] = (), **how: object) -> Seen:
    first = NOON - len(values) * BUCKET
    given: dict[str, object] = {"feelings": {"negative": 0, "neutral": 0, "positive": 0}, "by_source": {}, "stories": (), "voices": ()}
    given |= {"waiting": 0, "opened": 0, "answered": 0} | how
    buckets = tuple(Bucket(at=first + n * BUCKET, value=value) for n, value in enumerate(values))
    return Seen(Wall(first=first, upto=NOON, buckets=buckets, **given), usual)  # type: ignore[arg-type]


def points(drawn: str) -> list[tuple[float, float]]:
    return [tuple(map(float, pair.split(","))) for pair in drawn.split()]  # type: ignore[misc]


def test_each_point_counts_the_hour_before_it() -> None:
    drawn = chart(seen([1] * 12 + [11] + [1] * 11))
    assert (drawn.now, drawn.top) == (22, 30)
    line = points(drawn.line)
    assert (line[0], line[-1]) == ((0.0, 180.0), (float(WIDE), 80.0)), "12 and 22 of 30, drawn from the top"
    assert len(line) == 13
    assert drawn.ticks[0] == NOON - timedelta(hours=1)
    assert drawn.ticks[-1] == NOON


def test_without_a_band_nobody_knows_what_is_usual_and_with_one_it_is_said() -> None:
    values = [10] * 24
    assert (chart(seen(values)).band, times_usual(SPEECH, chart(seen(values)))) == ("", "what is usual is not known yet")
    calm = chart(seen(values, ((5.0, 15.0),) * 24))
    assert (calm.usual, times_usual(SPEECH, calm)) == ((60, 180), "usual: 60 to 180")
    storm = chart(seen(values, ((1.0, 3.0),) * 24))
    assert times_usual(SPEECH, storm) == "5 times the usual"
    corners = points(storm.band)
    assert len(corners) == 26
    assert corners[0][0] == corners[-1][0] == 0


@given(st.lists(st.integers(0, 10**6), min_size=12, max_size=144))
def test_nothing_is_drawn_outside(values: list[int]) -> None:
    drawn = chart(seen(values))
    for x, y in points(drawn.line):
        assert 0 <= x <= WIDE
        assert 0 <= y <= HIGH
    assert int(str(drawn.top).rstrip("0") or 0) in range(10), "a number that people count by"


def test_the_share_of_negative_posts_and_unknown_reach_is_never_nought() -> None:
    assert negative_share(seen([0] * 12)) is None
    assert negative_share(seen([4] * 12, feelings={"negative": 3, "neutral": 1, "positive": 0})) == 75
    voices = (Loud(author="a", platform="x", followers=900, posts=1), Loud(author="b", platform="x", followers=None, posts=3))
    assert seen([0] * 12, voices=voices).wall.reach() == (900, 1)
    assert [trend(2, 1), trend(1, 2), trend(1, 1)] == ["↑", "↓", "→"]


def test_what_stood_out_and_paged_nobody_is_told_once_in_half_a_line() -> None:
    key = SeriesKey("polna", "mention", "volume")
    height = Height(scope="mention", measure="volume", at=NOON, window_min=60, seen=412, usual_low=20, usual_high=45)
    signal = Signal(key=key, opened_at=NOON, ended_at=None, window_min=60, seen=412, usual_low=20, usual_high=45, line=80, is_cold=False)
    calm = Numbers(heights=(height,), posts=400, negative=12, event="Wielkie rozdanie")
    expected = Noted(signal_id=2, signal=signal, verdict=Verdict.EXPECTED, incident_id=None, numbers=calm)
    alone = replace(expected, signal_id=1, verdict=Verdict.VOLUME_ALONE, numbers=replace(calm, negative=16))
    unweighed = replace(expected, numbers=None)
    wall = replace(seen([0] * 12), notes=(unweighed, expected, replace(expected, signal_id=3), alone))
    assert notes(SPEECH, wall) == [
        "13:00 · 412 posts in an hour (usual 20–45), 3 % negative · expected, nobody is paged",
        "13:00 · 412 posts in an hour (usual 20–45), 4 % negative · volume alone, nobody is paged",
    ]


def test_a_series_of_no_whole_day_has_no_band() -> None:
    assert band(begin(Tuning()).blob(), NOON, BUCKET, 12, WARSAW, DaysOff(None)) == ()


def test_the_band_lies_around_what_was_counted_and_follows_the_hour() -> None:
    """Three weeks of 30 posts in five minutes by day (8 to 20 in Warsaw) and 2 by night."""
    first = datetime(2026, 11, 2, tzinfo=UTC)
    buckets = []
    for n in range(21 * 288):
        at = first + n * BUCKET
        is_day = 8 <= at.astimezone(WARSAW).hour < 20
        wiggle = n % 5 - 2
        buckets.append(Bucket(at=at, value=30 + 3 * wiggle if is_day else 2 + wiggle // 2))
    due = DueSeries(key=SeriesKey("polna", "mention", "volume"), upto=None, blob="", until=buckets[-1].at + BUCKET, buckets=tuple(buckets))
    blob = watch(due, WARSAW, DaysOff(None)).blob
    day, night = datetime(2026, 11, 23, 12, tzinfo=UTC), datetime(2026, 11, 23, 2, tzinfo=UTC)
    [(day_low, day_high)] = band(blob, day, BUCKET, 1, WARSAW, DaysOff(None))
    [(night_low, night_high)] = band(blob, night, BUCKET, 1, WARSAW, DaysOff(None))
    assert day_low < 30 < day_high
    assert night_low < 2 < night_high
    assert night_high < 30 < day_high, "night and day are told apart"
    assert night_low + night_high < (day_low + day_high) / 2


@pytest.mark.parametrize("count", [0, 1, 144])
def test_a_band_has_as_many_places_as_were_asked_for(count: int) -> None:
    first = datetime(2026, 11, 2, tzinfo=UTC)
    flat = tuple(Bucket(at=first + n * BUCKET, value=5) for n in range(300))
    blob = watch(
        DueSeries(key=SeriesKey("p", "mention", "volume"), upto=None, blob="", until=flat[-1].at + BUCKET, buckets=flat),
        WARSAW,
        DaysOff(None),
    ).blob
    assert len(band(blob, first, BUCKET, count, WARSAW, DaysOff(None))) == count
