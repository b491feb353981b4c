"""What we answer on platforms: an outbox of replies, likes and hidings, each wanted by a person and tried by the service."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.types import Json


class ReplyKind(StrEnum):
    """REPLY writes under their post; LIKE and HIDE are done to it."""

    REPLY = "reply"
    LIKE = "like"
    HIDE = "hide"


class ReplyState(StrEnum):
    """Where it stands.

    APPROVAL waits for a second pair of eyes, WAITING for its try, CHECKING for a look at the thread after a try of unknown outcome,
    UNDECIDED for a person who looks at the platform. SENT, FAILED and WITHDRAWN are final.
    """

    APPROVAL = "approval"
    WAITING = "waiting"
    CHECKING = "checking"
    UNDECIDED = "undecided"
    SENT = "sent"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"


PENDING = (ReplyState.APPROVAL, ReplyState.WAITING, ReplyState.CHECKING, ReplyState.UNDECIDED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The post that is answered, as its platform gave it: `raw` holds what only that platform knows."""

    item_id: int
    source_id: str
    platform: str
    external_id: str
    author: str
    parent_id: str | None
    thread_id: str | None
    created_at: datetime
    raw: Json


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReply:
    """What a person wants done, decided: it is written with the conversation's next version."""

    conversation_id: int
    version: int
    item_id: int
    source_id: str
    kind: ReplyKind
    text: str
    actor: str
    at: datetime
    approval: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyRow:
    """One of the outbox as the conversation's page shows it. `remote_id` is the platform's id of our reply; times are aware UTC."""

    reply_id: int
    conversation_id: int
    item_id: int
    source_id: str
    kind: ReplyKind
    text: str
    state: ReplyState
    written_by: str
    written_at: datetime
    approved_by: str | None
    due_at: datetime
    tries: int
    sent_at: datetime | None
    remote_id: str
    reason: str
    detail: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DueReply:
    """One of the outbox leased to us; `token` fences it. `check`: an earlier try may have been done, so look before anything else.

    `first_try_at` is the present for a first try; `tries` and `looks` are those before this one.
    """

    row: ReplyRow
    target: Target
    token: int
    check: bool
    first_try_at: datetime
    looks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What follows from one try or one look: the new state, when it is due again, and why in a word and in words."""

    state: ReplyState
    reason: str
    detail: str = ""
    remote_id: str = ""
    due_at: datetime | None = None
    looked: bool = False
