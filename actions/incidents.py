"""What people do with an incident: take it, end it, put it off, open it again, grade it, hand it over, look at its personal data.

Every act loads the incident, lets `alerts.act` decide, and applies the decision with its event in one transaction. An incident changes
on its own all the time (posts join it, pages go out), so an act that lost such a race is decided again. What must not happen is
that somebody acts on a state that they did not see: `seen` is the state that their page showed.
"""

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from alerts import restate, stories
from alerts.act import act
from alerts.policy import has_changed
from core import metrics
from core.accounts import Clicked
from core.errors import Conflict, Refused
from core.records import Event, IncidentCard, IncidentRow
from core.settings import Settings
from core.transitions import Acts, Transition
from core.types import IncidentState, Severity
from storage import Store

TRIES = 5
LONGEST_NOTE = 2000

Done = TypeVar("Done")


def acknowledge(
    store: Store,
    settings: Settings,
    incident_id: int,
    actor: str,
    now: datetime,
    *,
    seen: IncidentState | None = None,
    clicked: Clicked | None = None,
) -> Transition | None:
    """`actor` takes the incident. None: it was theirs already. Raises Conflict (somebody was faster), NotFound."""
    return _act(store, settings, incident_id, what=Acts.ACKNOWLEDGE, actor=actor, now=now, seen=seen, clicked=clicked)


def resolve(
    store: Store,
    settings: Settings,
    incident_id: int,
    actor: str,
    now: datetime,
    *,
    seen: IncidentState | None = None,
    clicked: Clicked | None = None,
) -> Transition | None:
    """It is over. None: it was over already. Raises Conflict, NotFound."""
    return _act(store, settings, incident_id, what=Acts.RESOLVE, actor=actor, now=now, seen=seen, clicked=clicked)


def snooze(
    store: Store,
    settings: Settings,
    incident_id: int,
    actor: str,
    now: datetime,
    *,
    until: datetime,
    seen: IncidentState | None = None,
    clicked: Clicked | None = None,
) -> Transition | None:
    """Nobody is paged until `until` (aware UTC). Raises Conflict, NotFound."""
    return _act(store, settings, incident_id, what=Acts.SNOOZE, actor=actor, now=now, seen=seen, until=until, clicked=clicked)


def reopen(
    store: Store, settings: Settings, incident_id: int, actor: str, now: datetime, *, seen: IncidentState | None = None
) -> Transition | None:
    """It is not over. None: it was open already. Raises Conflict (a newer incident has taken its place), NotFound."""
    return _act(store, settings, incident_id, what=Acts.REOPEN, actor=actor, now=now, seen=seen)


def grade(store: Store, incident_id: int, severity: Severity, actor: str, now: datetime, *, reason: str = "") -> None:
    """Only people lower a severity. Raises Conflict, Refused, NotFound."""
    _restate(store, incident_id, lambda card: restate.regrade(card, severity, actor, reason, now))


def hand_over(store: Store, settings: Settings, incident_id: int, owner: str, actor: str, now: datetime, *, reason: str = "") -> None:
    """Another team answers for it, and is paged. Raises Conflict, Refused (no such owner), NotFound."""
    _restate(store, incident_id, lambda card: restate.hand_over(card, owner, settings, actor, reason, now))


def renew_policy(store: Store, settings: Settings, incident_id: int, actor: str, now: datetime) -> None:
    """It escalates by the policy of today, from the first step. Raises Conflict, Refused, NotFound."""
    _restate(store, incident_id, lambda card: restate.renew_policy(card, settings, actor, now))


def has_new_policy(store: Store, settings: Settings, row: IncidentRow) -> bool:
    """Does the owner of what still pages escalate otherwise than when it was opened?"""
    pages = row.paging and row.state is not IncidentState.RESOLVED
    return pages and has_changed(store.incidents.policy(row.incident_id), row.owner, settings)


def dismiss(
    store: Store, settings: Settings, incident_id: int, actor: str, now: datetime, *, reason: str = "", clicked: Clicked | None = None
) -> int:
    """The whole story is irrelevant, in one act: the incident is resolved, more of it joins in silence for a while, the conversations
    that hold nothing else and that nobody has taken are closed (answered: how many). Raises Conflict, Refused, NotFound."""
    _restate(store, incident_id, lambda card: restate.dismiss(card, settings, actor, reason, now), clicked)
    return store.stories.close_talks(incident_id, actor, now)


