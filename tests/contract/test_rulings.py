"""What people rule about rules, on both databases: one ruling holds, the rest is history, and what is ruled out pages nobody."""

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa

from actions import rulings as acts
from actions.verdicts import judge
from core.errors import ConfigError, Conflict, NotFound, Refused
from core.records import Assessed
from core.rulings import Ruled, Ruling, Rulings, Standing
from core.settings import Alerting
from core.types import Finding, IncidentState, Severity
from core.verdicts import Said
from storage import Store
from storage.figures import unalarmed_query
from storage.reading import Read
from storage.rulings import resting_query
from storage.schema import finding
from storage.schema_delivery import delivery
from tests.contract.test_store import NOW, an_incident, an_item, arrive, opens, pages, understood
from tests.integration.test_query_plans import is_scan, plan

LATER = NOW + timedelta(minutes=5)
PHONE = "leak.pii.phone"


def read(store: Store, *found: Finding) -> int:
    """One more post with these findings, read and not assessed; answers its id."""
    store.items.add([arrive(an_item(store.items.count() + 1))], NOW)
    [unread] = store.reading.unread("v1", 1, NOW)
    store.reading.apply([Read(unread, understood(*found))], "v1", NOW)
    return unread.item_id


def found(rule: str = PHONE, label: str | None = None, score: float = 0.9) -> Finding:
    version = next((one.version for one in acts.list_rules() if one.id == rule), 1)
    return Finding(label=label or rule, score=score, severity=Severity.HIGH, detector=f"{rule}@{version}", start=0, end=6)


def opened(store: Store, *findings: Finding, label: str = PHONE) -> int:
    """An incident that holds one post with these findings."""
    item_id = read(store, *findings)
    decided = Assessed(item_ids=(item_id,), opens=(opens(item_id, label=label, dedup_key=f"{label}/{item_id}"),))
    [incident_id] = store.assessing.apply(decided, NOW)
    return incident_id


def trial(store: Store, name: str = PHONE) -> Ruling:
    return acts.rule_on(store, name, Standing.TRIAL, "company numbers", "anna", LATER)


def test_the_newest_ruling_holds_and_the_one_before_is_history(store: Store) -> None:
    first = trial(store)
    second = acts.rule_on(store, PHONE, Standing.SCORE, "surer ones", "jan", LATER, score=0.95)
    assert store.rulings.holding() == Rulings((second,))
    newest, before = store.rulings.history()
    assert (newest.ruling_id, newest.score, newest.ended_at) == (second.ruling_id, 0.95, None)
    assert (before.ruling_id, before.ended_by, before.ended_at) == (first.ruling_id, "jan", LATER)


def test_a_ruling_that_is_revoked_holds_no_more(store: Store) -> None:
    trial(store)
    acts.revoke(store, PHONE, "jan", LATER)
    assert store.rulings.holding().holding == ()
    with pytest.raises(NotFound, match="no ruling about the rule leak"):
        acts.revoke(store, PHONE, "jan", LATER)
    told = [(line.actor, line.act, line.subject) for line in store.audit.lines()]
    assert told == [("jan", "rule_ruling_revoked", f"rule {PHONE}"), ("anna", "rule_ruled", f"rule {PHONE}: trial")]


