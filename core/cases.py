"""A case of a breach as records: which clause, whom it concerns, how far it has come, what was frozen as evidence. Times are aware UTC."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from core.types import Json

MOST_TEXT = 4000


class CaseStage(StrEnum):
    """How far a case has come. An appeal leads back to `decided`, once."""

    OPENED = "opened"
    HEARD = "heard"
    DECIDED = "decided"
    APPEALED = "appealed"
    CLOSED = "closed"


class CaseFound(StrEnum):
    """What was decided: a breach of the clause, or none."""

    BREACH = "breach"
    NO_BREACH = "no_breach"


class Consequence(StrEnum):
    """The scale, the mildest first; a clause may name which of it fit."""

    NONE = "none"
    TALK = "talk"
    TRAINING = "training"
    CORRECTION = "correction"
    WARNING = "warning"
    ACCESS = "access"
    EMPLOYMENT = "employment"


class CaseEntryKind(StrEnum):
    """What a line of a case's history tells."""

    OPENED = "opened"
    NAMED = "named"
    FROZEN = "frozen"
    EMPTIED = "emptied"
    ASSIGNED = "assigned"
    HEARD = "heard"
    DECIDED = "decided"
    APPEALED = "appealed"
    CLOSED = "closed"
    GLASS = "glass"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A case. `concerned` is who is said to have breached the clause; `policy_version` the one that bound at the breach.

    `decider` and `appeal_decider` are persons to whom a decision was given; '' leaves it to whoever judges cases. `due_at` is by when the
    next step is promised, None once nothing is. `final`: it was decided on an appeal.
    """

    number: int
    clause: str
    policy_version: int
    label: str
    brand: str | None
    incident_id: int | None
    concerned: str
    stage: CaseStage
    version: int
    opened_by: str
    opened_at: datetime
    due_at: datetime | None = None
    decider: str = ""
    appeal_decider: str = ""
    found: CaseFound | None = None
    consequence: Consequence | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None
    first_decided_by: str | None = None
    appeal_until: datetime | None = None
    final: bool = False
    closed_at: datetime | None = None

    def is_late(self, now: datetime) -> bool:
        """Was the next step promised for before now?"""
        return self.due_at is not None and self.due_at <= now


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseEntry:
    """One line of the history, sealed; `detail` are ids, counts and words of closed sets. `redacted`: an erasure changed it since, under
    this pseudonym."""

    at: datetime
    actor: str
    kind: CaseEntryKind
    text: str = ""
    detail: Mapping[str, str | int] = field(default_factory=dict)
    entry_id: int = 0
    seal: str = ""
    redacted: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A post as it was when it was frozen: text, payload, revisions, findings. `body` is None once it had to go.

    `held_because`: it may stay although its platform deletes it, as it is the company's own. `emptied_because` is deleted, erased or kept.
    """

    number: int
    case: int
    item_id: int
    source_id: str
    frozen_at: datetime
    frozen_by: str
    body: Json | None
    seal: str
    held_because: str = ""
    emptied_at: datetime | None = None
    emptied_because: str = ""
    redacted: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Glass:
    """Somebody without the right looks into a case until then, for this reason."""

    number: int
    case: int
    person: str
    reason: str
    opened_at: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFile:
    """A case with all that belongs to it, the oldest first."""

    case: Case
    entries: Sequence[CaseEntry]
    evidence: Sequence[Evidence]
    glasses: Sequence[Glass] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A case that shall be opened."""

    clause: str
    policy_version: int
    label: str
    brand: str | None
    incident_id: int | None
    concerned: str
    item_ids: tuple[int, ...]
    due_at: datetime
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseCounts:
    """How many were opened and decided in a time, and how many waited longer than promised at its end. Nobody is named."""

    opened: int = 0
    decided: int = 0
    late: int = 0


NO_CASES = CaseCounts()
