"""Tells a person that they are asked for their consent, and whoever asked that it was given or taken back. A no is told to nobody."""

from datetime import datetime, timedelta
from email.message import EmailMessage

from alerts.channels import email
from alerts.consent_letter import answered_words, asked_words
from alerts.letter import write
from core.consent import WAITS, Consent, ConsentState
from core.sending import DueLetter
from czujka.house import House
from czujka.readers import addresses, language_of, name_of

ASKED = "consent-asked"
ANSWERED = "consent-answered"
TOLD = (ConsentState.GRANTED, ConsentState.WITHDRAWN)
BACK = timedelta(days=7)
"""Answers older than that are told to nobody any more."""


def plan_consents(house: House) -> None:
    """Write down who is to be told."""
    now, settings = house.clock(), house.settings
    for one in house.store.consents.list(states=(*WAITS, *TOLD)):
        if _waits(one, now):
            house.store.letters.plan(ASKED, str(one.consent_id), now, addresses(one.person, settings), now)
        elif one.state in TOLD and one.decided_at is not None and one.decided_at > now - BACK:
            topic = f"{one.consent_id}/{one.state}"
            house.store.letters.plan(ANSWERED, topic, now, addresses(_asker(one), settings), now)


def asked(house: House, due: DueLetter, channel: email.Settings, now: datetime) -> EmailMessage | None:
    """To the person; None: they have answered meanwhile, or the time is over. Raises NotFound."""
    one, settings = house.store.consents.get(int(due.topic)), house.settings
    if not _waits(one, now):
        return None
    by, language, zone = name_of(_asker(one), settings), language_of(due.reader, settings), settings.zone()
    topic, page = f"{due.kind}/{due.topic}", f"{house.address()}/consent"
    said = asked_words(one, by, settings.company.name, language, topic, page, zone)
    return write(said, channel.from_address(), due.reader.address, now, zone)


def answered(house: House, due: DueLetter, channel: email.Settings, now: datetime) -> EmailMessage | None:
    """To whoever asked; None: it was taken back meanwhile. Raises NotFound."""
    number, _, state = due.topic.partition("/")
    one, settings = house.store.consents.get(int(number)), house.settings
    if one.state != state:
        return None
    name, language = name_of(one.person, settings), language_of(due.reader, settings)
    said = answered_words(one, name, language, f"{due.kind}/{due.topic}", f"{house.address()}/consents")
    return write(said, channel.from_address(), due.reader.address, now, settings.zone())


def _waits(one: Consent, now: datetime) -> bool:
    return one.state in WAITS and now < one.expires_at


def _asker(one: Consent) -> str:
    """Whoever asked, on the pages or at the keys."""
    return one.invited_by.removeprefix("cli:")
