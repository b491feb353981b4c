"""Incidents and conversations on a real store as one machine: strangers post, we answer, people act on all of it, in any order."""

import os
import tempfile
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from actions import conversations, easing, incidents
from core.easing import Held, Mute, MuteKind
from core.errors import Conflict
from core.types import ConversationState, IncidentState, Severity, Voice
from storage import Store
from storage.schema import incident_item
from storage.schema_delivery import delivery
from tests.fakes.dairy import finding
from tests.fakes.desk import Desk

LONG = os.environ.get("CZUJKA_LONG") == "1"
PEOPLE = st.sampled_from(["anna", "jan", "ola"])
OPEN = (IncidentState.OPEN, IncidentState.ACKNOWLEDGED)


class PeopleAct(RuleBasedStateMachine):
    """Whatever happens: no post is lost, one unresolved incident per story, counts are true, whoever is refused has changed nothing."""

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.desk = Desk(Store.open(f"sqlite:///{Path(self.folder.name) / 'czujka.db'}"))
        self.paged = 0

    def teardown(self) -> None:
        if hasattr(self, "desk"):
            self.desk.store.close()
            self.folder.cleanup()

    @rule(
        label=st.sampled_from(["complaint.delivery", "complaint.safety", "leak.internal", "leak.pii.pesel", "crisis.press", "question"]),
        severity=st.sampled_from([Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL]),
        by=st.sampled_from("abcd"),
        band=st.integers(1, 4),
        copies=st.integers(1, 9),
    )
    def strangers_post(self, label: str, severity: Severity, by: str, band: int, copies: int) -> None:
        for number in range(copies):
            self.desk.post(finding(label, severity), by=f"{by}{number}", bands=(band,), text=f"wpis {band}")
        self.desk.notify()

    @rule(minutes=st.sampled_from([1, 11, 90, 300, 1500]))
    def time_passes(self, minutes: int) -> None:
        self.desk.forward(timedelta(minutes=minutes))
        self.desk.notify()

    @precondition(lambda self: self.incident_ids())
    @rule(data=st.data(), what=st.sampled_from(["acknowledge", "resolve", "reopen", "snooze", "dismiss", "renew_policy"]), who=PEOPLE)
    def somebody_changes_an_incident(self, data: st.DataObject, what: str, who: str) -> None:
        number = data.draw(st.sampled_from(self.incident_ids()))
        more = {"until": self.desk.now + timedelta(hours=1)} if what == "snooze" else {}
        self.attempt(lambda: getattr(incidents, what)(self.desk.store, self.desk.settings, number, who, self.desk.now, **more))

    @precondition(lambda self: self.incident_ids())
    @rule(data=st.data(), severity=st.sampled_from(Severity), owner=st.sampled_from(["pr", "care", "security"]), who=PEOPLE)
    def somebody_restates_an_incident(self, data: st.DataObject, severity: Severity, owner: str, who: str) -> None:
        number = data.draw(st.sampled_from(self.incident_ids()))
        self.attempt(lambda: incidents.grade(self.desk.store, number, severity, who, self.desk.now))
        self.attempt(lambda: incidents.hand_over(self.desk.store, self.desk.settings, number, owner, who, self.desk.now))

    @precondition(lambda self: len(self.incident_ids()) > 1)
    @rule(data=st.data(), who=PEOPLE)
    def somebody_merges(self, data: st.DataObject, who: str) -> None:
        into, other = data.draw(st.lists(st.sampled_from(self.incident_ids()), min_size=2, max_size=2, unique=True))
        self.attempt(lambda: incidents.merge(self.desk.store, into, other, who, self.desk.now))

    @precondition(lambda self: self.incident_ids())
    @rule(data=st.data(), who=PEOPLE)
    def somebody_splits(self, data: st.DataObject, who: str) -> None:
        number = data.draw(st.sampled_from(self.incident_ids()))
        posts = self.desk.store.stories.item_ids(number)
        chosen = data.draw(st.lists(st.sampled_from(posts), max_size=3, unique=True)) if posts else []
        self.attempt(lambda: incidents.split(self.desk.store, self.desk.settings, number, chosen, who, self.desk.now))

    @precondition(lambda self: self.talks())
    @rule(data=st.data(), what=st.sampled_from(["assign", "answer", "close", "reopen", "claim", "release"]), who=PEOPLE)
    def somebody_handles_a_conversation(self, data: st.DataObject, what: str, who: str) -> None:
        store, now = self.desk.store, self.desk.now
        number = data.draw(st.sampled_from(self.talks()))
        before = store.conversations.get(number)
        acts: dict[str, Callable[[], object]] = {
            "assign": lambda: conversations.assign(store, number, before.version, who, now),
            "answer": lambda: conversations.mark_answered(store, number, before.version, who, now),
            "close": lambda: conversations.close(store, number, before.version, who, now),
            "reopen": lambda: conversations.reopen(store, self.desk.settings, number, before.version, who, now),
            "claim": lambda: conversations.claim(store, number, who, now),
            "release": lambda: conversations.release(store, number, who),
        }
        others = before.claimed_by not in {None, who} and before.claimed_until is not None and before.claimed_until > now
        done = self.attempt(acts[what])
        assert not (done and others and what in {"answer", "close", "claim"}), "two answered at once"
        if not done:
            assert store.conversations.get(number) == before

    @precondition(lambda self: self.talks())
    @rule(data=st.data())
    def we_answer_on_the_platform(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(self.talks()))
        asked = [one for one in self.desk.store.conversations.thread(number) if one.voice is Voice.PUBLIC][-1]
        was = self.desk.store.conversations.get(number).state
        self.desk.post(by="mleczarnia", voice=Voice.OURS, answers=asked.item_id, text="Już pomagamy")
        now = self.desk.store.conversations.get(number).state
        assert now is (ConversationState.CLOSED if was is ConversationState.CLOSED else ConversationState.ANSWERED)

    @rule(kind=st.sampled_from([(MuteKind.LABEL, "complaint.*"), (MuteKind.AUTHOR, "@a1"), (MuteKind.TERM, "wpis 2")]), who=PEOPLE)
    def somebody_mutes(self, kind: tuple[MuteKind, str], who: str) -> None:
        end = self.desk.now + timedelta(hours=2)
        easing.mute(self.desk.store, self.desk.settings, *kind, "próba", who, self.desk.now, ends_at=end)

    @invariant()
    def counts_are_true_and_leaks_are_somewhere(self) -> None:
        if not hasattr(self, "desk"):
            return
        held = {one.item_id for mute in self.desk.store.easing.mutes(self.desk.now, ended=True) for one in self.held(mute)}
        with self.desk.store.database.read() as connection:
            inside = set(connection.execute(sa.select(incident_item.c.item_id)).scalars())
        for item in self.desk.store.items.search("", limit=10_000):
            graver = any(one.label.startswith("leak") for one in item.findings)
            assert not graver or item.item_id in inside or item.item_id in held
        for row in self.desk.store.incidents.list(limit=10_000):
            assert row.merged_into is not None or row.items == len(self.desk.store.stories.item_ids(row.incident_id))

    @invariant()
    def what_pages_has_a_timer_or_was_told(self) -> None:
        if not hasattr(self, "desk"):
            return
        for row in self.desk.store.incidents.list(OPEN, limit=10_000):
            card = self.desk.store.incidents.card(row.incident_id, evidence=0)
            timer = card.ack_expires_at if row.state is IncidentState.ACKNOWLEDGED else card.next_step_at
            assert not row.paging or timer is not None or card.told, row

    @invariant()
    def history_only_grows(self) -> None:
        if not hasattr(self, "desk"):
            return
        newest = self.desk.store.incidents.newest_event()
        assert newest >= self.paged
        self.paged = newest

    def incident_ids(self) -> list[int]:
        return [row.incident_id for row in self.desk.store.incidents.list(limit=10_000)] if hasattr(self, "desk") else []

    def talks(self) -> list[int]:
        return [row.conversation_id for row in self.desk.store.conversations.list(limit=10_000)] if hasattr(self, "desk") else []

    def held(self, mute: Mute) -> Sequence[Held]:
        return self.desk.store.easing.held(mute.mute_id, limit=10_000)

    def attempt(self, act: Callable[[], object]) -> bool:
        """Do it and page; False when it was refused."""
        try:
            act()
        except Conflict:
            return False
        self.desk.notify()
        return True


PeopleAct.TestCase.settings = settings(max_examples=60 if LONG else 8, stateful_step_count=25)
TestPeopleAct = PeopleAct.TestCase


def test_a_page_is_never_written_for_what_is_resolved(tmp_path: Path) -> None:
    desk = Desk(Store.open(f"sqlite:///{tmp_path / 'czujka.db'}"))
    desk.post(finding("leak.internal", Severity.HIGH), bands=(1,))
    [row] = desk.store.incidents.list(OPEN)
    incidents.dismiss(desk.store, desk.settings, row.incident_id, "anna", desk.now)
    desk.forward(timedelta(hours=1))
    assert desk.notify() == 0
    with desk.store.database.read() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(delivery)).scalar_one() == 0
    desk.store.close()
