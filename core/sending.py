"""What notify and deliver are given, and what they decide: incidents whose time has come, pages, tries, letters, who was told.

Records are what the store answers; decisions are what it writes, each with a named reason. Times are aware UTC.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.types import (
    Contact,
    IncidentState,
    Json,
    Severity,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DueIncident:
    """An incident whose timer has come: `next_step_at` of an open one, `ack_expires_at` of an acknowledged one, `snoozed_until`.

    `step` is the index of the step to page now, `repeated` how often it has been repeated already. `told` are contacts already told
    ("kind:address"). `untold` are participants (owners' ids) who have not been told yet.
    """

    incident_id: int
    version: int
    dedup_key: str
    severity: Severity
    state: IncidentState
    owner: str
    policy: Json
    step: int
    repeated: int
    next_step_at: datetime | None
    ack_expires_at: datetime | None
    snoozed_until: datetime | None
    opened_at: datetime
    told: tuple[str, ...] = ()
    untold: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """Page these contacts (one delivery each, unique by `dedup_key`), then wait until `next_step_at` (None: nothing more is due).

    `kind` is page, participant or fallback. `hold_until` sets the deliveries' due time (quiet hours, grouping, rate guard).
    `reopens` puts an acknowledged incident back to open (its acknowledgement expired) or ends a snooze. `told` are participants told.
    """

    incident_id: int
    version: int
    kind: str
    contacts: tuple[Contact, ...]
    step: int
    repeated: int
    next_step_at: datetime | None
    reason: str
    hold_until: datetime | None = None
    reopens: bool = False
    told: tuple[str, ...] = ()


class Outcome(StrEnum):
    """How one try to send ended. UNKNOWN: whoever tried was gone before saying, or no answer came; it may have arrived, and is sent
    again. DROPPED: an update that was not worth a word."""

    SENT = "sent"
    RETRY = "retry"
    FAILED = "failed"
    UNKNOWN = "unknown"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True, kw_only=True)
class DueDelivery:
    """A delivery leased to us until its lease ends; `token` fences it: a result with an older token is refused.

    `uncertain`: an earlier try was never recorded, so the other side may have this message already. `held`: it had to wait (gathered,
    held to the rate, tried before), so it may share one message with others that waited for the same contact.
    """

    delivery_id: int
    token: int
    dedup_key: str
    incident_id: int
    contact: Contact
    kind: str
    tries: int
    first_try_at: datetime | None
    due_at: datetime
    severity: Severity
    uncertain: bool = False
    held: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What follows from one try. `retry_at` for retry; `moves_to` is the person's next contact, which gets a delivery of its own.

    `may_have_arrived`: no answer came after all had gone out, so nobody knows how this try ended.
    """

    delivery_id: int
    token: int
    outcome: Outcome
    reason: str
    remote_id: str = ""
    retry_at: datetime | None = None
    moves_to: Contact | None = None
    may_have_arrived: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Somebody who gets letters: a person's id and their e-mail address."""

    person: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DueLetter:
    """A mail of the calendar for one reader, leased to us: a `kind` of letter about a `topic`, such as the digest of "2026-W46".

    `planned_at` is when it should have gone out; `reason` why the last try failed.
    """

    letter_id: int
    token: int
    kind: str
    topic: str
    reader: Reader
    planned_at: datetime
    tries: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Who was told, by what, with what result; `attempts` are (at, outcome, reason)."""

    person: str | None
    contact: str
    channel: str
    state: str
    at: datetime | None
    attempts: tuple[tuple[datetime, str, str], ...] = ()

    @property
    def may_have_arrived(self) -> bool:
        """Of some try nobody knows how it ended."""
        return any(outcome == Outcome.UNKNOWN for _, outcome, _ in self.attempts)
