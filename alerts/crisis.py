"""One more point of a series: what the windows hold now, what is usual, and whether an episode opens or ends.

`advance` is the whole detector. It changes the state it is given and returns its verdict; the same state and point always give the same.
"""

from dataclasses import dataclass
from math import exp, sqrt

from alerts.series import ANSCOMBE, DAY_S, Judged, Point, SeriesState, Tuning, Window

_SPREAD_OF_MEAN_DEVIATION = 1.25
"""The standard deviation of a normal law over its mean absolute deviation."""
_USUAL_SPREADS = 1.645
"""Nine moments of ten lie within so many standard deviations."""
_FIRST_POINTS = 30
"""The spread of pure chance counts like so many points until a series shows its own."""
_STEPS_KEPT = 3


@dataclass(frozen=True, slots=True)
class _Height:
    """Where one window stands: in spreads above the usual, and the same over its line."""

    window: Window
    seen: float
    usual: float
    spreads: float
    line: float
    over_line: float


def advance(state: SeriesState, point: Point, tuning: Tuning) -> Judged:
    """Take the point in and judge it. The points of a series come in the order of their time; a clock that stands still or goes back
    counts as one step on."""
    step_min, passed_min = _clock(state, point.at_s)
    habit = state.habits.of(point.hour, point.is_off, tuning.trust_h)
    heights = []
    for window in state.windows:
        _take(window, point.value, habit, step_min, passed_min)
        if window.weight_min > tuning.filled * max(window.minutes, step_min):
            heights.append(_measure(window, step_min, tuning))
    _learn_hour(state, point, heights, step_min, tuning)
    is_first = not state.days and state.day_s < tuning.first_h * 3600
    return _verdict(state, [] if is_first else heights, step_min, tuning)


def usual_of(state: SeriesState, minutes: int, step_min: float, hour: int, is_off: bool, tuning: Tuning) -> tuple[float, float] | None:
    """Between which sums nine windows of ten lie that end in this hour; None before anything was learned."""
    window = next((one for one in state.windows if one.minutes == minutes and one.points), None)
    if window is None:
        return None
    usual = window.level + 2 * sqrt(max(minutes, step_min) / step_min) * state.habits.of(hour, is_off, tuning.trust_h)
    spread = _USUAL_SPREADS * max(window.spread, 1.0)
    return _amount(usual - spread), _amount(usual + spread)


