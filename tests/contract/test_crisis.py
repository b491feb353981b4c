"""A crisis from its declaration to its review, on both databases: every act once, in the log and in the audit."""

import threading
from datetime import timedelta

import pytest

from actions import crisis as acts
from core.crisis import About, EntryKind, Kind, Part, Planned, Stage
from core.errors import Conflict, NotFound, Refused
from core.policy import Trigger
from core.records import Assessed
from core.settings import Settings
from core.types import Severity
from storage import Store
from storage.reading import Read
from tests.contract.test_policy_way import published, settings
from tests.contract.test_store import NOW, an_item, arrive, opens, understood
from tests.fakes.dairy import dairy

__all__ = ["settings"]
COMPANY = dairy()
HOUR = timedelta(hours=1)


def declared(store: Store, **how: object) -> int:
    given: dict[str, object] = {"kind": Kind.HARM, "lead": "anna"} | how
    return acts.declare(store, COMPANY, "Ill after the yoghurt", "ola", NOW, **given)  # type: ignore[arg-type]


def an_incident(store: Store, label: str = "crisis.safety", severity: Severity = Severity.CRITICAL) -> int:
    store.items.add([arrive(an_item(store.items.count() + 1))], NOW)
    [unread] = store.reading.unread("v1", 1, NOW)
    store.reading.apply([Read(unread, understood())], "v1", NOW)
    opened = opens(unread.item_id, key=f"{label}:{unread.item_id}", label=label, severity=severity)
    [incident_id] = store.assessing.apply(Assessed(item_ids=(unread.item_id,), opens=(opened,)), NOW)
    return incident_id


def planned(**how: object) -> Planned:
    given: dict[str, object] = {"text": "Answer within an hour", "owner": "anna", "due_at": NOW + timedelta(days=14)}
    given |= {"about": About.TRAINING, "pointer": "on-call"} | how
    return Planned(**given)  # type: ignore[arg-type]


def told(store: Store, crisis_id: int) -> list[tuple[EntryKind, str]]:
    return [(one.kind, one.actor) for one in store.crises.room(crisis_id).entries]


def test_declared_by_hand_with_a_lead_and_nothing_else(store: Store) -> None:
    one = store.crises.get(declared(store))
    assert (one.kind, one.stage, one.version, dict(one.roles)) == (Kind.HARM, Stage.DECLARED, 1, {Part.LEAD: "anna"})
    assert (one.declared_by, one.declared_at, one.incident_id, one.brand) == ("ola", NOW, None, None)
    with pytest.raises(NotFound):
        store.crises.get(99)


def test_on_an_incident_the_kind_follows_from_it_and_one_is_enough(store: Store) -> None:
    incident_id = an_incident(store)
    first = acts.declare(store, COMPANY, "Ill", "ola", NOW, incident_id=incident_id)
    assert (store.crises.get(first).kind, store.crises.get(first).brand) == (Kind.HARM, "polna")
    with pytest.raises(Refused, match="declared on incident"):
        acts.declare(store, COMPANY, "Ill again", "jan", NOW, incident_id=incident_id)
    acts.stand_down(store, first, "over", "ola", NOW + HOUR)
    again = acts.declare(store, COMPANY, "It came back", "jan", NOW + 2 * HOUR, incident_id=incident_id)
    assert store.crises.of_incident(incident_id) == store.crises.get(again)
    with pytest.raises(NotFound):
        acts.declare(store, COMPANY, "x", "jan", NOW, incident_id=10**6)


def test_of_two_who_declare_at_once_one_does(store: Store) -> None:
    incident_id, ends = an_incident(store), []
    start = threading.Barrier(2)

    def hasty(who: str) -> None:
        start.wait()
        try:
            ends.append(acts.declare(store, COMPANY, "Ill", who, NOW, incident_id=incident_id))
        except Refused:
            ends.append(0)

    hands = [threading.Thread(target=hasty, args=(who,)) for who in ("anna", "jan")]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert sorted(map(bool, ends)) == [False, True]
    assert len(store.crises.list()) == 1


def test_a_grave_incident_of_a_crisis_is_a_proposal_until_somebody_declares_it(store: Store) -> None:
    grave = an_incident(store)
    an_incident(store, "crisis.boycott", Severity.MEDIUM)
    an_incident(store, "complaint.delivery")
    assert [one.incident_id for one in store.crises.proposals()] == [grave]
    acts.declare(store, COMPANY, "Ill", "ola", NOW, incident_id=grave)
    assert store.crises.proposals() == []


