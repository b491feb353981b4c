"""Answer's shell: writes what people want said, liked or hidden on platforms, looks for what may be there, and records how it ended."""

import logging
from datetime import timedelta

from alerts.answering import after_look, after_try
from collector.answers import Writer, writer_for
from collector.answers.writing import Write
from core import metrics
from core.errors import AnswerError, Conflict, CzujkaError
from core.failpoint import reach
from core.replies import Answered, DueReply, ReplyKind, ReplyState
from czujka.house import House

LEASE = timedelta(minutes=2)
AT_ONCE = 20

log = logging.getLogger("czujka.answer")


def answer_due(house: House) -> int:
    """Try, or look for, everything that is due. Answers how many came to an end."""
    return sum(_one(house, due) for due in house.store.replies.lease_due(house.clock(), AT_ONCE, LEASE))


def _one(house: House, due: DueReply) -> bool:
    """Act, then record. Killed between the two it is looked for before anything else is done."""
    writer = _writer(house, due)
    if writer is None:
        said = "answering by this source is switched off, or its platform cannot; nothing was sent"
        answered = Answered(state=ReplyState.FAILED, reason="off", detail=said)
    elif due.check and due.row.kind is ReplyKind.REPLY:
        answered = _look(house, writer, due)
    else:
        answered = _try(house, writer, due)
    try:
        house.store.replies.record(due, answered, house.clock())
    except Conflict:
        log.warning("reply %s: another worker had taken it over", due.row.reply_id)
        return False
    metrics.REPLIES.add(platform=due.target.platform, outcome=answered.state)
    return answered.state in (ReplyState.SENT, ReplyState.FAILED, ReplyState.UNDECIDED)


def _writer(house: House, due: DueReply) -> Writer | None:
    source = next((one for one in house.settings.source if one.id == due.row.source_id), None)
    return writer_for(source) if source is not None and source.answer else None


def _try(house: House, writer: Writer, due: DueReply) -> Answered:
    remote_id, failure = "", None
    try:
        remote_id = _write(house, writer, due)
        reach("answer.sent")
    except AnswerError as error:
        failure = _noted(due, error)
    except CzujkaError as error:
        failure = _noted(due, AnswerError(str(error), reason=error.reason))
    except Exception as error:
        log.exception("reply %s failed", due.row.reply_id)
        failure = AnswerError(f"{type(error).__name__} while writing", unknown=True, reason="writer_bug")
    return after_try(due, failure, remote_id, house.clock())


def _look(house: House, writer: Writer, due: DueReply) -> Answered:
    found, failure = None, None
    try:
        found = writer.find(_written(house, due), house.http)
    except AnswerError as error:
        failure = _noted(due, error)
    except CzujkaError as error:
        failure = _noted(due, AnswerError(str(error), reason=error.reason))
    except Exception as error:
        log.exception("reply %s: looking for it failed", due.row.reply_id)
        failure = AnswerError(f"{type(error).__name__} while looking", reason="writer_bug")
    return after_look(due, failure, found, writer.repeatable, house.clock())


def _write(house: House, writer: Writer, due: DueReply) -> str:
    write = _written(house, due)
    if due.row.kind is ReplyKind.REPLY:
        return writer.reply(write, house.http)
    (writer.like if due.row.kind is ReplyKind.LIKE else writer.hide)(write, house.http)
    return ""


def _written(house: House, due: DueReply) -> Write:
    """The key is the same for every try of one reply, and another for every reply of every Czujka."""
    key = f"czujka-{due.row.reply_id}-{due.row.written_at.timestamp():.6f}"
    return Write(target=due.target, text=due.row.text, key=key, since=due.first_try_at, written_at=due.row.written_at, now=house.clock())


def _noted(due: DueReply, error: AnswerError) -> AnswerError:
    log.warning("reply %s on %s: %s: %s", due.row.reply_id, due.target.platform, error.reason, error)
    metrics.ERRORS.add(stage="answer", reason=error.reason)
    return error
