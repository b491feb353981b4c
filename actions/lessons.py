"""What people learn from an incident or an exercise: a sentence, actions with owner and day; and whether an action of any review helped.

An incident that ends as high or critical asks for a short review; a crisis has a room of its own for that.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from actions.crisis import allowed
from actions.planning import asked, checked
from core.access import Right, Viewer
from core.crisis import About, Planned
from core.errors import NotFound, Refused
from core.lessons import LONGEST, MEASURES, Effect, Lesson, Measure, Origin, Side, Task, Verdict, Windows, task_of, windows
from core.policy import Trigger
from core.settings import Settings
from core.types import IncidentState
from governance.effect import of_answers, of_breaches, of_precision
from storage import Store

LONGEST_TEXT = 500
ASKED_FOR = timedelta(days=30)
"""How long after its end an incident still asks what it taught."""


@dataclass(frozen=True, slots=True)
class Told:
    """An action, and whether it changed anything."""

    task: Task
    effect: Effect


def learn(store: Store, incident_id: int, text: str, actor: str, now: datetime) -> int:
    """What a resolved incident taught, in a sentence; answers the lesson's number. Raises Refused: no words, not resolved, told before;
    NotFound."""
    card = store.incidents.card(incident_id, evidence=0)
    if card.row.state is not IncidentState.RESOLVED:
        raise Refused(f"incident {incident_id} is not resolved; what it taught is written down when it is over")
    return store.lessons.learn(Origin.INCIDENT, str(incident_id), _sentence(text), actor, now)


def learn_from_exercise(store: Store, name: str, text: str, actor: str, now: datetime) -> int:
    """What an exercise taught; answers the lesson's number. Raises Refused: no words, told before."""
    return store.lessons.learn(Origin.EXERCISE, name, _sentence(text), actor, now)


def plan(store: Store, settings: Settings, lesson_id: int, planned: Planned, actor: str, now: datetime) -> int:
    """What shall be done; answers its number. One that points at a clause opens a review of the policy. Raises Refused, NotFound."""
    kept = checked(settings, planned, actor, now)
    one = store.lessons.get(lesson_id)
    evidence: dict[str, str | int] = {"what": one.text}
    evidence |= {"incident": int(one.subject)} if one.origin is Origin.INCIDENT else {}
    review = asked(store, kept, Trigger.LESSON, f"lesson {lesson_id}", evidence, now)
    return store.lessons.plan(lesson_id, kept, actor, now, review=review)


def finish(store: Store, lesson_id: int, number: int, actor: str, now: datetime) -> None:
    """It is done. Raises Conflict, NotFound."""
    store.lessons.finish(lesson_id, number, actor, now)


def sees(store: Store, settings: Settings, one: Lesson | Task, viewer: Viewer, right: Right = Right.SEE) -> bool:
    """May they see it, or act on it? As on what taught it; of exercises whoever may do so anywhere."""
    try:
        if one.origin is Origin.CRISIS:
            return allowed(store, settings, store.crises.get(int(one.subject)), viewer, right)
        if one.origin is Origin.INCIDENT:
            card = store.incidents.card(int(one.subject), evidence=0)
            return viewer.may(right, (card.row.owner, *card.participants), card.row.brand)
    except NotFound:
        return viewer.everywhere(right)
    return viewer.has(right)


def overdue(store: Store, until: datetime) -> tuple[Task, ...]:
    """Actions of any review that were due by then and are not done, the longest overdue first."""
    found = [*(task_of(one) for one in store.crises.open_actions(until)), *store.lessons.overdue(until)]
    return tuple(sorted(found, key=lambda one: one.planned.due_at))


def effects(store: Store, now: datetime) -> list[Told]:
    """Every action of any review with what changed after it, the newest first."""
    return [Told(one, effect(store, one, now)) for one in store.lessons.tasks()]


def closed_between(store: Store, start: datetime, end: datetime) -> list[Told]:
    """Those whose comparison was complete in that time."""
    return [Told(one, effect(store, one, end)) for one in store.lessons.closing(start, end)]


def effect(store: Store, task: Task, now: datetime) -> Effect:
    """Before and after an action: the same length on both sides, at least 14 days and at most 28."""
    measure = MEASURES[task.planned.about]
    if task.done_at is None:
        return Effect(verdict=Verdict.OPEN, measure=measure)
    closes_at, looked = task.done_at + LONGEST, windows(task.done_at, now)
    if looked is None:
        return Effect(verdict=Verdict.EARLY, measure=measure, closes_at=closes_at)
    since = store.letters.watching_since()
    if since is None or since > looked.start:
        return Effect(verdict=Verdict.UNSEEN, measure=measure, closes_at=closes_at)
    before, after, verdict = _compared(store, task, measure, looked)
    length = looked.end - looked.done
    return Effect(verdict=verdict, measure=measure, closes_at=closes_at, length=length, before=before, after=after)


def _compared(store: Store, task: Task, measure: Measure, looked: Windows) -> tuple[Side, Side, Verdict]:
    sides = ((looked.start, looked.done), (looked.done, looked.end))
    if measure is Measure.PRECISION:
        old, new = (store.lessons.precision(task.planned.pointer, *side) for side in sides)
        return of_precision((old.right, old.judged), (new.right, new.judged))
    if measure is Measure.BREACHES:
        before, after = (_breaches(store, task, *side) for side in sides)
        return of_breaches(before, after, looked.end - looked.done)
    return of_answers(*(store.figures.first_answers(*side) for side in sides))


def _breaches(store: Store, task: Task, start: datetime, end: datetime) -> int:
    """Posts that carry a label of the clause, as the version in force at the end detects them."""
    version = store.policies.in_force(end)
    clause = version.clause(task.planned.pointer) if version is not None and task.planned.about is About.CLAUSE else None
    return sum(count for label, count in store.lessons.breaches(start, end).items() if clause is not None and clause.detects(label))


def _sentence(text: str) -> str:
    kept = " ".join(text.split())
    if not kept or len(kept) > LONGEST_TEXT:
        raise Refused(f"what was learned, in 1 to {LONGEST_TEXT} characters, was expected")
    return kept
