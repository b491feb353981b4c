"""The calendar's shell: plans the letters that are due, writes and sends each, and records how that ended."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from email.message import EmailMessage

from alerts.channels import email
from core import metrics
from core.errors import ConfigError, Conflict, CzujkaError
from core.failpoint import reach
from core.sending import DueLetter
from core.settings import Settings
from czujka import (
    approval_letters,
    case_letters,
    consent_letters,
    crisis_letters,
    duty_letters,
    late_letters,
    review_letters,
    source_letters,
)
from czujka.digest_letters import DIGEST, digest, plan_digests
from czujka.handover_letters import HANDOVER, handover, plan_handovers
from czujka.house import House
from czujka.message_letters import message
from czujka.readers import addresses, language_of
from czujka.reminding import READING, READING_LATE, asking, naming
from czujka.rota_letters import ROTA, plan_rota, rota
from czujka.summary_letters import SUMMARY, plan_summaries, summary
from czujka.training_letters import TRAINING, TRAINING_LATE, training, training_late
from reports.unsent import build_unsent
from storage.message_plan import MESSAGE

UNSENT = "unsent"
LEASE = timedelta(minutes=5)
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)

log = logging.getLogger("czujka.letters")


def send_letters(house: House) -> int:
    """Plan what the calendar asks for, then send what is unsent. Answers how many went out."""
    if mail_channel(house.settings) is None:
        return 0
    plan_digests(house)
    plan_summaries(house)
    plan_unsent(house)
    plan_rota(house)
    plan_handovers(house)
    case_letters.plan_cases(house)
    source_letters.plan_sources(house)
    duty_letters.plan_duties(house)
    review_letters.plan_reviews(house)
    approval_letters.plan_approvals(house)
    late_letters.plan_late(house)
    crisis_letters.plan_crises(house)
    consent_letters.plan_consents(house)
    return sum(_send(house, due) for due in house.store.letters.lease_due(house.clock(), 50, LEASE))


def mail_channel(settings: Settings) -> email.Settings | None:
    """The channel that mails go by: the first of kind e-mail."""
    return next((one for one in settings.channel if isinstance(one, email.Settings)), None)


def plan_unsent(house: House) -> None:
    """Whoever wrote an answer that failed, or that nobody knows the end of, is told once."""
    now = house.clock()
    for row in house.store.replies.unsent():
        house.store.letters.plan(UNSENT, f"{row.reply_id}/{row.version}", now, addresses(row.written_by, house.settings), now)


def unsent(house: House, due: DueLetter, _: email.Settings, now: datetime) -> EmailMessage:
    """About one answer, to its writer. Raises CzujkaError."""
    row = house.store.replies.get(int(due.topic.partition("/")[0]))
    return build_unsent(row, house.settings, due.reader.address, language_of(due.reader, house.settings), now)


WRITERS: Mapping[str, Callable[[House, DueLetter, email.Settings, datetime], EmailMessage | None]] = {
    DIGEST: digest,
    UNSENT: unsent,
    ROTA: rota,
    HANDOVER: handover,
    READING: asking,
    READING_LATE: naming,
    case_letters.CASE_DUE: case_letters.due,
    case_letters.CASE_GIVEN: case_letters.given,
    case_letters.CASE_GLASS: case_letters.glass,
    source_letters.BLIND: source_letters.blind,
    source_letters.BUDGET: source_letters.budget,
    duty_letters.SOON: duty_letters.reminder,
    duty_letters.LATE: duty_letters.reminder,
    late_letters.LATE: late_letters.late,
    crisis_letters.ROLE: crisis_letters.role,
    crisis_letters.STATEMENT: crisis_letters.statement,
    consent_letters.ASKED: consent_letters.asked,
    consent_letters.ANSWERED: consent_letters.answered,
    approval_letters.ASKED: approval_letters.request,
    approval_letters.AGAIN: approval_letters.request,
    review_letters.ASKED: review_letters.request,
    review_letters.LATE: review_letters.request,
    SUMMARY: summary,
    TRAINING: training,
    TRAINING_LATE: training_late,
    MESSAGE: message,
}


def _send(house: House, due: DueLetter) -> bool:
    """Send, then record; a letter with nothing left to say is done. Killed between the two it is sent again, under the same Message-ID."""
    now = house.clock()
    try:
        channel, writer = mail_channel(house.settings), WRITERS.get(due.kind)
        if channel is None or writer is None:
            raise ConfigError(f"nothing here writes or carries a {due.kind}; is an e-mail channel configured?", reason="no_channel")
        written = writer(house, due, channel, now)
        if written is None:
            return _recorded(due, lambda: house.store.letters.sent(due, now))
        email.post(written, channel, now, f"{due.kind}/{due.topic}/{due.reader.address}")
        reach("letters.sent")
    except CzujkaError as error:
        log.warning("%s %s to %s: %s", due.kind, due.topic, due.reader.person, error)
        metrics.ERRORS.add(stage="letters", reason=error.reason)
        reason, wait = error.reason, min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(due.tries, 10))
        _recorded(due, lambda: house.store.letters.failed(due, reason, now + wait))
        return False
    return _recorded(due, lambda: house.store.letters.sent(due, now))


def _recorded(due: DueLetter, record: Callable[[], None]) -> bool:
    try:
        record()
    except Conflict:
        log.warning("%s %s to %s: another worker had taken it over", due.kind, due.topic, due.reader.person)
        return False
    return True