def test_two_who_rule_at_once_leave_one_ruling(store: Store) -> None:
    both, failed = threading.Barrier(2), []

    def rule(person: str) -> None:
        both.wait()
        try:
            acts.rule_on(store, PHONE, Standing.TRIAL, "at once", person, LATER)
        except Conflict as error:
            failed.append(error)

    threads = [threading.Thread(target=rule, args=(person,)) for person in ("anna", "jan")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(store.rulings.holding().holding) == 1
    assert len(store.rulings.history()) + len(failed) == 2


def test_an_incident_that_rests_on_it_alone_pages_nobody_and_stays_in_the_list(store: Store) -> None:
    incident_id = opened(store, found())
    store.incidents.apply_pages([pages(incident_id, hold_until=NOW + timedelta(hours=8))], NOW)
    trial(store)
    card = store.incidents.card(incident_id)
    assert (card.row.state, card.row.paging, card.next_step_at) == (IncidentState.OPEN, False, None)
    assert (card.events[-1].kind, card.events[-1].reason, card.events[-1].actor) == ("calmed", "ruled_out", "anna")
    with store.database.read() as connection:
        assert connection.execute(sa.select(delivery.c.state)).scalars().all() == ["withdrawn"], "what waited for the morning"
    assert store.incidents.due(NOW + timedelta(days=1), 10) == []


@pytest.mark.parametrize("other", [found("leak.pii.card"), found("another.rule", PHONE)])
def test_an_incident_that_something_else_supports_pages_on(store: Store, other: Finding) -> None:
    incident_id = opened(store, found(), other, label=other.label)
    trial(store)
    assert store.incidents.card(incident_id).row.paging


def test_a_score_rules_out_what_is_less_sure(store: Store) -> None:
    doubtful, sure = opened(store, found(score=0.7)), opened(store, found(score=0.9))
    acts.rule_on(store, f"label:{PHONE}", Standing.SCORE, "surer ones", "anna", LATER, score=0.8)
    assert [store.incidents.card(one).row.paging for one in (doubtful, sure)] == [False, True]


def test_what_was_read_and_not_assessed_is_no_alarm_any_more_and_older_findings_stay_as_they_were(store: Store) -> None:
    opened(store, found())
    fresh = read(store, found(), found("question"))
    trial(store)
    [state] = store.assessing.load(10, LATER, Alerting()).items
    assert (state.item_id, [one.label for one in state.findings]) == (fresh, ["question"])
    with store.database.read() as connection:
        mine = sa.select(finding.c.reported).where(finding.c.label == PHONE).order_by(finding.c.id)
        assert connection.execute(mine).scalars().all() == [True, False]


def test_what_was_decided_before_the_ruling_and_written_after_it_pages_nobody(store: Store) -> None:
    item_id = read(store, found())
    decided = Assessed(item_ids=(item_id,), opens=(opens(item_id, label=PHONE),))
    trial(store)
    [incident_id] = store.assessing.apply(decided, LATER)
    assert not store.incidents.card(incident_id).row.paging
    assert store.incidents.card(an_incident(store, dedup_key="another")).row.paging, "others page as ever"


def test_a_name_is_a_rule_first_and_a_label_where_it_says_so(store: Store) -> None:
    assert trial(store, f"{PHONE}@1").about is Ruled.RULE
    assert trial(store, f"label:{PHONE}").about is Ruled.LABEL
    assert trial(store, "complaint.delivery").about is Ruled.LABEL, "no rule is called so"
    acts.revoke(store, f"label:{PHONE}", "anna", LATER)
    assert {(one.about, one.name) for one in store.rulings.holding().holding} == {
        (Ruled.RULE, PHONE),
        (Ruled.LABEL, "complaint.delivery"),
    }


def test_what_makes_no_sense_is_refused_with_what_to_do(store: Store) -> None:
    with pytest.raises(ConfigError, match=r"no rule and no label 'leak.pii.fone'; did you mean 'leak.pii.phone'\?"):
        trial(store, "leak.pii.fone")
    with pytest.raises(ConfigError, match="a reason is needed"):
        acts.rule_on(store, PHONE, Standing.TRIAL, "  ", "anna", NOW)
    for score in (None, 0.0, 1.2):
        with pytest.raises(ConfigError, match="a score above 0 and up to 1"):
            acts.rule_on(store, PHONE, Standing.SCORE, "why", "anna", NOW, score=score)
    with pytest.raises(Refused, match="czujka rules revoke label:complaint"):
        acts.rule_on(store, "complaint.delivery", Standing.LIVE, "why", "anna", NOW)
    with pytest.raises(Refused, match="nothing is proposed for the rule leak"):
        acts.accept(store, PHONE, "anna", NOW)
    assert store.rulings.history() == []


def test_a_proposed_score_is_accepted_once(store: Store) -> None:
    """Of twenty, the ten surest are right: from their score on the label is right often enough."""
    for place in range(20):
        read(store, found("complaint.delivery.parcel", "complaint.delivery", 0.6 if place < 10 else 0.9))
    with store.database.read() as connection:
        numbers = connection.execute(sa.select(finding.c.id).order_by(finding.c.id)).scalars().all()
    for place, number in enumerate(numbers):
        judge(store, number, Said.WRONG if place < 10 else Said.RIGHT, "anna", NOW)
    made = acts.accept(store, "label:complaint.delivery", "jan", LATER, reason="agreed with care")
    assert (made.standing, made.score, made.reason) == (Standing.SCORE, 0.9, "agreed with care (10 of 10 judged right)")
    assert [each.name for each in acts.proposals(store) if each.is_open] == ["complaint.delivery.parcel"], "its rule could be mended"
    with pytest.raises(Refused):
        acts.accept(store, "label:complaint.delivery", "jan", LATER)


def test_its_queries_use_an_index(store: Store) -> None:
    asked = (resting_query(Rulings((trial(store),)), None), unalarmed_query(NOW, LATER))
    with store.database.read() as connection:
        if not store.database.is_sqlite:
            connection.execute(sa.text("SET LOCAL enable_seqscan = off"))
        assert [line for query in asked for line in plan(connection, query) if is_scan(line)] == []
