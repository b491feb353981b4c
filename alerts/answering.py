"""Decides what follows from a try to answer on a platform: sent, again later, looked for, given to a person, or failed.

A reply that is shown twice in public is worse than one that is late. So what may have been done is looked for first, is repeated only
where the platform knows the repeat by its key, and otherwise a person decides.
"""

from datetime import datetime, timedelta

from core.errors import AnswerError
from core.replies import Answered, DueReply, ReplyKind, ReplyState

FIRST_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(minutes=10)
PATIENCE = timedelta(hours=6)
LOOKS = (timedelta(seconds=20), timedelta(minutes=1), timedelta(minutes=4))


def after_try(due: DueReply, error: AnswerError | None, remote_id: str, now: datetime) -> Answered:
    """What follows from one write. Likes and hidings done twice are done once: they are simply tried again."""
    if error is None:
        return Answered(state=ReplyState.SENT, reason="sent", remote_id=remote_id)
    if error.permanent:
        return Answered(state=ReplyState.FAILED, reason=error.reason, detail=str(error))
    if error.unknown and due.row.kind is ReplyKind.REPLY:
        return Answered(state=ReplyState.CHECKING, reason=error.reason, detail=str(error), due_at=now + LOOKS[0])
    return _again(due, ReplyState.WAITING, error, now)


def after_look(due: DueReply, error: AnswerError | None, found: str | None, repeatable: timedelta, now: datetime) -> Answered:
    """What follows from one look at the thread. What a platform shows may lag: only the third look says that it is not there."""
    if found is not None:
        return Answered(state=ReplyState.SENT, reason="found", remote_id=found, looked=True)
    if error is not None and error.reason == "gone":
        return Answered(state=ReplyState.FAILED, reason="gone", detail=str(error), looked=True)
    if error is not None and not error.permanent and now < due.first_try_at + PATIENCE:
        return _again(due, ReplyState.CHECKING, error, now)
    if error is None and due.looks + 1 < len(LOOKS):
        return Answered(state=ReplyState.CHECKING, reason="not_found_yet", due_at=now + LOOKS[due.looks + 1], looked=True)
    if error is None and now < due.first_try_at + repeatable:
        return Answered(state=ReplyState.WAITING, reason="not_found", due_at=now, looked=True)
    return Answered(state=ReplyState.UNDECIDED, reason="unknown", detail=str(error or ""), looked=True)


def _again(due: DueReply, state: ReplyState, error: AnswerError, now: datetime) -> Answered:
    """When the platform asks for it, else after a doubling wait; what could not be done for six hours has failed."""
    wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(due.row.tries, 10))
    at = max(error.retry_at or now + wait, now + timedelta(seconds=1))
    if at > due.first_try_at + PATIENCE and state is ReplyState.WAITING:
        return Answered(state=ReplyState.FAILED, reason=error.reason, detail=str(error))
    return Answered(state=state, reason=error.reason, detail=str(error), due_at=at)
