"""Lessons of incidents and exercises, on both databases: written once, planned and done once, and what changed after them is counted."""

from datetime import datetime, timedelta

import pytest

from actions import crisis, incidents
from actions import lessons as acts
from actions.digest import week_figures
from actions.verdicts import judge
from core.access import viewer_of
from core.crisis import About, Kind, Planned
from core.errors import Conflict, NotFound, Refused
from core.lessons import Measure, Origin, Verdict
from core.policy import Trigger
from core.settings import Person, Settings
from core.types import Finding, IncidentState, Severity, Voice
from core.verdicts import Said
from reports.learned import learned
from reports.wording import Speech
from storage import Store
from storage.lessons import rule_query
from storage.reading import Read
from tests.contract.test_policy_way import published, settings
from tests.contract.test_store import NOW, an_incident, an_item, arrive, understood
from tests.fakes.dairy import dairy
from tests.integration.test_query_plans import is_scan, plan

__all__ = ["settings"]
DAY = timedelta(days=1)
RULE = "policy.insult.person"


def resolved(store: Store, **changes: object) -> int:
    number = an_incident(store, **changes)
    incidents.resolve(store, dairy(), number, "anna", NOW, seen=IncidentState.OPEN)
    return number


def planned(**how: object) -> Planned:
    given: dict[str, object] = {"text": "Read it together", "owner": "anna", "due_at": NOW + 7 * DAY}
    given |= {"about": About.CLAUSE, "pointer": "POL-04"} | how
    return Planned(**given)  # type: ignore[arg-type]


def said(store: Store, at: datetime, *, label: str = "policy.insult", rule: str = RULE, voice: Voice = Voice.OURS) -> int:
    """A post of that moment with one finding; its number."""
    number = store.items.count() + 1
    store.items.add([arrive(an_item(number, created_at=at, voice=voice), collected_at=at)], at)
    [unread] = store.reading.unread("v1", 1, at)
    one = Finding(label=label, score=0.9, severity=Severity.MEDIUM, detector=f"{rule}@{1 + number % 2}", start=0, end=6)
    store.reading.apply([Read(unread, understood(one))], "v1", at)
    return store.items.get(unread.item_id).findings[0].finding_id


def test_a_grave_incident_that_is_over_asks_until_somebody_says_what_it_taught(store: Store) -> None:
    grave = resolved(store)
    an_incident(store, key="polna:open")
    resolved(store, key="polna:slight", severity=Severity.MEDIUM)
    assert [one[0] for one in store.lessons.asked(NOW - DAY)] == [grave]
    assert store.lessons.asked(NOW + DAY) == [], "long ago"
    lesson = acts.learn(store, grave, " Slides   need a mark ", "anna", NOW)
    assert store.lessons.asked(NOW - DAY) == []
    kept = store.lessons.get(lesson)
    assert (kept.origin, kept.subject, kept.text, kept.learned_by) == (Origin.INCIDENT, str(grave), "Slides need a mark", "anna")
    with pytest.raises(Refused, match="written down already"):
        acts.learn(store, grave, "another", "jan", NOW)
    with pytest.raises(Refused, match="not resolved"):
        acts.learn(store, 2, "x", "jan", NOW)
    with pytest.raises(NotFound):
        acts.learn(store, 99, "x", "jan", NOW)


def test_an_incident_that_became_a_crisis_asks_there(store: Store, settings: Settings) -> None:
    grave = resolved(store)
    crisis.declare(store, settings, "It is out", "anna", NOW, kind=Kind.LEAK, incident_id=grave)
    assert store.lessons.asked(NOW - DAY) == []


def test_an_action_is_planned_and_done_once_and_asks_for_a_review_of_its_clause(store: Store, settings: Settings) -> None:
    published(store, settings)
    lesson = acts.learn(store, resolved(store), "Slides need a mark", "anna", NOW)
    number = acts.plan(store, settings, lesson, planned(), "anna", NOW)
    [review] = store.reviews.list()
    assert (review.clause, review.trigger, review.evidence) == ("POL-04", Trigger.LESSON, {"what": "Slides need a mark", "incident": 1})
    for wrong in ({"pointer": "POL-99"}, {"text": " "}, {"owner": "nobody"}, {"due_at": NOW - DAY}, {"about": About.RULE, "pointer": "x"}):
        with pytest.raises(Refused):
            acts.plan(store, settings, lesson, planned(**wrong), "anna", NOW)
    assert [one.number for one in acts.overdue(store, NOW + 8 * DAY)] == [number]
    acts.finish(store, lesson, number, "jan", NOW + DAY)
    with pytest.raises(Conflict):
        acts.finish(store, lesson, number, "anna", NOW + DAY)
    assert acts.overdue(store, NOW + 8 * DAY) == ()
    told = [line.act for line in store.audit.lines() if line.act.startswith("lesson")]
    assert told == ["lesson_action_done", "lesson_action", "lesson_learned"]


