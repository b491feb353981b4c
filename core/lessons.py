"""What is learned from a crisis, an incident or an exercise: actions that point at what they change, and what changed after them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from core.crisis import About, Action, Planned
from core.intervals import wilson

SHORTEST = timedelta(days=14)
LONGEST = timedelta(days=28)
"""How much time before and after an action is compared: the same length on both sides, growing until it closes."""


class Origin(StrEnum):
    """What something was learned from."""

    CRISIS = "crisis"
    INCIDENT = "incident"
    EXERCISE = "exercise"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """What an incident or an exercise taught, in a sentence. `subject` is the incident's id or the exercise's name."""

    lesson_id: int
    origin: Origin
    subject: str
    text: str
    learned_by: str
    learned_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """An action of any review. `origin_id` is the crisis's or the lesson's id, `subject` what that was about."""

    origin: Origin
    origin_id: int
    subject: str
    number: int
    planned: Planned
    made_by: str
    made_at: datetime
    done_by: str | None = None
    done_at: datetime | None = None

    def is_late(self, now: datetime) -> bool:
        """Still open after its day?"""
        return self.done_at is None and self.planned.due_at <= now


def task_of(action: Action) -> Task:
    """A crisis's action as one of all."""
    return Task(
        origin=Origin.CRISIS,
        origin_id=action.crisis_id,
        subject=str(action.crisis_id),
        number=action.action_id,
        planned=action.planned,
        made_by=action.made_by,
        made_at=action.made_at,
        done_by=action.done_by,
        done_at=action.done_at,
    )


class Measure(StrEnum):
    """What is compared: how often the rule was right, breaches of the clause per week, the median time to the first answer in seconds."""

    PRECISION = "precision"
    BREACHES = "breaches"
    ANSWERS = "answers"


MEASURES = {
    About.RULE: Measure.PRECISION,
    About.CLAUSE: Measure.BREACHES,
    About.CHECKLIST: Measure.ANSWERS,
    About.TRAINING: Measure.ANSWERS,
}


class Verdict(StrEnum):
    """What may be said of an effect. UNSEEN: nothing was watched for so long before it; NOTHING: there is nothing to count."""

    OPEN = "open"
    EARLY = "early"
    UNSEEN = "unseen"
    NOTHING = "nothing"
    UNSURE = "unsure"
    BETTER = "better"
    WORSE = "worse"


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """What one side of an action shows. `cases` findings judged, posts or answers; `value` a share, a number per week or seconds, None
    where nothing can be said; `low` and `high` the 95 % interval of a share."""

    cases: int
    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """Before and after an action, each `length` long; `closes_at` is when the longer look is complete (aware UTC)."""

    verdict: Verdict
    measure: Measure
    closes_at: datetime | None = None
    length: timedelta | None = None
    before: Side | None = None
    after: Side | None = None


@dataclass(frozen=True, slots=True)
class Windows:
    """[start, done) and [done, end): the same length."""

    start: datetime
    done: datetime
    end: datetime


def windows(done_at: datetime, now: datetime) -> Windows | None:
    """What is compared of an action done then; None: it is too early to say."""
    length = min(now - done_at, LONGEST)
    return Windows(done_at - length, done_at, done_at + length) if length >= SHORTEST else None


def share_side(right: int, judged: int) -> Side:
    """How often a rule was right."""
    low, high = wilson(right, judged)
    return Side(cases=judged, value=right / judged if judged else None, low=low, high=high)
