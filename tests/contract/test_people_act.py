"""What people do with stories, conversations, mutes and duties, on SQLite and on PostgreSQL alike."""

from datetime import UTC, datetime, timedelta

import pytest

from actions import conversations, duties, easing, incidents
from core.duties import Decision, DutyKind
from core.easing import MuteKind
from core.errors import Conflict, NotFound, Refused
from core.types import ConversationState, IncidentState, Severity, Voice
from storage import Store
from tests.fakes.dairy import finding
from tests.fakes.desk import Desk

HOUR = timedelta(hours=1)
OPEN = (IncidentState.OPEN, IncidentState.ACKNOWLEDGED)


@pytest.fixture
def desk(store: Store) -> Desk:
    return Desk(store)


def leak(desk: Desk, band: int, severity: Severity = Severity.HIGH) -> int:
    return desk.post(finding("leak.internal", severity), bands=(band,), text=f"slajd {band}")


def only(desk: Desk) -> int:
    [row] = desk.store.incidents.list(OPEN)
    return row.incident_id


def late_parcels(desk: Desk, people: int) -> list[int]:
    return [desk.post(finding("complaint.delivery")) for _ in range(people)]


class TestMerge:
    def test_two_are_one_and_what_comes_later_joins_it(self, desk: Desk) -> None:
        first, second = leak(desk, 1), leak(desk, 2, Severity.CRITICAL)
        other, into = (row.incident_id for row in desk.store.incidents.list(OPEN))
        incidents.merge(desk.store, into, other, "anna", desk.now)
        card = desk.store.incidents.card(into)
        assert (card.row.items, card.row.severity, card.row.state) == (2, Severity.CRITICAL, IncidentState.OPEN)
        gone = desk.store.incidents.card(other).row
        assert (gone.state, gone.merged_into) == (IncidentState.RESOLVED, into)
        third = leak(desk, 2)
        assert desk.store.stories.item_ids(into) == [first, second, third]
        assert only(desk) == into
        with pytest.raises(Refused, match=f"is a part of incident {into} now"):
            incidents.reopen(desk.store, desk.settings, other, "anna", desk.now)

    def test_a_name_that_was_merged_opens_no_incident_of_its_own(self, desk: Desk) -> None:
        def both_are_named() -> None:
            for name in ("Projekt Bursztyn", "Orzeł"):
                desk.post(finding("leak.codename", Severity.HIGH, (0, len(name))), text=name)

        both_are_named()
        newer, older = desk.store.incidents.list(OPEN)
        incidents.merge(desk.store, older.incident_id, newer.incident_id, "anna", desk.now)
        both_are_named()
        assert desk.store.incidents.card(only(desk)).row.items == 4

    def test_a_third_one_brings_along_what_was_merged_into_it(self, desk: Desk) -> None:
        for band in (1, 2, 3):
            leak(desk, band)
        first, second, third = sorted(row.incident_id for row in desk.store.incidents.list(OPEN))
        incidents.merge(desk.store, second, third, "anna", desk.now)
        incidents.merge(desk.store, first, second, "anna", desk.now)
        leak(desk, 3)
        assert desk.store.incidents.card(only(desk)).row.items == 4

    def test_what_cannot_be_is_refused(self, desk: Desk) -> None:
        leak(desk, 1)
        mine = only(desk)
        with pytest.raises(Refused, match="two different"):
            incidents.merge(desk.store, mine, mine, "anna", desk.now)
        with pytest.raises(NotFound):
            incidents.merge(desk.store, mine, 999, "anna", desk.now)
        leak(desk, 2)
        other = max(row.incident_id for row in desk.store.incidents.list(OPEN))
        incidents.resolve(desk.store, desk.settings, other, "anna", desk.now)
        with pytest.raises(Refused, match="is resolved"):
            incidents.merge(desk.store, mine, other, "anna", desk.now)

    def test_the_owners_of_both_take_part_and_are_not_told_again(self, desk: Desk) -> None:
        leak(desk, 1)
        desk.post(finding("crisis.press", Severity.HIGH), text="pytanie prasowe")
        into, other = sorted(row.incident_id for row in desk.store.incidents.list(OPEN))
        desk.notify()
        incidents.merge(desk.store, into, other, "anna", desk.now)
        assert desk.store.incidents.card(into).participants == ("pr",)
        desk.notify()
        assert [told for told in desk.store.incidents.card(into).events if told.kind == "participant"] == []