def done(store: Store, settings: Settings, **how: object) -> None:
    """An action that was done now."""
    lesson = acts.learn_from_exercise(store, f"exercise {store.items.count()}", "we were slow", "anna", NOW)
    acts.finish(store, lesson, acts.plan(store, settings, lesson, planned(**how), "anna", NOW), "anna", NOW)


def test_breaches_of_the_clause_before_and_after(store: Store, settings: Settings) -> None:
    published(store, settings)
    said(store, NOW - 60 * DAY, label="question")
    for day in range(12):
        said(store, NOW - (day + 1) * DAY)
    said(store, NOW + 2 * DAY)
    said(store, NOW + 2 * DAY, voice=Voice.PUBLIC)
    said(store, NOW + 2 * DAY, label="policy.politics")
    done(store, settings)
    [early] = acts.effects(store, NOW + 13 * DAY)
    assert early.effect.verdict is Verdict.EARLY
    [told] = acts.effects(store, NOW + 14 * DAY)
    assert (told.effect.measure, told.effect.verdict) == (Measure.BREACHES, Verdict.BETTER)
    assert told.effect.before is not None and told.effect.after is not None
    assert (told.effect.before.cases, told.effect.before.value, told.effect.after.cases) == (12, 6.0, 1)


def test_the_precision_of_the_rule_over_all_its_versions(store: Store, settings: Settings) -> None:
    said(store, NOW - 60 * DAY, label="question", rule="other")
    for day in range(10):
        judge(store, said(store, NOW - (day + 1) * DAY), Said.WRONG, "anna", NOW)
        judge(store, said(store, NOW + day * DAY), Said.RIGHT, "anna", NOW)
        judge(store, said(store, NOW - (day + 1) * DAY, rule=f"{RULE}.other"), Said.RIGHT, "anna", NOW)
    done(store, settings, about=About.RULE, pointer=RULE)
    [told] = acts.effects(store, NOW + 20 * DAY)
    assert told.effect.before is not None and told.effect.after is not None
    assert (told.effect.before.value, told.effect.before.cases) == (0.0, 10)
    assert (told.effect.after.value, told.effect.after.cases, told.effect.verdict) == (1.0, 10, Verdict.BETTER)


def test_nothing_is_said_where_nothing_was_watched_before(store: Store, settings: Settings) -> None:
    published(store, settings)
    said(store, NOW)
    done(store, settings)
    assert acts.effects(store, NOW + 30 * DAY)[0].effect.verdict is Verdict.UNSEEN


def test_the_digest_tells_it_in_the_week_in_which_the_longer_look_is_complete(store: Store, settings: Settings) -> None:
    published(store, settings)
    said(store, NOW - 60 * DAY)
    done(store, settings)
    weeks = {week: week_figures(settings, store, week) for week in ("2026-W50", "2026-W51", "2026-W52")}
    assert {week: len(figures.learned) for week, figures in weeks.items()} == {"2026-W50": 0, "2026-W51": 1, "2026-W52": 0}
    [topic] = learned(weeks["2026-W51"], Speech("en"), "https://czujka.example")
    assert topic.table is not None
    assert topic.table.rows[0][0] == "Read it together"


def test_each_sees_the_lessons_of_what_they_may_see(store: Store, settings: Settings) -> None:
    acts.learn(store, resolved(store), "one", "anna", NOW)
    acts.learn_from_exercise(store, "leak", "two", "anna", NOW)
    people = (*settings.person, Person(id="vera", roles=("viewer@owner:care",)), Person(id="vic", roles=("viewer",)))
    known = settings.model_copy(update={"person": people})
    seen = {
        person: [one.text for one in store.lessons.list() if acts.sees(store, known, one, viewer_of(person, known))]
        for person in ("vera", "vic")
    }
    assert seen == {"vera": ["two"], "vic": ["two", "one"]}


def test_what_people_say_of_a_rule_is_read_by_an_index(store: Store) -> None:
    with store.database.write() as connection:
        if not store.database.is_sqlite:
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        lines = plan(connection, rule_query(RULE, NOW - DAY, NOW))
    assert [line for line in lines if is_scan(line)] == []
