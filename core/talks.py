"""What people do with a conversation, decided: its new state, its clock, and the line of history. Times are aware UTC."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.records import Event
from core.types import ConversationState


class Talks(StrEnum):
    """ASSIGN says who is to answer; ANSWER that it has been answered; REOPEN that it wants another word."""

    ASSIGN = "assign"
    ANSWER = "answer"
    CLOSE = "close"
    REOPEN = "reopen"


class Remedy(StrEnum):
    """What somebody who complained was given."""

    APOLOGY = "apology"
    EXPLANATION = "explanation"
    REPAIR = "repair"
    REPLACEMENT = "replacement"
    REFUND = "refund"
    COMPENSATION = "compensation"


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkChange:
    """A person's act on a conversation, decided: all that the row holds of state and clock afterwards, and the event that tells it."""

    conversation_id: int
    version: int
    state: ConversationState
    assignee: str | None
    due_at: datetime | None
    answered_at: datetime | None
    last_answer_at: datetime | None
    closed_at: datetime | None
    event: Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """A conversation that waits for an answer until `due_at`: whose it is, and who has taken it."""

    conversation_id: int
    owner: str
    assignee: str | None
    due_at: datetime