class TestSplit:
    def test_some_posts_become_an_incident_of_their_own_and_page(self, desk: Desk) -> None:
        posts = late_parcels(desk, 8)
        mine = only(desk)
        new = incidents.split(desk.store, desk.settings, mine, posts[:3], "anna", desk.now)
        assert desk.store.stories.item_ids(new) == posts[:3]
        assert desk.store.incidents.card(mine).row.items == 5
        card = desk.store.incidents.card(new)
        assert (card.row.state, card.row.owner, card.next_step_at) == (IncidentState.OPEN, "care", desk.now)
        assert desk.kinds(mine)[-1] == "split"
        assert desk.kinds(new)[-1] == "split_from"

    def test_what_was_merged_wrongly_gets_its_later_posts_back(self, desk: Desk) -> None:
        leak(desk, 1)
        wrong = leak(desk, 2)
        other, into = sorted((row.incident_id for row in desk.store.incidents.list(OPEN)), reverse=True)
        incidents.merge(desk.store, into, other, "anna", desk.now)
        new = incidents.split(desk.store, desk.settings, into, [wrong], "anna", desk.now)
        later = leak(desk, 2)
        assert desk.store.stories.item_ids(new) == [wrong, later]

    def test_none_all_and_strangers_posts_are_refused(self, desk: Desk) -> None:
        posts = late_parcels(desk, 8)
        for chosen in ([], posts, [10**6]):
            with pytest.raises(Refused, match="were expected"):
                incidents.split(desk.store, desk.settings, only(desk), chosen, "anna", desk.now)


class TestIrrelevant:
    def test_the_whole_story_in_one_act(self, desk: Desk) -> None:
        late_parcels(desk, 8)
        mine = only(desk)
        talk = desk.store.conversations.list()[0]
        conversations.assign(desk.store, talk.conversation_id, talk.version, "ola", desk.now)
        assert incidents.dismiss(desk.store, desk.settings, mine, "anna", desk.now, reason="inny kurier") == 7
        assert desk.store.conversations.get(talk.conversation_id).state is ConversationState.ASSIGNED, "somebody has taken that one"
        desk.forward(3 * HOUR)
        late_parcels(desk, 9)
        assert desk.store.incidents.list(OPEN) == []
        assert desk.store.incidents.card(mine).row.items == 17

    def test_what_grows_graver_rings_all_the_same(self, desk: Desk) -> None:
        late_parcels(desk, 8)
        incidents.dismiss(desk.store, desk.settings, only(desk), "anna", desk.now)
        desk.forward(3 * HOUR)
        late_parcels(desk, 20)
        [row] = desk.store.incidents.list(OPEN)
        assert row.severity is Severity.HIGH

    def test_a_leak_in_other_words_rings_all_the_same(self, desk: Desk) -> None:
        leak(desk, 1)
        incidents.dismiss(desk.store, desk.settings, only(desk), "anna", desk.now)
        leak(desk, 1)
        assert desk.store.incidents.list(OPEN) == [], "the same words again"
        leak(desk, 2)
        assert len(desk.store.incidents.list(OPEN)) == 1

    def test_it_ends_with_the_story_window(self, desk: Desk) -> None:
        late_parcels(desk, 8)
        incidents.dismiss(desk.store, desk.settings, only(desk), "anna", desk.now)
        desk.forward(25 * HOUR)
        late_parcels(desk, 8)
        assert len(desk.store.incidents.list(OPEN)) == 1


