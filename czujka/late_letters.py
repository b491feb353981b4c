"""Tells whoever is to answer a conversation that an answer is late: what fell due in one half hour is one letter, once."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

from alerts.channels import email
from alerts.late_letter import MOST, late_words
from alerts.letter import write
from core.sending import DueLetter, Reader
from core.settings import Settings
from core.talks import Awaited
from czujka.house import House
from czujka.readers import addresses, language_of, team

LATE = "conversation-late"
SPAN, BACK = timedelta(minutes=30), 6
"""So many spans are looked back at: a pause of the service hides none, and a first start mails nothing old."""
_STAMP = "%Y%m%dT%H%M"


def plan_late(house: House) -> None:
    """Write down who is to be told."""
    now = house.clock()
    end = _span_of(now)
    readers: defaultdict[datetime, dict[str, Reader]] = defaultdict(dict)
    for one in house.store.conversations.fallen_due(end - BACK * SPAN, end):
        readers[_span_of(one.due_at)] |= {reader.address: reader for reader in _answering(one, house.settings)}
    for start, told in readers.items():
        house.store.letters.plan(LATE, f"{start:{_STAMP}}", now, list(told.values()), now)


def late(house: House, due: DueLetter, channel: email.Settings, now: datetime) -> EmailMessage | None:
    """One letter; None: all were answered meanwhile. Raises CzujkaError."""
    start, store, settings = datetime.strptime(due.topic, _STAMP).replace(tzinfo=UTC), house.store, house.settings
    mine = [one for one in store.conversations.fallen_due(start, start + SPAN) if due.reader in _answering(one, settings)]
    if not mine:
        return None
    talks = [store.conversations.get(one.conversation_id) for one in mine[:MOST]]
    language, zone = language_of(due.reader, settings), settings.zone()
    said = late_words(talks, len(mine), language, f"{due.kind}/{due.topic}", house.address(), zone)
    return write(said, channel.from_address(), due.reader.address, now, zone)


def _span_of(at: datetime) -> datetime:
    """The beginning of the half hour that holds it."""
    start = at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return start + (at - start) // SPAN * SPAN


def _answering(one: Awaited, settings: Settings) -> list[Reader]:
    """Whoever has taken it; where nobody has, or they get no mail, the team that answers for it."""
    return (addresses(one.assignee, settings) if one.assignee else []) or team(one.owner, settings)
