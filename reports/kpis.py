"""Counts the KPIs of a period out of the facts of a span. Pure; what nobody knows is None, never 0."""

import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from core.kpis import KPIS, NAMED, REACTED, REACTIONS, VOLUME, Counted, Facts, Kpi, Unit, measure_of
from core.objectives import Objective, Target
from core.periods import Period, Span

MOVED_POINTS, MOVED_PART, MOVED_AT_LEAST = 0.05, 0.25, 5
"""A figure has moved by so many points of a share, or by this part of what it was; a count also by so many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One KPI in one period, beside the period before and the same of the year before; None is unknown. `target` holds in such periods."""

    kpi: Kpi
    value: float | None
    before: float | None = None
    year_before: float | None = None
    target: Target | None = None

    @property
    def is_met(self) -> bool | None:
        """None: no target, or nothing is known."""
        return None if self.target is None or self.value is None else self.target.is_met(self.value)

    @property
    def has_moved(self) -> bool:
        """Is it far from what it was in the period before?"""
        if self.value is None or self.before is None:
            return False
        change = abs(self.value - self.before)
        if self.kpi.unit is Unit.SHARE:
            return change >= MOVED_POINTS
        least = MOVED_AT_LEAST if self.kpi.unit is Unit.COUNT else 0
        return change > 0 and change >= least and change >= MOVED_PART * self.before


@dataclass(frozen=True, slots=True)
class _In:
    """A period as the counts see it: up to now while it runs."""

    facts: Facts
    period: Period
    start: datetime
    end: datetime
    now: datetime

    def total(self, counted: Counted, *measures: str) -> int:
        return sum(n for (measure, day), n in counted.items() if measure in measures and self.period.holds(day))

    def within(self, at: datetime) -> bool:
        return self.start <= at < self.end


def values(facts: Facts, period: Period, now: datetime, zone: ZoneInfo) -> dict[str, float | None]:
    """Every KPI of a period, by its id. A period that was over before collection began, or has not begun, is unknown."""
    start, end = period.bounds(zone)
    if facts.since is None or end <= facts.since or start > now:
        return dict.fromkeys(KPIS)
    seen = _In(facts, period, start, min(end, now), now)
    return {name: count(seen) if facts.sees_posts or name not in _OF_POSTS else None for name, count in _COUNTS.items()}


def figures(
    facts: Facts, period: Period, objectives: Sequence[Objective], now: datetime, zone: ZoneInfo, *, only: Sequence[str] = ()
) -> tuple[Figure, ...]:
    """Every KPI (or those named) in its order, with what it was and what it should be."""
    before, year_before = period.before(), period.year_before()
    now_values, was = values(facts, period, now, zone), values(facts, before, now, zone)
    last_year: Mapping[str, float | None] = values(facts, year_before, now, zone) if year_before is not None else {}
    targets = {one.kpi: one for objective in reversed(objectives) for one in reversed(objective.kpi) if one.holds_in(period.span)}
    return tuple(
        Figure(kpi=kpi, value=now_values[name], before=was[name], year_before=last_year.get(name), target=targets.get(name))
        for name, kpi in KPIS.items()
        if not only or name in only
    )


def with_target(figure: Figure, target: Target, period: Period) -> Figure:
    """The same figure as one objective sees it."""
    return replace(figure, target=target if target.holds_in(period.span) else None)


def _of(*measures: str) -> Callable[[_In], float | None]:
    return lambda seen: seen.total(seen.facts.public, *measures)


def _negative_share(seen: _In) -> float | None:
    felt = seen.total(seen.facts.public, "negative", "neutral", "positive")
    return seen.total(seen.facts.public, "negative") / felt if felt else None


def _share_of_voice(seen: _In) -> float | None:
    ours = seen.total(seen.facts.public, NAMED)
    everybody = ours + seen.total(seen.facts.public, *(measure_of(name) for name in seen.facts.rivals))
    return ours / everybody if seen.facts.rivals and everybody else None


def _engagement(seen: _In) -> float | None:
    known = seen.total(seen.facts.public, REACTED)
    return seen.total(seen.facts.public, REACTIONS) / known if known else None


def _answered_share(seen: _In) -> float | None:
    talks = [one for one in seen.facts.talks if seen.within(one.opened_at)]
    return sum(one.answered_at is not None for one in talks) / len(talks) if talks else None