class TestRestating:
    def test_people_lower_a_severity_and_raise_it_to_page_at_once(self, desk: Desk) -> None:
        leak(desk, 1)
        mine = only(desk)
        desk.notify()
        incidents.grade(desk.store, mine, Severity.MEDIUM, "anna", desk.now, reason="znane")
        assert desk.store.incidents.card(mine).row.severity is Severity.MEDIUM
        incidents.snooze(desk.store, desk.settings, mine, "anna", desk.now, until=desk.now + HOUR)
        desk.forward(timedelta(minutes=5))
        incidents.grade(desk.store, mine, Severity.CRITICAL, "anna", desk.now)
        card = desk.store.incidents.card(mine)
        assert (card.next_step_at, card.row.snoozed_until) == (desk.now, None)

    def test_another_team_answers_by_its_own_policy_and_the_former_one_knows(self, desk: Desk) -> None:
        leak(desk, 1)
        mine = only(desk)
        incidents.acknowledge(desk.store, desk.settings, mine, "jan", desk.now)
        incidents.hand_over(desk.store, desk.settings, mine, "care", "jan", desk.now)
        card = desk.store.incidents.card(mine)
        assert (card.row.owner, card.row.state, card.participants) == ("care", IncidentState.OPEN, ("security",))
        desk.notify()
        assert [told.contact for told in desk.store.incidents.card(mine).told] == ["email:ola@example.com"]
        with pytest.raises(Refused, match="there is no owner 'nobody'"):
            incidents.hand_over(desk.store, desk.settings, mine, "nobody", "jan", desk.now)

    def test_notes_are_lines_of_history(self, desk: Desk) -> None:
        leak(desk, 1)
        incidents.note(desk.store, only(desk), "anna", " dzwonię do magazynu ", desk.now)
        assert desk.store.incidents.card(only(desk)).events[-1].detail == {"text": "dzwonię do magazynu"}
        with pytest.raises(Refused):
            incidents.note(desk.store, only(desk), "anna", "  ", desk.now)