def merge(store: Store, incident_id: int, other_id: int, actor: str, now: datetime) -> None:
    """`other_id` becomes a part of `incident_id`: one story. Raises Conflict, Refused, NotFound."""

    def once() -> None:
        into, other = (store.incidents.card(one, evidence=0) for one in (incident_id, other_id))
        store.stories.merge(stories.merge(into, other), actor, now)

    _again(once)


def split(store: Store, settings: Settings, incident_id: int, item_ids: Collection[int], actor: str, now: datetime) -> int:
    """These posts tell another story: they become an incident of their own, routed anew; answers its id. Raises Conflict, Refused,
    NotFound."""

    def once() -> int:
        row = store.incidents.card(incident_id, evidence=0).row
        all_ids = store.stories.item_ids(incident_id)
        foreign = sorted(set(item_ids) - set(all_ids))
        if foreign:
            raise Refused(f"posts of incident {incident_id} were expected; {', '.join(map(str, foreign[:5]))} are none")
        items = [store.assessing.one(item_id) for item_id in sorted(set(item_ids))]
        return store.stories.split(stories.split(row, items, all_ids, store.stories.keys(incident_id), settings, now), actor, now)

    return _again(once)


def note(store: Store, incident_id: int, actor: str, text: str, now: datetime) -> None:
    """A line in its history, in a person's words; at most 2,000 characters. Raises Refused, NotFound."""
    kept = text.strip()
    if not kept or len(kept) > LONGEST_NOTE:
        raise Refused(f"a note of 1 to {LONGEST_NOTE} characters was expected, {len(kept)} came")
    store.incidents.card(incident_id, evidence=0)
    store.incidents.note(incident_id, Event(at=now, actor=actor, kind="note", reason="by_hand", detail={"text": kept}))


def reveal(store: Store, incident_id: int, actor: str, now: datetime) -> None:
    """`actor` looks at the personal data in an incident's posts: that stands in its history. Raises NotFound."""
    store.incidents.card(incident_id, evidence=0)
    store.incidents.note(incident_id, Event(at=now, actor=actor, kind="revealed", reason="personal_data"))


def _restate(store: Store, incident_id: int, decide: Callable[[IncidentCard], Transition], clicked: Clicked | None = None) -> None:
    _again(lambda: store.incidents.apply_act(_by(clicked, decide(store.incidents.card(incident_id, evidence=0))), clicked))


def _again(once: Callable[[], Done]) -> Done:
    """Try once more while posts that joined meanwhile were the only thing in the way."""
    for tries_left in reversed(range(TRIES)):
        try:
            return once()
        except Conflict as error:
            if error.reason != "conflict" or not tries_left:
                raise
    raise AssertionError("unreachable: the last try returns or raises")


def _act(
    store: Store,
    settings: Settings,
    incident_id: int,
    *,
    what: Acts,
    actor: str,
    now: datetime,
    seen: IncidentState | None,
    until: datetime | None = None,
    clicked: Clicked | None = None,
) -> Transition | None:
    for tries_left in reversed(range(TRIES)):
        row = store.incidents.card(incident_id, evidence=0).row
        if _is_done(row, what, actor):
            return None
        if seen is not None and row.state is not seen:
            raise Conflict(f"incident {incident_id} is {row.state} by now; look again before you act", reason="state_changed")
        transition = _by(clicked, act(row, what, actor, now, settings, until))
        try:
            store.incidents.apply_act(transition, clicked)
        except Conflict as error:
            if error.reason != "conflict" or not tries_left:
                raise
            continue
        if what is Acts.ACKNOWLEDGE:
            metrics.ACKNOWLEDGED.observe((now - row.opened_at).total_seconds(), severity=row.severity)
        return transition
    raise AssertionError("unreachable: the last try returns or raises")


def _by(clicked: Clicked | None, transition: Transition) -> Transition:
    """The history tells by which channel somebody acted."""
    if clicked is None:
        return transition
    event = transition.event
    return replace(transition, event=replace(event, detail={**event.detail, "channel": clicked.channel}))


def _is_done(row: IncidentRow, what: Acts, actor: str) -> bool:
    """A second click, or a link opened again, finds its work done."""
    if what is Acts.ACKNOWLEDGE:
        return row.state is IncidentState.ACKNOWLEDGED and row.acknowledged_by == actor
    if what is Acts.RESOLVE:
        return row.state is IncidentState.RESOLVED
    return what is Acts.REOPEN and row.state is IncidentState.OPEN and row.snoozed_until is None
