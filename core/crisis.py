"""A crisis as records: who declared it and leads it, what was ticked, said, decided and learned."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

MOST_TEXT = 2000


class Kind(StrEnum):
    """What kind of crisis, and so which checklist."""

    HARM = "harm"
    LEAK = "leak"
    TAKEOVER = "takeover"
    OUTAGE = "outage"
    BOYCOTT = "boycott"
    LEGAL = "legal"


class Stage(StrEnum):
    """How far it has come; never back."""

    DECLARED = "declared"
    STOOD_DOWN = "stood_down"
    REVIEWED = "reviewed"


class Part(StrEnum):
    """What somebody does in the room."""

    LEAD = "lead"
    SPOKESPERSON = "spokesperson"
    LEGAL = "legal"
    LOG_KEEPER = "log_keeper"


APPROVERS = (Part.LEAD, Part.SPOKESPERSON, Part.LEGAL)
"""Who may approve a statement that somebody else wrote."""


class EntryKind(StrEnum):
    """What a line of the log tells."""

    DECLARED = "declared"
    ROLE = "role"
    TICKED = "ticked"
    UNTICKED = "unticked"
    NOTED = "noted"
    STATUS = "status"
    DRAFTED = "drafted"
    APPROVED = "approved"
    PUBLISHED = "published"
    DROPPED = "dropped"
    STOOD_DOWN = "stood_down"
    ACTION = "action"
    ACTION_DONE = "action_done"
    REVIEWED = "reviewed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the log. `detail` are ids and words of closed sets."""

    at: datetime
    actor: str
    kind: EntryKind
    text: str = ""
    detail: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """An item of the checklist that is done."""

    item: str
    person: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What we say outside. Its text never changes: another wording is another draft, so that what was approved is what goes out."""

    statement_id: int
    language: str
    text: str
    drafted_by: str
    drafted_at: datetime
    approved_by: str | None = None
    approved_at: datetime | None = None
    published_by: str | None = None
    published_at: datetime | None = None
    published_where: str = ""
    dropped_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Neither out nor dropped?"""
        return self.published_at is None and self.dropped_at is None


class About(StrEnum):
    """What an action would have changed, had it been done before."""

    CLAUSE = "clause"
    RULE = "rule"
    CHECKLIST = "checklist"
    TRAINING = "training"


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What shall be done after a crisis: by whom, by when, and what it points at."""

    text: str
    owner: str
    due_at: datetime
    about: About
    pointer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """The same, written down."""

    action_id: int
    crisis_id: int
    planned: Planned
    made_by: str
    made_at: datetime
    done_by: str | None = None
    done_at: datetime | None = None

    def is_late(self, now: datetime) -> bool:
        """Still open after its day?"""
        return self.done_at is None and self.planned.due_at <= now


@dataclass(frozen=True, slots=True, kw_only=True)
class Crisis:
    """A crisis itself. `version` counts changes of its stage and its roles; the log grows without it."""

    crisis_id: int
    kind: Kind
    title: str
    brand: str | None
    incident_id: int | None
    stage: Stage
    version: int
    roles: Mapping[Part, str]
    declared_by: str
    declared_at: datetime
    stood_down_by: str | None = None
    stood_down_at: datetime | None = None
    reviewed_by: str | None = None
    reviewed_at: datetime | None = None

    def parts_of(self, person: str) -> tuple[Part, ...]:
        """What this person does in the room."""
        return tuple(part for part in Part if self.roles.get(part) == person)


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A crisis with all that belongs to it; entries oldest first."""

    crisis: Crisis
    entries: tuple[Entry, ...]
    ticks: Mapping[str, Tick]
    statements: tuple[Statement, ...]
    actions: tuple[Action, ...]

    def last_statement(self) -> Statement | None:
        """What was said outside last."""
        said = [one for one in self.statements if one.published_at is not None]
        return max(said, key=lambda one: (one.published_at or one.drafted_at, one.statement_id), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """An incident that may want a crisis declared."""

    incident_id: int
    label: str
    title: str
    severity: str
    brand: str | None
    owner: str
    opened_at: datetime


def may_approve(held: Crisis, said: Statement, person: str) -> bool:
    """Is this person lead, spokesperson or legal here, and not the one who wrote it?"""
    return said.drafted_by != person and not set(APPROVERS).isdisjoint(held.parts_of(person))


def kind_for(label: str) -> Kind:
    """Which kind an incident of this label most likely is."""
    return next((kind for start, kind in _KINDS.items() if label == start or label.startswith(f"{start}.")), Kind.BOYCOTT)


_KINDS = {
    "leak": Kind.LEAK,
    "account": Kind.TAKEOVER,
    "crisis.breach": Kind.LEAK,
    "crisis.safety": Kind.HARM,
    "complaint.safety": Kind.HARM,
    "crisis.legal": Kind.LEGAL,
    "complaint.outage": Kind.OUTAGE,
    "complaint.service": Kind.OUTAGE,
    "complaint.delivery": Kind.OUTAGE,
}