class TestAnswering:
    """Story 13: who is answering is seen, and what was answered elsewhere is known."""

    def talk(self, desk: Desk) -> int:
        desk.post(finding("complaint.delivery"), by="kasia")
        [row] = desk.store.conversations.list()
        return row.conversation_id

    def test_two_do_not_answer_at_once_and_a_claim_ends_by_itself(self, desk: Desk) -> None:
        talk = self.talk(desk)
        version = desk.store.conversations.get(talk).version
        until = conversations.claim(desk.store, talk, "anna", desk.now)
        assert until == desk.now + timedelta(minutes=10)
        assert desk.store.conversations.get(talk).claimed_by == "anna"
        for act in (
            lambda: conversations.claim(desk.store, talk, "jan", desk.now),
            lambda: conversations.mark_answered(desk.store, talk, version, "jan", desk.now),
            lambda: conversations.close(desk.store, talk, version, "jan", desk.now),
        ):
            with pytest.raises(Conflict, match="anna is answering") as refused:
                act()
            assert refused.value.reason == "being_answered"
        desk.forward(timedelta(minutes=10))
        conversations.claim(desk.store, talk, "jan", desk.now)
        conversations.mark_answered(desk.store, talk, version, "jan", desk.now)
        row = desk.store.conversations.get(talk)
        assert (row.state, row.claimed_by) == (ConversationState.ANSWERED, None)

    def test_only_ones_own_claim_is_given_up(self, desk: Desk) -> None:
        talk = self.talk(desk)
        conversations.claim(desk.store, talk, "anna", desk.now)
        conversations.release(desk.store, talk, "jan")
        assert desk.store.conversations.get(talk).claimed_by == "anna"
        conversations.release(desk.store, talk, "anna")
        conversations.claim(desk.store, talk, "jan", desk.now)

    def test_answered_elsewhere_opened_again_by_a_newer_word_and_not_by_an_older_one(self, desk: Desk) -> None:
        talk = self.talk(desk)
        asked = desk.store.conversations.thread(talk)[0]
        conversations.assign(desk.store, talk, desk.store.conversations.get(talk).version, "ola", desk.now)
        answered_at = desk.now + timedelta(minutes=25)
        desk.forward(HOUR)
        desk.post(by="mleczarnia", voice=Voice.OURS, answers=asked.item_id, text="Już sprawdzamy", at=answered_at)
        row = desk.store.conversations.get(talk)
        assert (row.state, row.answered_at) == (ConversationState.ANSWERED, answered_at)
        desk.post(finding("complaint.delivery"), by="kasia", at=answered_at - timedelta(minutes=5))
        assert desk.store.conversations.get(talk).state is ConversationState.ANSWERED, "we had seen that one when we answered"
        desk.post(finding("complaint.delivery"), by="kasia", at=answered_at + timedelta(minutes=5))
        row = desk.store.conversations.get(talk)
        assert (row.state, row.assignee, row.items) == (ConversationState.ASSIGNED, "ola", 4)
        assert row.due_at == answered_at + timedelta(minutes=5) + 4 * HOUR
        assert [event.kind for event in desk.store.conversations.events(talk)] == ["assign", "answered", "reopened"]

    def test_closed_and_opened_again_unless_the_author_has_a_newer_one(self, desk: Desk) -> None:
        talk = self.talk(desk)
        conversations.close(desk.store, talk, desk.store.conversations.get(talk).version, "ola", desk.now)
        assert desk.store.conversations.get(talk).closed_at == desk.now
        version = desk.store.conversations.get(talk).version
        desk.post(finding("question"), by="kasia")
        with pytest.raises(Conflict, match="newer open conversation"):
            conversations.reopen(desk.store, desk.settings, talk, version, "ola", desk.now)
        newer = desk.store.conversations.list([ConversationState.NEW])[0]
        conversations.close(desk.store, newer.conversation_id, newer.version, "ola", desk.now)
        conversations.reopen(desk.store, desk.settings, talk, version, "ola", desk.now)
        row = desk.store.conversations.get(talk)
        assert (row.state, row.due_at, row.closed_at) == (ConversationState.NEW, desk.now + 4 * HOUR, None)

    def test_those_that_are_late_are_counted(self, desk: Desk) -> None:
        self.talk(desk)
        waiting = [ConversationState.NEW]
        assert desk.store.conversations.count(waiting, due=True) == 1
        assert desk.store.conversations.count(waiting, late_at=desk.now + 3 * HOUR) == 0
        assert desk.store.conversations.count(waiting, late_at=desk.now + 4 * HOUR) == 1
        assert desk.store.conversations.count(waiting, unresolved_at=desk.now + 5 * HOUR) == 0


