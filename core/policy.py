"""The company's policy as records: clauses, their wording in each language, versions on their way into force, reviews."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from core.cases import Consequence


class Applies(StrEnum):
    """Whose accounts a clause speaks of."""

    OFFICIAL = "official"
    PERSONAL = "personal"
    EXECUTIVE = "executive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """What somebody might do, allowed or not; `industry` is '' where it holds in all of them."""

    allowed: bool
    text: str
    industry: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """A clause in one language. `text` is paragraphs and lists (lines that begin with "- "), a blank line between them."""

    title: str
    text: str
    consequence: str
    examples: tuple[Example, ...] = ()

    def paragraphs(self) -> Iterator[tuple[str, ...]]:
        """Each block: one text for a paragraph; for a list its entries, each still with its "- "."""
        for block in self.text.split("\n\n"):
            lines = tuple(block.splitlines())
            if lines and all(line.startswith("- ") for line in lines):
                yield lines
            elif lines:
                yield (" ".join(lines),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One clause. Owner, watcher and reviewers are offices (legal, pr, …). `detected_by` are labels, none for a clause watched by hand.
    `scale` are the consequences that fit it, none for the whole scale.

    A clause that no longer binds is `retired`, not deleted: what cites its id stays readable.
    """

    id: str
    owner: str
    watcher: str
    reviewers: tuple[str, ...]
    applies_to: tuple[Applies, ...]
    detected_by: tuple[str, ...]
    retired: bool = False
    scale: tuple[Consequence, ...] = ()
    words: Mapping[str, Wording] = field(default_factory=dict)

    @property
    def is_manual(self) -> bool:
        """Does a person watch it, for want of a detector?"""
        return not self.detected_by

    def wording(self, language: str) -> Wording:
        """The wording in a language, or in the first one that there is."""
        return self.words.get(language) or next(iter(self.words.values()))

    def detects(self, label: str) -> bool:
        """Does this label, or the family that it belongs to, stand in `detected_by`?"""
        return any(label == one or label.startswith(f"{one}.") for one in self.detected_by)


class Stage(StrEnum):
    """Where a version stands. Computed from its instants, never stored."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    IN_FORCE = "in_force"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """A reviewer said yes for an office. `actor` is who typed it, when that is not the person."""

    office: str
    person: str
    actor: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """What somebody said of a draft, of one clause or of the whole (clause '')."""

    clause: str
    person: str
    text: str
    at: datetime
    comment_id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A policy at one moment, and how far it has come. `needs` are the offices whose approval it needs."""

    number: int
    clauses: tuple[Clause, ...]
    needs: tuple[str, ...]
    note: str
    fingerprint: str
    made_by: str
    made_at: datetime
    effective_at: datetime | None = None
    published_by: str | None = None
    published_at: datetime | None = None
    ended_at: datetime | None = None
    approvals: tuple[Approval, ...] = ()

    def stage(self, now: datetime) -> Stage:
        """`ended_at` is when a draft was withdrawn, or when the version after it takes effect."""
        if self.effective_at is None:
            return Stage.DRAFT if self.ended_at is None else Stage.WITHDRAWN
        if self.ended_at is not None and self.ended_at <= now:
            return Stage.SUPERSEDED
        return Stage.IN_FORCE if self.effective_at <= now else Stage.SCHEDULED

    def missing(self) -> tuple[str, ...]:
        """The offices that have not approved."""
        given = {one.office for one in self.approvals}
        return tuple(office for office in self.needs if office not in given)

    def clause(self, clause_id: str) -> Clause | None:
        """The clause with this id."""
        return next((one for one in self.clauses if one.id == clause_id), None)

    def clause_of(self, label: str) -> Clause | None:
        """The clause that a label is detected for."""
        return next((one for one in self.clauses if not one.retired and one.detects(label)), None)


class Trigger(StrEnum):
    """Why a clause is to be looked at again."""

    YEARLY = "yearly"
    PLATFORM = "platform"
    BREACHES = "breaches"
    CRISIS = "crisis"
    LEAK = "leak"
    TAKEOVER = "takeover"
    LAW = "law"
    STRATEGY = "strategy"
    LESSON = "lesson"


class Outcome(StrEnum):
    """How a review ended."""

    KEPT = "kept"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A review that is wanted: `key` names the event, so that it asks once; `evidence` is what happened, ids and counts, no texts."""

    clause: str
    trigger: Trigger
    key: str
    owner: str
    due_at: datetime
    evidence: Mapping[str, str | int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A task for a clause's owner; open until `outcome` is there."""

    review_id: int
    clause: str
    trigger: Trigger
    owner: str
    opened_at: datetime
    due_at: datetime
    evidence: Mapping[str, str | int]
    opened_by: str
    outcome: Outcome | None = None
    reason: str = ""
    decided_by: str | None = None
    decided_at: datetime | None = None
