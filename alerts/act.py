"""Decides what a person's act does to an incident: the new state, its timers, and the line of history that tells it."""

from datetime import datetime, timedelta

from core.errors import Refused
from core.records import Event, IncidentRow
from core.settings import Settings
from core.transitions import Acts, Transition
from core.types import IncidentState, Severity

LONGEST_SNOOZE = timedelta(days=30)


def act(incident: IncidentRow, what: Acts, actor: str, now: datetime, settings: Settings, until: datetime | None = None) -> Transition:
    """What follows when `actor` (a person's id) does this now. `until` (aware UTC) is for snooze. Raises Refused when it cannot be.

    An acknowledgement expires, and the escalation then goes on; a snooze puts every page off; resolving ends them; an incident that
    is opened again is paged at once. What never pages keeps no timer.
    """
    deciders = {Acts.ACKNOWLEDGE: _acknowledge, Acts.RESOLVE: _resolve, Acts.REOPEN: _reopen}
    if what is Acts.SNOOZE:
        return _snooze(incident, actor, now, until)
    return deciders[what](incident, actor, now, settings)


def _acknowledge(incident: IncidentRow, actor: str, now: datetime, settings: Settings) -> Transition:
    """Taking it over from somebody else is allowed: the newer person answers for it."""
    _refuse(incident, incident.state is IncidentState.RESOLVED, "is resolved already; reopen it first")
    return Transition(
        incident_id=incident.incident_id,
        version=incident.version,
        state=IncidentState.ACKNOWLEDGED,
        event=Event(at=now, actor=actor, kind="acknowledged", reason="by_hand", detail=_from(incident)),
        acknowledged_by=actor,
        ack_expires_at=now + _ack_lasts(incident.severity, settings) if incident.paging else None,
    )


def _resolve(incident: IncidentRow, actor: str, now: datetime, _: Settings) -> Transition:
    _refuse(incident, incident.state is IncidentState.RESOLVED, "is resolved already")
    return Transition(
        incident_id=incident.incident_id,
        version=incident.version,
        state=IncidentState.RESOLVED,
        event=Event(at=now, actor=actor, kind="resolved", reason="by_hand", detail=_from(incident)),
        acknowledged_by=incident.acknowledged_by,
        resolved_at=now,
    )


def _reopen(incident: IncidentRow, actor: str, now: datetime, _: Settings) -> Transition:
    """Also takes back an acknowledgement and ends a snooze."""
    is_open = incident.state is IncidentState.OPEN and incident.snoozed_until is None
    _refuse(incident, is_open, "is open already")
    _refuse(incident, incident.merged_into is not None, f"is a part of incident {incident.merged_into} now; split it off there")
    return Transition(
        incident_id=incident.incident_id,
        version=incident.version,
        state=IncidentState.OPEN,
        event=Event(at=now, actor=actor, kind="reopened", reason="by_hand", detail=_from(incident)),
        next_step_at=now if incident.paging else None,
        restart=True,
    )


def _snooze(incident: IncidentRow, actor: str, now: datetime, until: datetime | None) -> Transition:
    """The state stays; at `until` it is open and pages from its first step."""
    _refuse(incident, incident.state is IncidentState.RESOLVED, "is resolved already; there is nothing to put off")
    if until is None or until <= now:
        raise Refused("a snooze wants a time in the future until which nobody is paged")
    if until - now > LONGEST_SNOOZE:
        raise Refused(f"a snooze lasts at most {LONGEST_SNOOZE.days} days; resolve the incident instead")
    taken = incident.state is IncidentState.ACKNOWLEDGED
    return Transition(
        incident_id=incident.incident_id,
        version=incident.version,
        state=incident.state,
        event=Event(at=now, actor=actor, kind="snoozed", reason="by_hand", detail={**_from(incident), "until": until.isoformat()}),
        acknowledged_by=incident.acknowledged_by,
        ack_expires_at=until if incident.paging and taken else None,
        snoozed_until=until,
        next_step_at=until if incident.paging and not taken else None,
    )


def _refuse(incident: IncidentRow, impossible: bool, why: str) -> None:
    if impossible:
        raise Refused(f"incident {incident.incident_id} {why}")


def _from(incident: IncidentRow) -> dict[str, str]:
    return {"from": incident.state.value}


def _ack_lasts(severity: Severity, settings: Settings) -> timedelta:
    """How long one may keep it before the escalation goes on."""
    return settings.alerting.ack_critical if severity is Severity.CRITICAL else settings.alerting.ack_high