def test_roles_change_hands_and_an_old_page_changes_nothing(store: Store) -> None:
    number = declared(store)
    acts.give_role(store, COMPANY, number, Part.SPOKESPERSON, "jan", "anna", NOW, seen=1)
    with pytest.raises(Conflict):
        acts.give_role(store, COMPANY, number, Part.SPOKESPERSON, "tom", "ola", NOW, seen=1)
    acts.give_role(store, COMPANY, number, Part.LEAD, "jan", "anna", NOW)
    assert store.crises.get(number).parts_of("jan") == (Part.LEAD, Part.SPOKESPERSON)
    acts.give_role(store, COMPANY, number, Part.SPOKESPERSON, "", "jan", NOW)
    assert dict(store.crises.get(number).roles) == {Part.LEAD: "jan"}
    with pytest.raises(Refused, match="always has a lead"):
        acts.give_role(store, COMPANY, number, Part.LEAD, "", "jan", NOW)
    with pytest.raises(Refused, match="no person 'nobody'"):
        acts.give_role(store, COMPANY, number, Part.LEGAL, "nobody", "jan", NOW)


def test_a_tick_says_who_and_when_and_a_second_one_changes_nothing(store: Store) -> None:
    number = declared(store)
    assert acts.tick(store, number, "pause-scheduled", "anna", NOW + timedelta(minutes=3))
    assert not acts.tick(store, number, "pause-scheduled", "jan", NOW + HOUR)
    done = store.crises.room(number).ticks["pause-scheduled"]
    assert (done.person, done.at) == ("anna", NOW + timedelta(minutes=3))
    assert acts.tick(store, number, "pause-scheduled", "jan", NOW + HOUR, done=False)
    assert store.crises.room(number).ticks == {}
    assert [kind for kind, _ in told(store, number)] == [EntryKind.DECLARED, EntryKind.TICKED, EntryKind.UNTICKED]
    with pytest.raises(Refused, match="has no item 'dance'"):
        acts.tick(store, number, "dance", "anna", NOW)


def test_nobody_approves_their_own_statement_nor_without_a_role(store: Store) -> None:
    number = declared(store)
    said = acts.draft(store, number, "Nie ma dowodów.", "pl", "anna", NOW)
    for who in ("anna", "jan", "ola"):
        with pytest.raises(Refused, match="may not approve"):
            acts.approve(store, number, said, who, NOW)
    with pytest.raises(Refused, match="not approved"):
        acts.publish(store, number, said, "X", "anna", NOW)
    acts.give_role(store, COMPANY, number, Part.LOG_KEEPER, "jan", "anna", NOW)
    with pytest.raises(Refused, match="may not approve"):
        acts.approve(store, number, said, "jan", NOW)
    acts.give_role(store, COMPANY, number, Part.LEGAL, "tom", "anna", NOW)
    acts.approve(store, number, said, "tom", NOW + HOUR)
    with pytest.raises(Conflict):
        acts.approve(store, number, said, "tom", NOW + HOUR)
    acts.publish(store, number, said, " our  site, X ", "anna", NOW + 2 * HOUR)
    [out] = store.crises.room(number).statements
    assert (out.approved_by, out.published_by, out.published_at, out.published_where) == ("tom", "anna", NOW + 2 * HOUR, "our site, X")
    assert store.crises.room(number).last_statement() == out
    with pytest.raises(Conflict):
        acts.publish(store, number, said, "again", "anna", NOW + 3 * HOUR)


def test_a_statement_with_an_open_blank_or_dropped_goes_nowhere(store: Store) -> None:
    number = declared(store)
    with pytest.raises(Refused, match="blank in braces"):
        acts.draft(store, number, "We know about {what}.", "en", "ola", NOW)
    said = acts.draft(store, number, "We know.", "en", "ola", NOW)
    acts.drop(store, number, said, "ola", NOW)
    with pytest.raises(Conflict):
        acts.approve(store, number, said, "anna", NOW)
    with pytest.raises(NotFound):
        acts.approve(store, number, 10**6, "anna", NOW)


def test_after_the_review_the_log_is_closed(store: Store) -> None:
    number = declared(store)
    with pytest.raises(Refused, match="while it is stood down"):
        acts.plan(store, COMPANY, number, planned(), "ola", NOW)
    acts.stand_down(store, number, "nobody new fell ill", "anna", NOW + HOUR, seen=1)
    with pytest.raises(Refused, match="while it is declared"):
        acts.stand_down(store, number, "twice", "anna", NOW + HOUR)
    acts.log(store, number, "the lot is back", "jan", NOW + HOUR)
    with pytest.raises(Refused, match="at least one action"):
        acts.close_review(store, number, "anna", NOW + HOUR)
    action = acts.plan(store, COMPANY, number, planned(), "anna", NOW + HOUR)
    acts.close_review(store, number, "anna", NOW + 2 * HOUR)
    for late in (
        lambda: acts.log(store, number, "one more thing", "jan", NOW),
        lambda: acts.tick(store, number, "pause-scheduled", "jan", NOW),
        lambda: acts.draft(store, number, "sorry", "en", "jan", NOW),
        lambda: acts.plan(store, COMPANY, number, planned(), "jan", NOW),
        lambda: acts.give_role(store, COMPANY, number, Part.LEGAL, "tom", "anna", NOW),
    ):
        with pytest.raises(Refused):
            late()
    acts.finish_action(store, number, action, "anna", NOW + timedelta(days=2))
    with pytest.raises(Conflict):
        acts.finish_action(store, number, action, "jan", NOW + timedelta(days=2))


