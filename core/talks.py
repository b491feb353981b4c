"""What people do with a conversation, decided: its new state, its claim, its clock, and the line of history. Times are aware UTC."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.records import Event
from core.types import ConversationState


class Talks(StrEnum):
    """CLAIM: "Anna is answering", which ends by itself; RELEASE gives that up. ASSIGN says who is to answer."""

    ASSIGN = "assign"
    CLAIM = "claim"
    RELEASE = "release"
    ANSWER = "answer"
    CLOSE = "close"
    REOPEN = "reopen"


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkChange:
    """A person's act on a conversation, decided: everything that the row holds afterwards, and the event that tells it."""

    conversation_id: int
    version: int
    state: ConversationState
    assignee: str | None
    claimed_by: str | None
    claimed_until: datetime | None
    due_at: datetime | None
    answered_at: datetime | None
    last_answer_at: datetime | None
    closed_at: datetime | None
    event: Event
