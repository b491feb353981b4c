"""Story 16, after the storm: the review holds the time line, what was late and three actions; the one on a clause opens its review."""

from datetime import UTC, datetime, timedelta

import httpx

from actions import crisis as acts
from actions.digest import week_figures
from core.crisis import About, Kind, Part, Planned
from core.policy import Trigger
from core.records import Assessed
from core.settings import Settings
from core.types import Severity
from reports.digest import digest
from storage import Store
from storage.reading import Read
from tests.contract.test_policy_way import published, settings
from tests.contract.test_store import NOW, an_item, arrive, opens, understood
from tests.web.site import SECRET, Clock, Site, serve
from tests.web.test_sharing import words_of
from web import Context

__all__ = ["settings"]
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def storm(store: Store, settings: Settings) -> int:
    """An hour and a half about children who fell ill, led by Anna; two acts of the checklist came late, and one never."""
    store.items.add([arrive(an_item(1))], NOW)
    [unread] = store.reading.unread("v1", 1, NOW)
    store.reading.apply([Read(unread, understood())], "v1", NOW)
    opened = opens(unread.item_id, label="crisis.safety", severity=Severity.CRITICAL)
    [incident_id] = store.assessing.apply(Assessed(item_ids=(unread.item_id,), opens=(opened,)), NOW)
    number = acts.declare(store, settings, "Children ill after lot 4471", "anna", NOW + MINUTE, incident_id=incident_id)
    acts.give_role(store, settings, number, Part.SPOKESPERSON, "jan", "anna", NOW + 2 * MINUTE)
    items = acts.checklist_of(store.crises.get(number)).items
    for item in items:
        if item.id != "freeze-publishers":
            late = {"pause-scheduled": 25, "call-quality": 41}.get(item.id, 8)
            acts.tick(store, number, item.id, "jan", NOW + (1 + late) * MINUTE)
    said = acts.draft(store, number, "We have stopped the sale of lot 4471.", "en", "anna", NOW + 40 * MINUTE)
    acts.approve(store, number, said, "jan", NOW + 45 * MINUTE)
    acts.publish(store, number, said, "our site", "anna", NOW + 50 * MINUTE)
    acts.stand_down(store, number, "nobody new has fallen ill", "anna", NOW + 91 * MINUTE)
    return number


def test_after_the_storm(store: Store, settings: Settings) -> None:
    published(store, settings)
    number = storm(store, settings)
    after = NOW + DAY
    three = (
        Planned(text="Answer criticism at night too", owner="anna", due_at=after + 7 * DAY, about=About.CLAUSE, pointer="POL-12"),
        Planned(text="Freezing comes with a button", owner="jan", due_at=after + 14 * DAY, about=About.CHECKLIST, pointer="harm"),
        Planned(
            text="Rehearse the opening minutes", owner="ola", due_at=after + 21 * DAY, about=About.TRAINING, pointer="crisis rehearsal"
        ),
    )
    for planned in three:
        acts.plan(store, settings, number, planned, "anna", after)
    acts.close_review(store, number, "anna", after)

    [review] = store.reviews.list()
    assert (review.clause, review.trigger, review.owner, review.evidence) == ("POL-12", Trigger.CRISIS, "pr", {"crisis": number})

    clock = Clock(after)
    context = Context(store, settings, SECRET, clock=clock)
    with serve(context) as url, Site(url, store, context, clock, None).client("anna") as client:  # type: ignore[arg-type]
        page, file = client.get(f"/crisis/{number}/review").text, client.get(f"/crisis/{number}/review.pdf").content
        asked = client.get("/policy/reviews").text
    told_in_full(page)
    told_in_full(words_of(file))
    assert "POL-12" in asked
    overdue_in_the_digest(store, settings, number)


def told_in_full(told: str) -> None:
    for late in ("15 min late: Pause scheduled posts", "26 min late: Call quality", "Never done: Freeze who may publish"):
        assert late in told, late
    assert "late: Keep reports" not in told
    for planned in ("Answer criticism at night too", "POL-12", "Freezing comes with a button", "Rehearse the opening minutes"):
        assert planned in told, planned
    moments = (
        "Spokesperson: Jan Wrona",
        "Done: Keep reports",
        "Statement 1 went out",
        "nobody new has fallen ill",
        "The review was closed",
    )
    line = told[told.index("Minute by minute") :]
    places = [line.index(moment) for moment in moments]
    assert places == sorted(places)


def overdue_in_the_digest(store: Store, settings: Settings, number: int) -> None:
    """A week before its day nothing is said; in the week after it the first line names it with its owner; done, it is gone."""
    assert [needs_of(store, settings, week) for week in ("2026-W47", "2026-W48")] == [[], ["Answer criticism at night too (Anna Lis)"]]
    acts.finish_action(store, number, 1, "anna", NOW + 10 * DAY)
    assert needs_of(store, settings, "2026-W48") == []


def needs_of(store: Store, settings: Settings, week: str) -> list[str]:
    figures = week_figures(settings, store, week)
    assert figures.ends_at < datetime(2026, 12, 1, tzinfo=UTC)
    names = {person.id: person.name for person in settings.person}
    told = digest(figures, "en", "Mleczarnia Polna", "https://czujka.example", names).needs
    return [need.text.partition(": ")[2] for need in told if "after a review" in need.text]


def test_a_crisis_without_lessons_is_not_closed(store: Store, settings: Settings) -> None:
    number = acts.declare(store, settings, "An outage", "anna", NOW, kind=Kind.OUTAGE)
    acts.stand_down(store, number, "it works again", "anna", NOW + MINUTE)
    clock = Clock(NOW + DAY)
    context = Context(store, settings, SECRET, clock=clock)
    with serve(context) as url, Site(url, store, context, clock, None).client("anna") as client:  # type: ignore[arg-type]
        assert "Nothing was late." in client.get(f"/crisis/{number}/review").text
        assert client.get("/policy/reviews").status_code == httpx.codes.OK
    assert store.reviews.list() == []