def test_an_action_without_an_end_is_refused(store: Store) -> None:
    number = declared(store)
    acts.stand_down(store, number, "over", "anna", NOW)
    wrong: dict[str, dict[str, object]] = {
        "what shall be done": {"text": " "},
        "no person": {"owner": "nobody"},
        "next year": {"due_at": NOW - HOUR},
        "within the next year": {"due_at": NOW + timedelta(days=400)},
        "no clause 'POL-99'": {"about": About.CLAUSE, "pointer": "POL-99"},
        "no rule": {"about": About.RULE, "pointer": "leak.nothing"},
        "no checklist": {"about": About.CHECKLIST, "pointer": "picnic"},
        "which training": {"pointer": " "},
    }
    for why, how in wrong.items():
        with pytest.raises(Refused, match=why):
            acts.plan(store, COMPANY, number, planned(**how), "anna", NOW)
    assert store.crises.room(number).actions == ()


def test_an_action_on_a_clause_opens_its_review_and_others_open_none(store: Store, settings: Settings) -> None:
    published(store, settings)
    number = declared(store)
    acts.stand_down(store, number, "over", "anna", NOW + HOUR)
    for how in ({"about": About.RULE, "pointer": "leak.confidential.marking"}, {"about": About.CHECKLIST, "pointer": "harm"}, {}):
        acts.plan(store, settings, number, planned(**how), "anna", NOW + HOUR)
    assert store.reviews.list() == []
    acts.plan(store, settings, number, planned(about=About.CLAUSE, pointer="POL-12"), "anna", NOW + HOUR)
    acts.plan(store, settings, number, planned(about=About.CLAUSE, pointer="POL-12", text="and one more"), "anna", NOW + HOUR)
    [review] = store.reviews.list()
    assert (review.clause, review.trigger, review.owner, review.opened_by) == ("POL-12", Trigger.CRISIS, "pr", "anna")
    assert review.evidence == {"crisis": number}
    late = store.crises.open_actions(NOW + timedelta(days=15))
    assert [one.planned.pointer for one in late] == ["leak.confidential.marking", "harm", "on-call", "POL-12", "POL-12"]
    assert store.crises.open_actions(NOW + timedelta(days=13)) == []


def test_every_act_leaves_its_audit_line_without_a_word_of_text(store: Store) -> None:
    number = declared(store)
    acts.give_role(store, COMPANY, number, Part.LEGAL, "tom", "anna", NOW)
    acts.log(store, number, "a secret remark", "ola", NOW)
    acts.log(store, number, "a secret status", "ola", NOW, status=True)
    acts.tick(store, number, "stop-sale", "jan", NOW)
    said = acts.draft(store, number, "a secret draft", "en", "jan", NOW, typed_by="cli:root")
    acts.approve(store, number, said, "tom", NOW)
    acts.publish(store, number, said, "a secret place", "jan", NOW)
    acts.stand_down(store, number, "a secret reason", "anna", NOW)
    acts.plan(store, COMPANY, number, planned(), "anna", NOW)
    acts.close_review(store, number, "anna", NOW)
    lines = [(line.actor, line.act, line.subject) for line in reversed(store.audit.lines())]
    head = f"crisis {number}"
    assert lines == [
        ("ola", "crisis_declared", f"{head} kind harm lead anna"),
        ("anna", "crisis_role", f"{head} part legal person tom"),
        ("ola", "crisis_noted", head),
        ("ola", "crisis_status", head),
        ("jan", "crisis_ticked", f"{head} item stop-sale"),
        ("jan", "crisis_drafted", f"{head} statement {said} typed_by cli:root"),
        ("tom", "crisis_approved", f"{head} statement {said}"),
        ("jan", "crisis_published", f"{head} statement {said}"),
        ("anna", "crisis_stood_down", head),
        ("anna", "crisis_action", f"{head} action 1 about training pointer on-call"),
        ("anna", "crisis_reviewed", head),
    ]
    assert told(store, number)[-1] == (EntryKind.REVIEWED, "anna")