class TestEasing:
    def test_what_is_muted_opens_nothing_counts_for_nothing_and_is_shown(self, desk: Desk) -> None:
        end = desk.now + HOUR
        one = easing.mute(desk.store, desk.settings, MuteKind.TERM, "konkurs", "rozdanie", "anna", desk.now, ends_at=end)
        for _ in range(8):
            desk.post(finding("complaint.delivery"), text="gdzie nagroda z KONKURS-u, paczka nie doszła")
        assert desk.store.incidents.list(OPEN) == []
        assert desk.store.conversations.list() == []
        assert [mute.held for mute in desk.store.easing.mutes(desk.now)] == [8]
        assert len(desk.store.easing.held(one.mute_id)) == 8
        late_parcels(desk, 7)
        assert desk.store.incidents.list(OPEN) == [], "what was muted does not count with the others"
        late_parcels(desk, 1)
        assert len(desk.store.incidents.list(OPEN)) == 1

    def test_a_mute_ends_by_itself_and_by_hand(self, desk: Desk) -> None:
        end = desk.now + HOUR
        first = easing.mute(desk.store, desk.settings, MuteKind.LABEL, "leak.internal", "próba", "anna", desk.now, ends_at=end)
        leak(desk, 1)
        easing.unmute(desk.store, first.mute_id, "jan", desk.now + timedelta(minutes=1))
        desk.forward(timedelta(minutes=2))
        leak(desk, 2)
        assert len(desk.store.incidents.list(OPEN)) == 1
        [ended] = desk.store.easing.mutes(desk.now, ended=True)
        assert ended.ended_by == "jan"
        with pytest.raises(Conflict, match="is over already"):
            easing.unmute(desk.store, first.mute_id, "jan", desk.now)
        with pytest.raises(NotFound):
            easing.unmute(desk.store, 999, "jan", desk.now)

    def test_during_the_giveaway_many_complaints_are_nothing_and_ill_children_ring(self, desk: Desk) -> None:
        """Story 3."""
        easing.expect(desk.store, desk.settings, "Wielkie rozdanie", 5, "anna", desk.now, ends_at=desk.now + 48 * HOUR)
        late_parcels(desk, 39)
        assert desk.store.incidents.list(OPEN) == []
        for _ in range(5):
            desk.post(finding("complaint.safety", Severity.HIGH), text="dziecko chore po jogurcie")
        assert [(row.label, row.severity) for row in desk.store.incidents.list(OPEN)] == [("complaint.safety", Severity.CRITICAL)]
        late_parcels(desk, 1)
        assert {row.label for row in desk.store.incidents.list(OPEN)} == {"complaint.safety", "complaint.delivery"}

    def test_safety_needs_no_more_people_during_an_event(self, desk: Desk) -> None:
        easing.expect(desk.store, desk.settings, "Wielkie rozdanie", 5, "anna", desk.now, ends_at=desk.now + 48 * HOUR)
        for _ in range(8):
            desk.post(finding("complaint.safety", Severity.MEDIUM), text="dziecko chore po jogurcie")
        assert [row.label for row in desk.store.incidents.list(OPEN)] == ["complaint.safety"]

    def test_an_author_who_is_muted_is_heard_when_it_is_about_safety(self, desk: Desk) -> None:
        end = desk.now + HOUR
        easing.mute(desk.store, desk.settings, MuteKind.AUTHOR, "@troll", "spam", "anna", desk.now, ends_at=end)
        desk.post(finding("crisis.press", Severity.HIGH), by="troll")
        assert desk.store.incidents.list(OPEN) == []
        desk.post(finding("complaint.safety", Severity.HIGH), by="troll")
        assert [row.label for row in desk.store.incidents.list(OPEN)] == ["complaint.safety"]

    def test_what_cannot_be_is_refused_with_what_was_expected(self, desk: Desk) -> None:
        later = desk.now + HOUR
        for kind, value, reason, end, said in (
            (MuteKind.LABEL, "*", "x", later, "all at once cannot be muted"),
            (MuteKind.TERM, "a", "x", later, "at least 3 letters"),
            (MuteKind.TERM, "konkurs", " ", later, "a reason was expected"),
            (MuteKind.TERM, "konkurs", "x", desk.now, "an end in the future"),
            (MuteKind.TERM, "konkurs", "x", desk.now + timedelta(days=91), "at most 90 days"),
            (MuteKind.SOURCE, "y-mentions", "x", later, "there is no source 'y-mentions'"),
        ):
            with pytest.raises(Refused, match=said.replace("*", r"\*")):
                easing.mute(desk.store, desk.settings, kind, value, reason, "anna", desk.now, ends_at=end)
        with pytest.raises(Refused, match="there is no brand"):
            easing.expect(desk.store, desk.settings, "x", 2, "anna", desk.now, ends_at=later, brand="gorna")
        with pytest.raises(Refused, match="above 1"):
            easing.expect(desk.store, desk.settings, "x", 1, "anna", desk.now, ends_at=later)
        assert desk.store.easing.mutes(desk.now, ended=True) == []


