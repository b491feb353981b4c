"""Reviews of the policy's clauses, on both databases: opened once by what happened, decided once, with their audit lines."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import httpx
import pytest

from actions import incidents, reviews, tokens
from actions import policy as acts
from actions.verdicts import judge
from core.errors import Conflict, NotFound, Refused
from core.policy import Outcome, Review, Trigger
from core.records import Assessed
from core.settings import Settings
from core.types import Author, Finding, Severity
from core.verdicts import Said
from czujka.reviewing import look
from storage import Store
from storage.reading import Read
from tests.contract.test_policy_way import HELD, edit, folder_of, published, settings
from tests.contract.test_store import NOW, an_item, arrive, opens, understood
from tests.web.site import serve
from web import Context

__all__ = ["settings"]
LATER = NOW + timedelta(days=1)


def opened(store: Store) -> list[tuple[str, Trigger]]:
    return [(one.clause, one.trigger) for one in store.reviews.list()]


def of(rows: Sequence[Review], trigger: Trigger) -> Review:
    return next(one for one in rows if one.trigger is trigger)


def found(store: Store, label: str, at: datetime) -> int:
    """A post with this finding; its id."""
    store.items.add([arrive(an_item(store.items.count() + 1))], at)
    [unread] = store.reading.unread("v1", 1, at)
    one = Finding(label=label, score=0.9, severity=Severity.HIGH, detector=f"{label}@1", start=0, end=6)
    store.reading.apply([Read(unread, understood(one))], "v1", at)
    return unread.item_id


def test_without_a_policy_in_force_nothing_is_reviewed(store: Store, settings: Settings) -> None:
    acts.propose(store, settings, folder_of(settings), "", "anna", NOW)
    assert look(store, settings, NOW + timedelta(days=999)) == 0


def test_after_a_year_every_clause_is_asked_once_and_what_was_changed_meanwhile_later(store: Store, settings: Settings) -> None:
    published(store, settings)
    half = NOW + timedelta(days=180)
    edit(settings, "POL-11.md", "watcher: pr", "watcher: hr")
    made = acts.propose(store, settings, folder_of(settings), "", "anna", half)
    acts.approve(store, settings, made.number, "pr", HELD["pr"], half)
    acts.publish(store, made.number, None, "anna", half)
    year = NOW + timedelta(days=365)
    assert look(store, settings, year) == 17
    assert ("POL-11", Trigger.YEARLY) not in opened(store)
    assert look(store, settings, year) == 0
    assert look(store, settings, half + timedelta(days=365)) == 1


def test_a_leak_that_somebody_calls_right_asks_the_owner_with_its_number(store: Store, settings: Settings) -> None:
    published(store, settings)
    found(store, "leak.pii.phone", NOW)
    assert look(store, settings, LATER) == 0, "nobody has confirmed it"
    judge(store, 1, Said.RIGHT, "anna", LATER)
    assert look(store, settings, LATER) == 1
    [one] = store.reviews.list()
    assert (one.clause, one.trigger, one.owner, one.opened_by) == ("POL-09", Trigger.LEAK, "privacy", "sweep")
    assert (one.evidence["finding"], one.evidence["label"]) == (1, "leak.pii.phone")
    assert one.due_at == LATER + timedelta(days=7)


def test_a_resolved_crisis_asks_and_one_that_is_open_does_not(store: Store, settings: Settings) -> None:
    published(store, settings)
    item_id = found(store, "crisis.boycott", NOW)
    [incident_id] = store.assessing.apply(Assessed(item_ids=(item_id,), opens=(opens(item_id, label="crisis.boycott"),)), NOW)
    assert look(store, settings, LATER) == 0
    incidents.resolve(store, settings, incident_id, "anna", LATER)
    assert look(store, settings, LATER) == 1
    assert of(store.reviews.list(), Trigger.CRISIS).evidence["incident"] == incident_id


def test_a_change_of_law_is_recorded_by_a_person_and_audited(store: Store, settings: Settings) -> None:
    with pytest.raises(Refused, match="no policy is in force"):
        reviews.record_change(store, Trigger.LAW, "a new act", (), "anna", NOW)
    published(store, settings)
    assert reviews.record_change(store, Trigger.LAW, "a new act on advertising", ("POL-11", "POL-03"), "anna", NOW) == 2
    assert [one.evidence for one in store.reviews.list()] == [{"what": "a new act on advertising"}] * 2
    assert [line.subject for line in store.audit.lines() if line.act == "policy_review_opened"] == ["POL-11 law", "POL-03 law"]
    for what, clauses in ((" ", ()), ("a new act", ("POL-99",))):
        with pytest.raises(Refused):
            reviews.record_change(store, Trigger.LAW, what, clauses, "anna", NOW)
    with pytest.raises(Refused):
        reviews.record_change(store, Trigger.CRISIS, "not a person's to say", (), "anna", NOW)


def test_a_review_is_decided_once_with_a_reason(store: Store, settings: Settings) -> None:
    published(store, settings)
    reviews.record_change(store, Trigger.STRATEGY, "we leave X", ("POL-13",), "anna", NOW)
    [one] = store.reviews.list()
    with pytest.raises(Refused, match="a reason"):
        reviews.decide(store, one.review_id, Outcome.KEPT, "  ", "jan", LATER)
    done = reviews.decide(store, one.review_id, Outcome.KEPT, "nothing to change", "jan", LATER)
    assert (done.outcome, done.reason, done.decided_by, done.decided_at) == (Outcome.KEPT, "nothing to change", "jan", LATER)
    assert opened(store) == []
    with pytest.raises(Conflict):
        reviews.decide(store, one.review_id, Outcome.CHANGED, "too late", "anna", LATER)
    with pytest.raises(NotFound):
        reviews.decide(store, 999, Outcome.KEPT, "no such", "anna", LATER)
    newest = store.audit.lines()[0]
    assert (newest.actor, newest.act, newest.subject) == ("jan", "policy_reviewed", "POL-13 kept")


def test_while_one_is_open_more_of_its_kind_opens_no_other(store: Store, settings: Settings) -> None:
    published(store, settings)
    for number in (1, 2):
        found(store, "leak.pii.phone", NOW)
        judge(store, number, Said.RIGHT, "anna", LATER)
        look(store, settings, LATER)
    [one] = store.reviews.list()
    reviews.decide(store, one.review_id, Outcome.KEPT, "covered", "ola", LATER)
    assert look(store, settings, LATER) == 0, "what was known when the owner looked asks no more"


def test_whoever_holds_the_owner_s_office_decides(store: Store, settings: Settings) -> None:
    published(store, settings)
    reviews.record_change(store, Trigger.LAW, "a new act", ("POL-09",), "anna", NOW)
    [one] = store.reviews.list()
    held = settings.model_copy(update={"person": tuple(each.model_copy(update={"roles": ("viewer",)}) for each in settings.person)})
    assert reviews.may_decide(held, one, "ola")
    assert not reviews.may_decide(held, one, "jan")


def test_the_api_tells_and_decides_as_the_page_does(store: Store, settings: Settings) -> None:
    published(store, settings)
    reviews.record_change(store, Trigger.LAW, "a new act", ("POL-09",), "anna", NOW)
    context = Context(store, settings, "a secret of the tests, forty characters long", clock=lambda: LATER)
    token = tokens.make(store, settings, "test", "ola", ("see", "act"), timedelta(days=9), "tests", NOW)
    with (
        serve(context) as url,
        httpx.Client(base_url=f"{url}/api/v1", headers={"Authorization": f"Bearer {token}"}, trust_env=False) as api,
    ):
        [one] = api.get("/policy/reviews").json()
        assert (one["clause"], one["trigger"], one["evidence"]) == ("POL-09", "law", {"what": "a new act"})
        address = f"/policy/reviews/{one['id']}/decide"
        assert api.post(address, json={"outcome": "kept", "reason": ""}).status_code == 422
        assert api.post(address, json={"outcome": "kept", "reason": "covered"}).json()["decided_by"] == "ola"
        assert api.post(address, json={"outcome": "changed", "reason": "again"}).status_code == 409
        assert api.get("/policy/reviews").json() == []
        assert [each["outcome"] for each in api.get("/policy/reviews?decided=true").json()] == ["kept"]


def test_people_s_links_to_a_platform_without_us_ask_once(store: Store, settings: Settings) -> None:
    published(store, settings)
    for number in range(1, 6):
        text, author = f"https://tiktok.com/@polna/{number} https://x.com/polna", Author(id=str(number), handle=f"h{number}")
        store.items.add([arrive(an_item(number, text, author=author))], NOW)
        assert look(store, settings, NOW) == (number == 5)
    assert {one.evidence["platform"] for one in store.reviews.list()} == {"tiktok"}
    reviews.decide(store, store.reviews.list()[0].review_id, Outcome.KEPT, "we want none there", "jan", LATER)
    assert look(store, settings, LATER) == 0
