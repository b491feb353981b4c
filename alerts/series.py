"""A series watched as it grows: how much is seen in several windows, how much is usual, and whether that stands out.

    value ─▶ mean of each window ─▶ square root ─▶ minus level and habit of the hour ─▶ over the usual spread ─▶ against the line of peaks

A point costs the same time and memory whatever came before it. Nothing looks ahead: the verdict on a point is made from it and the points
before it. A stretch without points is no data, never zero: windows that the gap empties are silent until they are half full again.

Source: the square root that steadies counts is Anscombe's (1948); clipped residuals are Huber's (1964); the line is that of `alerts.peaks`.
"""

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from alerts.habits import Habits
from alerts.peaks import Peaks

VERSION = 1
WINDOWS_MIN = (5, 60, 720, 1440)
DAY_S = 86_400.0
ANSCOMBE = 0.375
"""Added to a count before its square root, it steadies small counts best."""


@dataclass(frozen=True, slots=True)
class Tuning:
    """The constants, each in the unit of its name. None was fitted finely: see docs/reference/detection.md for what moving them does."""

    level_days: float = 4.0
    """how long the usual level remembers"""
    spread_days: float = 14.0
    """how long the usual spread remembers"""
    clip: float = 3.0
    """spreads beyond which a moment teaches no more than that: a crisis must not become usual"""
    trust_h: float = 6.0
    """hours of an hour's kind after which its habit counts for half"""
    habit_days: float = 28.0
    """days of its kind that an hour's habit remembers"""
    every_days: float = 14.0
    """how rarely a usual series may cross the line of one window"""
    kept_days: float = 56.0
    """days whose peaks the line is drawn from"""
    prior_days: float = 7.0
    """days of data until which peaks of `prior` stand in"""
    prior: float = 4.0
    """spreads that count as a day's peak before any day was seen"""
    least: float = 2.0
    """spreads below which no line lies, however still the series is"""
    rest_days: float = 0.5
    """the least time between the openings of two episodes"""
    calm: float = 0.85
    """part of the line below which it is calm"""
    calm_h: float = 1.0
    """how long it must be calm until an episode is over"""
    filled: float = 0.5
    """part of a window that must be data before the window speaks"""
    first_h: float = 1.0
    """hours of data before anything is said"""


@dataclass(frozen=True, slots=True)
class Point:
    """What one bucket holds. `at_s`: seconds of any steady clock; `hour` and `is_off`: the wall clock of the people who write."""

    at_s: float
    value: float
    hour: int
    is_off: bool = False


@dataclass(frozen=True, slots=True)
class Judged:
    """The verdict on one point, in numbers. Amounts are sums over the window that stands out most; no window, no amounts."""

    score: float = 0.0
    """0 to 1; one half is the line"""
    opens: bool = False
    is_open: bool = False
    since_s: float | None = None
    window_min: int | None = None
    seen: float = 0.0
    usual_low: float = 0.0
    usual_high: float = 0.0
    """nine moments of ten lie between the two"""
    line: float = 0.0
    is_cold: bool = True
    """fewer days were seen than it takes to know what is usual"""


@dataclass(slots=True)
class Window:
    """One length of looking back."""

    minutes: int
    peaks: Peaks
    total: float = 0.0
    weight_min: float = 0.0
    habit: float = 0.0
    level: float = 0.0
    spread: float = 1.0
    points: int = 0
    is_over: bool = False


@dataclass(slots=True)
class SeriesState:
    """All that is remembered of a series: the same size on the first day and after years."""

    windows: list[Window]
    habits: Habits = field(default_factory=Habits)
    at_s: float | None = None
    steps_s: list[float] = field(default_factory=list)
    clock_s: float = 0.0
    day_s: float = 0.0
    days: int = 0
    opened_at_s: float | None = None
    """when the last episode opened, by the points' clock"""
    opened_s: float | None = None
    """the same by `clock_s`, which never goes back"""
    calm_s: float = 0.0
    """for how long it has been calm"""
    is_open: bool = False
    held_min: int = 0
    """the window that opened the episode"""

    def blob(self) -> str:
        """For the database: JSON with its version."""
        return json.dumps({"version": VERSION, **asdict(self)}, separators=(",", ":"))


def begin(tuning: Tuning) -> SeriesState:
    """A series of which nothing is known yet."""
    return SeriesState([Window(minutes, Peaks(tuning.prior)) for minutes in WINDOWS_MIN])


def from_blob(blob: str, tuning: Tuning) -> SeriesState:
    """What `blob` wrote; a blob of another version is forgotten, and the series starts cold."""
    told: dict[str, Any] = json.loads(blob)
    if told.pop("version") != VERSION:
        return begin(tuning)
    windows = [Window(**{**one, "peaks": Peaks(**one["peaks"])}) for one in told.pop("windows")]
    return SeriesState(**{**told, "windows": windows, "habits": Habits(**told["habits"])})