class TestDuties:
    def test_personal_data_outside_ask_for_a_decision_within_72_hours_once(self, desk: Desk) -> None:
        desk.post(finding("leak.pii.pesel", Severity.HIGH), bands=(1,))
        desk.forward(HOUR)
        desk.post(finding("leak.pii.pesel", Severity.HIGH), bands=(1,))
        [task] = desk.store.duties.list()
        assert (task.kind, task.incident_id, task.due_at) == (DutyKind.PERSONAL_DATA_BREACH, only(desk), desk.now + 71 * HOUR)
        with pytest.raises(Refused, match="a reason"):
            duties.decide(desk.store, task.duty_id, Decision.NOT_APPLICABLE, " ", "tom", desk.now)
        done = duties.decide(desk.store, task.duty_id, Decision.NOT_APPLICABLE, "zmyślony numer", "tom", desk.now)
        assert (done.decision, done.decided_by, done.reason) == (Decision.NOT_APPLICABLE, "tom", "zmyślony numer")
        assert desk.store.duties.list() == []
        assert desk.kinds(only(desk))[-1] == "duty"
        with pytest.raises(Conflict):
            duties.decide(desk.store, task.duty_id, Decision.DONE, "zgłoszone", "anna", desk.now)
        with pytest.raises(NotFound):
            duties.decide(desk.store, 999, Decision.DONE, "zgłoszone", "anna", desk.now)

    def test_of_merged_stories_that_ask_for_the_same_one_task_is_left_with_the_earlier_end(self, desk: Desk) -> None:
        desk.post(finding("leak.pii.pesel", Severity.HIGH), bands=(1,))
        desk.forward(HOUR)
        desk.post(finding("leak.pii.pesel", Severity.HIGH), bands=(2,))
        other, into = sorted(row.incident_id for row in desk.store.incidents.list(OPEN))
        incidents.merge(desk.store, into, other, "anna", desk.now)
        [task] = desk.store.duties.list()
        assert (task.incident_id, task.due_at) == (into, desk.now + 71 * HOUR)
        [gone] = desk.store.duties.of(incident_id=other)
        assert (gone.decision, gone.decided_by, gone.reason) == (Decision.NOT_APPLICABLE, "anna", f"#{into}")

    def test_a_consumers_complaint_is_to_be_answered_by_the_end_of_the_fourteenth_day(self, desk: Desk) -> None:
        desk.post(finding("complaint.quality"), by="kasia")
        [task] = desk.store.duties.list()
        assert task.kind is DutyKind.CONSUMER_COMPLAINT
        assert task.due_at == datetime(2026, 12, 2, 23, tzinfo=UTC), "18 November in Warsaw, and fourteen whole days"
        assert desk.store.duties.late(task.due_at - timedelta(seconds=1)) == 0
        assert desk.store.duties.late(task.due_at) == 1

    def test_published_figures_are_to_be_decided_on_at_once(self, desk: Desk) -> None:
        desk.post(finding("leak.finance", Severity.CRITICAL), bands=(4,))
        assert [(task.kind, task.due_at) for task in desk.store.duties.list()] == [(DutyKind.INSIDE_INFORMATION, desk.now)]


def test_pages_of_one_half_minute_are_leased_together(desk: Desk) -> None:
    for band in range(5):
        leak(desk, band)
    desk.notify()
    [first] = desk.store.deliveries.lease_due(desk.now, 10, HOUR)
    assert not first.held
    desk.forward(timedelta(seconds=30))
    rest = desk.store.deliveries.lease_due(desk.now, 2, HOUR)
    assert (len(rest), all(one.held for one in rest)) == (4, True)
