"""What people do with an incident: take it, end it, put it off, open it again, look at its personal data.

Every act loads the incident, lets `alerts.act` decide, and applies the decision with its event in one transaction. An incident changes
on its own all the time (posts join it, pages go out), so an act that lost such a race is decided again. What must not happen is
that somebody acts on a state that they did not see: `seen` is the state that their page showed.
"""

from datetime import datetime

from alerts.act import act
from core.errors import Conflict
from core.records import Acts, Event, IncidentRow, Transition
from core.settings import Settings
from core.types import IncidentState
from storage import Store

TRIES = 5


def acknowledge(
    store: Store, settings: Settings, incident_id: int, actor: str, now: datetime, *, seen: IncidentState | None = None
) -> Transition | None:
    """`actor` takes the incident. None: it was theirs already. Raises Conflict (somebody was faster), NotFound."""
    return _act(store, settings, incident_id, what=Acts.ACKNOWLEDGE, actor=actor, now=now, seen=seen)


def resolve(
    store: Store, settings: Settings, incident_id: int, actor: str, now: datetime, *, seen: IncidentState | None = None
) -> Transition | None:
    """It is over. None: it was over already. Raises Conflict, NotFound."""
    return _act(store, settings, incident_id, what=Acts.RESOLVE, actor=actor, now=now, seen=seen)


def snooze(
    store: Store, settings: Settings, incident_id: int, actor: str, now: datetime, *, until: datetime, seen: IncidentState | None = None
) -> Transition | None:
    """Nobody is paged until `until` (aware UTC). Raises Conflict, NotFound."""
    return _act(store, settings, incident_id, what=Acts.SNOOZE, actor=actor, now=now, seen=seen, until=until)


def reopen(
    store: Store, settings: Settings, incident_id: int, actor: str, now: datetime, *, seen: IncidentState | None = None
) -> Transition | None:
    """It is not over. None: it was open already. Raises Conflict (a newer incident has taken its place), NotFound."""
    return _act(store, settings, incident_id, what=Acts.REOPEN, actor=actor, now=now, seen=seen)


def reveal(store: Store, incident_id: int, actor: str, now: datetime) -> None:
    """`actor` looks at the personal data in an incident's posts: that stands in its history. Raises NotFound."""
    store.incidents.card(incident_id, evidence=0)
    store.incidents.note(incident_id, Event(at=now, actor=actor, kind="revealed", reason="personal_data"))


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
) -> Transition | None:
    for tries_left in reversed(range(TRIES)):
        row = store.incidents.card(incident_id, evidence=0).row
        if _is_done(row, what, actor):
            return None
        if seen is not None and row.state is not seen:
            raise Conflict(f"incident {incident_id} is {row.state} by now; look again before you act", reason="state_changed")
        transition = act(row, what, actor, now, settings, until)
        try:
            store.incidents.apply_act(transition)
        except Conflict as error:
            if error.reason != "conflict" or not tries_left:
                raise
            continue
        return transition
    raise AssertionError("unreachable: the last try returns or raises")


def _is_done(row: IncidentRow, what: Acts, actor: str) -> bool:
    """A second click, or a link opened again, finds its work done."""
    if what is Acts.ACKNOWLEDGE:
        return row.state is IncidentState.ACKNOWLEDGED and row.acknowledged_by == actor
    if what is Acts.RESOLVE:
        return row.state is IncidentState.RESOLVED
    return what is Acts.REOPEN and row.state is IncidentState.OPEN and row.snoozed_until is None