def _waits(seen: _In) -> list[float]:
    mine = (one for one in seen.facts.talks if seen.within(one.opened_at))
    return sorted((one.answered_at - one.opened_at).total_seconds() for one in mine if one.answered_at is not None)


def _first_answer_median(seen: _In) -> float | None:
    waits = _waits(seen)
    return median(waits) if waits else None


def _first_answer_p90(seen: _In) -> float | None:
    waits = _waits(seen)
    return waits[math.ceil(0.9 * len(waits)) - 1] if waits else None


def _within_target(seen: _In) -> float | None:
    promised = [(one.answered_at, one.due_at) for one in seen.facts.talks if seen.within(one.opened_at) and one.due_at is not None]
    decided = [answered is not None and answered <= due for answered, due in promised if answered is not None or due < seen.now]
    return sum(decided) / len(decided) if decided else None


def _unanswered_late(seen: _In) -> float | None:
    mine = (one for one in seen.facts.talks if seen.within(one.opened_at) and one.answered_at is None)
    return sum(one.due_at is not None and one.due_at < seen.now for one in mine)


def _acknowledge_median(seen: _In) -> float | None:
    mine = (one for one in seen.facts.alarms if seen.within(one.opened_at))
    took = [(one.taken_at - one.opened_at).total_seconds() for one in mine if one.taken_at is not None]
    return median(took) if took else None


def _incidents(severity: str = "") -> Callable[[_In], float | None]:
    return lambda seen: sum(seen.within(one.opened_at) and (not severity or one.severity.value == severity) for one in seen.facts.alarms)


def _false_alarm_share(seen: _In) -> float | None:
    """By the majority of those who judged a finding in the period."""
    leaning: defaultdict[int, int] = defaultdict(int)
    for one in seen.facts.judged:
        if seen.within(one.at):
            leaning[one.finding_id] += 1 if one.is_right else -1
    decided = [lean < 0 for lean in leaning.values() if lean]
    return sum(decided) / len(decided) if decided else None


def _leaks(seen: _In) -> float | None:
    return seen.total(seen.facts.anybody, "leak")


def _breaches(seen: _In) -> float | None:
    return seen.total(seen.facts.ours, "policy")


def _blind_time(seen: _In) -> float | None:
    if seen.facts.spells is None:
        return None
    spans = (min(one.ends_at or seen.now, seen.end) - max(one.starts_at, seen.start) for one in seen.facts.spells)
    return sum((span for span in spans if span > timedelta(0)), timedelta(0)).total_seconds()


def _portal_active(seen: _In) -> float | None:
    """A month that does not lie in the period as a whole, as for every week, tells nothing."""
    months = [one for one in seen.facts.portal if seen.period.holds(one.month)] if seen.period.span is not Span.WEEK else []
    staff = sum(one.staff for one in months)
    return sum(one.active for one in months) / staff if staff else None


def _managers_active(seen: _In) -> float | None:
    months = [one for one in seen.facts.portal if seen.period.holds(one.month)] if seen.period.span is not Span.WEEK else []
    managers = sum(one.managers for one in months)
    return sum(one.managers_active for one in months) / managers if managers else None


def _policy_read(seen: _In) -> float | None:
    return seen.facts.policy_read.get(seen.period)


_COUNTS: Mapping[str, Callable[[_In], float | None]] = {
    "mentions": _of(VOLUME),
    "negative_share": _negative_share,
    "complaints": _of("complaint"),
    "share_of_voice": _share_of_voice,
    "engagement": _engagement,
    "answered_share": _answered_share,
    "first_answer_median": _first_answer_median,
    "first_answer_p90": _first_answer_p90,
    "within_target": _within_target,
    "unanswered_late": _unanswered_late,
    "acknowledge_median": _acknowledge_median,
    "incidents": _incidents(),
    **{f"incidents_{severity}": _incidents(severity) for severity in ("critical", "high", "medium", "low")},
    "false_alarm_share": _false_alarm_share,
    "leaks": _leaks,
    "breaches": _breaches,
    "blind_time": _blind_time,
    "portal_active": _portal_active,
    "managers_active": _managers_active,
    "policy_read": _policy_read,
}
_OF_POSTS = frozenset({"mentions", "negative_share", "complaints", "share_of_voice", "engagement", "leaks", "breaches"})
