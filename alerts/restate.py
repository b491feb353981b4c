"""Decides what people change about an incident beside its state: how grave it is, whose it is, by which policy, whether it is anything."""

from datetime import datetime
from typing import Any

from alerts.policy import policy_of
from core.errors import Refused
from core.records import Event, IncidentCard
from core.settings import Settings
from core.transitions import Transition
from core.types import IncidentState, Severity


def regrade(card: IncidentCard, severity: Severity, actor: str, reason: str, now: datetime) -> Transition:
    """Severity by hand, up or down. What becomes critical pages at once, and no snooze holds it. Raises Refused."""
    row = card.row
    _refuse(card, row.state is IncidentState.RESOLVED, "is resolved; reopen it first")
    _refuse(card, row.severity is severity, f"is {severity} already")
    urgent = severity is Severity.CRITICAL and row.state is IncidentState.OPEN and row.paging
    return Transition(
        **_as_it_is(card) | ({"next_step_at": now, "snoozed_until": None} if urgent else {}),
        event=_event("severity", actor, now, {"from": row.severity.value, "to": severity.value}, reason),
        severity=severity,
    )


def hand_over(card: IncidentCard, owner: str, settings: Settings, actor: str, reason: str, now: datetime) -> Transition:
    """Another team answers from now on, by its own policy from the first step; the former one takes part. Raises Refused."""
    row = card.row
    known = [one.id for one in settings.owner]
    _refuse(card, row.state is IncidentState.RESOLVED, "is resolved; reopen it first")
    _refuse(card, row.owner == owner, f"is {owner}'s already")
    if owner not in known:
        raise Refused(f"there is no owner {owner!r}; there are: {', '.join(known) or 'none'}")
    return Transition(
        **_anew(card, now),
        event=_event("handed_over", actor, now, {"from": row.owner, "owner": owner}, reason),
        owner=owner,
        policy=policy_of(owner, settings),
        restart=True,
    )


def renew_policy(card: IncidentCard, settings: Settings, actor: str, now: datetime) -> Transition:
    """The owner's policy as it stands today, from its first step: a policy that is edited changes no incident by itself. Raises Refused."""
    _refuse(card, card.row.state is IncidentState.RESOLVED, "is resolved; reopen it first")
    policy = policy_of(card.row.owner, settings)
    return Transition(**_anew(card, now), event=_event("policy", actor, now, {"policy": policy["id"]}), policy=policy, restart=True)


def dismiss(card: IncidentCard, settings: Settings, actor: str, reason: str, now: datetime) -> Transition:
    """The whole story is irrelevant: resolved, and for a story window more of it joins in silence unless it is graver. Raises Refused."""
    row = card.row
    until = now + settings.alerting.story_window
    _refuse(card, row.merged_into is not None, f"is a part of incident {row.merged_into} now; look there")
    _refuse(card, row.irrelevant_until is not None and row.irrelevant_until > now, "is irrelevant already")
    return Transition(
        incident_id=row.incident_id,
        version=row.version,
        state=IncidentState.RESOLVED,
        event=_event("irrelevant", actor, now, {"from": row.state.value, "until": until.isoformat()}, reason),
        acknowledged_by=row.acknowledged_by,
        resolved_at=row.resolved_at or now,
        irrelevant_until=until,
    )


def _as_it_is(card: IncidentCard) -> dict[str, Any]:
    """State and timers unchanged."""
    row = card.row
    return {
        "incident_id": row.incident_id,
        "version": row.version,
        "state": row.state,
        "acknowledged_by": row.acknowledged_by,
        "ack_expires_at": card.ack_expires_at,
        "snoozed_until": row.snoozed_until,
        "next_step_at": card.next_step_at,
        "resolved_at": row.resolved_at,
    }


def _anew(card: IncidentCard, now: datetime) -> dict[str, Any]:
    """Open, not snoozed, and paged at once from the first step."""
    row = card.row
    timer = now if row.paging else None
    return {"incident_id": row.incident_id, "version": row.version, "state": IncidentState.OPEN, "next_step_at": timer}


def _event(kind: str, actor: str, now: datetime, detail: dict[str, str], because: str = "") -> Event:
    said = {"because": because.strip()[:500]} if because.strip() else {}
    return Event(at=now, actor=actor, kind=kind, reason="by_hand", detail={**detail, **said})


def _refuse(card: IncidentCard, impossible: bool, why: str) -> None:
    if impossible:
        raise Refused(f"incident {card.row.incident_id} {why}")
