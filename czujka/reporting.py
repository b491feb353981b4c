"""The digest's shell: plans what is due, writes and sends it, and records how that ended."""

import logging
from collections.abc import Callable
from datetime import timedelta

from alerts.channels import email
from alerts.contacts import of_person
from core import metrics
from core.errors import ConfigError, Conflict, CzujkaError
from core.figures import week_bounds
from core.records import DueDigest, Reader
from core.settings import Settings
from czujka.house import House
from reports.calendar import due_weeks, planned_at
from reports.digest import build_mail

LEASE = timedelta(minutes=5)
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)

log = logging.getLogger("czujka.digest")


def send_digests(house: House) -> int:
    """Plan the weeks that are due, then send what is unsent. Answers how many went out."""
    if mail_channel(house.settings) is None:
        return 0
    plan(house)
    return sum(_send(house, due) for due in house.store.digests.lease_due(house.clock(), 50, LEASE))


def plan(house: House) -> None:
    """Write down who is to get which week's digest, once."""
    store, now, zone = house.store.digests, house.clock(), house.settings.zone()
    for week in due_weeks(store.last_week(), store.watching_since(), now, zone):
        store.plan(week, planned_at(week, zone), readers(house.settings), now)


def readers(settings: Settings) -> list[Reader]:
    """Everybody in the fallback owner's team who has an e-mail address."""
    team = next((owner.people for owner in settings.owner if owner.id == settings.company.fallback), ())
    found = ((person, contact) for person in team for contact in of_person(person, settings) if contact.kind == "email")
    return [Reader(person=person, address=contact.address) for person, contact in found]


def language_of(reader: Reader, settings: Settings) -> str:
    """The language that this reader gave, else the company's first."""
    return next((one.language for one in settings.person if one.id == reader.person), settings.company.languages[0])


def mail_channel(settings: Settings) -> email.Settings | None:
    """The channel that mails go by: the first of kind e-mail."""
    return next((one for one in settings.channel if isinstance(one, email.Settings)), None)


def send(house: House, due: DueDigest) -> None:
    """Write one digest for its reader and give it to the mail channel. Raises CzujkaError."""
    channel, zone, now = mail_channel(house.settings), house.settings.zone(), house.clock()
    if channel is None:
        raise ConfigError('the digest needs an e-mail channel: [[channel]] kind = "email"', reason="no_channel")
    language = language_of(due.reader, house.settings)
    figures = house.store.figures.week(*week_bounds(due.week, zone), zone)
    written = build_mail(figures, house.settings, due.reader.address, language, planned_at=due.planned_at, sent_at=now)
    email.post(written, channel, now, f"digest/{due.week}/{due.reader.address}")


def _recorded(due: DueDigest, record: Callable[[], None]) -> bool:
    try:
        record()
    except Conflict:
        log.warning("digest %s to %s: another worker had taken it over", due.week, due.reader.person)
        return False
    return True


def _send(house: House, due: DueDigest) -> bool:
    """Send, then record. Killed between the two it is sent again, under the same Message-ID."""
    try:
        send(house, due)
    except CzujkaError as error:
        log.warning("digest %s to %s: %s", due.week, due.reader.person, error)
        metrics.ERRORS.add(stage="digest", reason=error.reason)
        wait: timedelta = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(due.tries, 10))
        reason = error.reason
        _recorded(due, lambda: house.store.digests.failed(due, reason, house.clock() + wait))
        return False
    return _recorded(due, lambda: house.store.digests.sent(due, house.clock()))