def _clock(state: SeriesState, at_s: float) -> tuple[float, float]:
    """Minutes that one point stands for, the middle one of the last three distances, and minutes since the point before. Counts the
    days of data, too: a gap adds nothing to them."""
    passed_s = at_s - state.at_s if state.at_s is not None else 0.0
    state.at_s = at_s
    if passed_s > 0:
        state.steps_s = [*state.steps_s, passed_s][-_STEPS_KEPT:]
    step_s = sorted(state.steps_s)[len(state.steps_s) // 2] if state.steps_s else 60.0 * state.windows[0].minutes
    passed_s = passed_s if passed_s > 0 else step_s
    state.clock_s += passed_s
    state.day_s += min(passed_s, step_s)
    return step_s / 60, passed_s / 60


def _take(window: Window, value: float, habit: float, step_min: float, passed_min: float) -> None:
    """Let the old fade by the time that passed, and add the new."""
    stays = exp(-passed_min / window.minutes) if window.minutes > step_min else 0.0
    window.total = window.total * stays + value * step_min
    window.weight_min = window.weight_min * stays + step_min
    window.habit = window.habit * stays + habit * (1 - stays)


def _measure(window: Window, step_min: float, tuning: Tuning) -> _Height:
    """How far the window is from its usual level; then the level and the spread learn from it, as far as one moment may teach."""
    points = max(window.minutes, step_min) / step_min
    seen = window.total / window.weight_min * points
    expected = 2 * sqrt(points) * window.habit
    steadied = 2 * sqrt(seen + ANSCOMBE) - expected
    if not window.points:
        window.level = steadied
    spread = max(window.spread, 1.0)
    distance = steadied - window.level
    line = max(window.peaks.line, tuning.least)
    height = _Height(window, seen, window.level + expected, distance / spread, line, max(0.0, distance / spread / line))
    window.points += 1
    clipped = max(-tuning.clip * spread, min(tuning.clip * spread, distance))
    step_days = step_min * 60 / DAY_S
    window.level += max(step_days / tuning.level_days, 1 / (window.points + 1)) * clipped
    deviation = abs(clipped) * _SPREAD_OF_MEAN_DEVIATION
    window.spread += max(step_days / tuning.spread_days, 1 / (window.points + _FIRST_POINTS)) * (deviation - window.spread)
    return height


def _learn_hour(state: SeriesState, point: Point, heights: list[_Height], step_min: float, tuning: Tuning) -> None:
    """The shortest window teaches the habit of the hour, in the square root of what one step holds."""
    if not heights:
        return
    first = heights[0].window
    points = max(first.minutes, step_min) / step_min
    steadied = 2 * sqrt(heights[0].seen + ANSCOMBE)
    limit = tuning.clip * max(first.spread, 1.0)
    distance = max(-limit, min(limit, steadied - first.level)) / (2 * sqrt(points))
    state.habits.learn(point.hour, point.is_off, distance, observed_h=step_min / 60, memory_h=tuning.habit_days)


def _verdict(state: SeriesState, heights: list[_Height], step_min: float, tuning: Tuning) -> Judged:
    """The window that stands out most speaks for all. Then the day's peaks remember what they saw."""
    is_cold = state.days < tuning.prior_days
    if not heights:
        return Judged(is_open=state.is_open, since_s=_since(state), is_cold=is_cold)
    top = max(heights, key=lambda height: height.over_line)
    opens = _episode(state, heights, step_min, tuning)
    for height in heights:
        height.window.peaks.see(height.spreads)
    if state.day_s >= DAY_S:
        _end_day(state, tuning)
    spread = max(top.window.spread, 1.0)
    return Judged(
        score=top.over_line / (1 + top.over_line),
        opens=opens,
        is_open=state.is_open,
        since_s=_since(state),
        window_min=top.window.minutes,
        seen=top.seen,
        usual_low=_amount(top.usual - _USUAL_SPREADS * spread),
        usual_high=_amount(top.usual + _USUAL_SPREADS * spread),
        line=_amount(top.usual + top.line * spread),
        is_cold=is_cold,
    )


def _episode(state: SeriesState, heights: list[_Height], step_min: float, tuning: Tuning) -> bool:
    """Whether an episode opens at this point: a window crosses its line from the calm, so a new spike on a long swell is news, too.
    What comes within the rest belongs to the episode before."""
    crossed = [height.window for height in heights if _crosses(height, tuning)]
    if not state.is_open and crossed:
        state.is_open, state.held_min = True, crossed[0].minutes
    _end(state, step_min, tuning)
    is_rested = state.opened_s is None or state.clock_s - state.opened_s >= tuning.rest_days * DAY_S
    if not crossed or not is_rested:
        return False
    state.opened_s, state.opened_at_s = state.clock_s, state.at_s
    state.held_min = crossed[0].minutes
    return True


def _crosses(height: _Height, tuning: Tuning) -> bool:
    was_over = height.window.is_over
    height.window.is_over = height.over_line >= (tuning.calm if was_over else 1)
    return height.window.is_over and not was_over


def _end(state: SeriesState, step_min: float, tuning: Tuning) -> None:
    """An episode is over when the window that opened it and every shorter one are calm for a while: a longer window still holds the wave
    when the wave is gone."""
    is_calm = not any(window.is_over for window in state.windows if window.minutes <= state.held_min)
    state.calm_s = state.calm_s + step_min * 60 if is_calm else 0.0
    if state.calm_s >= tuning.calm_h * 3600:
        state.is_open = False


def _since(state: SeriesState) -> float | None:
    return state.opened_at_s if state.is_open else None


def _end_day(state: SeriesState, tuning: Tuning) -> None:
    state.day_s %= DAY_S
    state.days += 1
    for window in state.windows:
        window.peaks.end_day(
            every_days=tuning.every_days, kept_days=round(tuning.kept_days), prior=tuning.prior, prior_days=round(tuning.prior_days)
        )


def _amount(steadied: float) -> float:
    """The sum over the window that a steadied value stands for."""
    return max(0.0, max(0.0, steadied) ** 2 / 4 - ANSCOMBE)
