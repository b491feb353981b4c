"""What people do with an incident, and what that changes in it. Times are aware UTC."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.records import Event
from core.types import IncidentState, Json, Severity


class Acts(StrEnum):
    """What people do with an incident."""

    ACKNOWLEDGE = "acknowledge"
    RESOLVE = "resolve"
    SNOOZE = "snooze"
    REOPEN = "reopen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """A person's act on an incident, decided: the new state and timers, and the event that tells it.

    What is None in `severity`, `owner` and `policy` stays as it is. `restart`: the escalation begins anew.
    """

    incident_id: int
    version: int
    state: IncidentState
    event: Event
    acknowledged_by: str | None = None
    ack_expires_at: datetime | None = None
    snoozed_until: datetime | None = None
    next_step_at: datetime | None = None
    resolved_at: datetime | None = None
    severity: Severity | None = None
    owner: str | None = None
    policy: Json | None = None
    irrelevant_until: datetime | None = None
    restart: bool = False
