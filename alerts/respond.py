"""Decides what a person's act does to a conversation: new → assigned → answered → closed, and back when there is more to say."""

from dataclasses import replace
from datetime import datetime, timedelta

from core.errors import Conflict, Refused
from core.records import ConversationRow, Event
from core.talks import TalkChange, Talks
from core.types import ConversationState

CLAIM_LASTS = timedelta(minutes=10)
"""For how long "Anna is answering" keeps others from answering too; while she types it is renewed."""

WAITING = (ConversationState.NEW, ConversationState.ASSIGNED)


def respond(
    row: ConversationRow, what: Talks, actor: str, now: datetime, *, assignee: str | None = None, due_at: datetime | None = None
) -> TalkChange:
    """What follows when `actor` does this now (aware UTC). `assignee` is for assign, `due_at` the new clock for reopen.

    Raises Refused when it cannot be, Conflict when somebody else is answering.
    """
    same = TalkChange(
        conversation_id=row.conversation_id,
        version=row.version,
        state=row.state,
        assignee=row.assignee,
        due_at=row.due_at,
        answered_at=row.answered_at,
        last_answer_at=row.last_answer_at,
        closed_at=row.closed_at,
        event=Event(at=now, actor=actor, kind=what.value, reason="by_hand", detail={"from": row.state.value}),
    )
    if what is Talks.ASSIGN:
        return _assign(row, same, assignee)
    if what is Talks.REOPEN:
        return _reopen(row, same, due_at)
    _refuse_while_answering(row, actor, now)
    return _answer(row, same, now) if what is Talks.ANSWER else _close(row, same, now)


def is_claimed(row: ConversationRow, now: datetime, by_other_than: str | None = None) -> bool:
    """Is somebody (else) answering right now?"""
    return row.claimed_by not in {None, by_other_than} and row.claimed_until is not None and row.claimed_until > now


def _assign(row: ConversationRow, same: TalkChange, assignee: str | None) -> TalkChange:
    if not assignee:
        raise Refused("somebody to answer was expected; name a person")
    _refuse(row, row.state not in WAITING, f"is {row.state} already; reopen it first")
    event = replace(same.event, detail={**same.event.detail, "assignee": assignee})
    return replace(same, state=ConversationState.ASSIGNED, assignee=assignee, event=event)


def _answer(row: ConversationRow, same: TalkChange, now: datetime) -> TalkChange:
    """The first answer is what the first response is measured by; it stays."""
    _refuse(row, row.state not in WAITING, f"is {row.state} already; reopen it first")
    return replace(same, state=ConversationState.ANSWERED, answered_at=row.answered_at or now, last_answer_at=now)


def _close(row: ConversationRow, same: TalkChange, now: datetime) -> TalkChange:
    _refuse(row, row.state is ConversationState.CLOSED, "is closed already")
    return replace(same, state=ConversationState.CLOSED, closed_at=now)


def _reopen(row: ConversationRow, same: TalkChange, due_at: datetime | None) -> TalkChange:
    _refuse(row, row.state in WAITING, "waits for an answer already")
    state = ConversationState.ASSIGNED if row.assignee else ConversationState.NEW
    return replace(same, state=state, due_at=due_at, closed_at=None)


def _refuse(row: ConversationRow, impossible: bool, why: str) -> None:
    if impossible:
        raise Refused(f"conversation {row.conversation_id} {why}")


def _refuse_while_answering(row: ConversationRow, actor: str, now: datetime) -> None:
    if is_claimed(row, now, by_other_than=actor):
        raise Conflict(f"{row.claimed_by} is answering conversation {row.conversation_id} right now", reason="being_answered")
