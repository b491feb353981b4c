"""Tells whoever is to answer a conversation that an answer is late: what fell due in one half hour is one letter, once."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

from alerts.channels import email
from alerts.late_letter import late_words
from alerts.letter import write
from alerts.respond import is_claimed
from core.records import ConversationRow
from core.sending import DueLetter, Reader
from core.settings import Settings
from czujka.house import House
from czujka.readers import addresses, language_of, team

LATE = "conversation-late"
SPAN, BACK = timedelta(minutes=30), 6
"""So many spans are looked back at: a pause of the service hides none, and a first start mails nothing old."""
_STAMP = "%Y%m%dT%H%M"


def plan_late(house: House) -> None:
    """Write down who is to be told."""
    now, letters = house.clock(), house.store.letters
    end = _span_of(now)
    for start, talks in _by_span(house.store.conversations.fallen_due(end - BACK * SPAN, end)).items():
        readers = {reader.address: reader for talk in talks for reader in _answering(talk, house.settings)}
        letters.plan(LATE, f"{start:{_STAMP}}", now, list(readers.values()), now)


def late(house: House, due: DueLetter, channel: email.Settings, now: datetime) -> EmailMessage | None:
    """One letter; None: all were answered meanwhile, or somebody is answering."""
    start, settings = datetime.strptime(due.topic, _STAMP).replace(tzinfo=UTC), house.settings
    fallen = house.store.conversations.fallen_due(start, start + SPAN)
    talks = [talk for talk in fallen if due.reader in _answering(talk, settings) and not is_claimed(talk, now)]
    if not talks:
        return None
    language, zone = language_of(due.reader, settings), settings.zone()
    said = late_words(talks, language, f"{due.kind}/{due.topic}", house.address(), zone)
    return write(said, channel.from_address(), due.reader.address, now, zone)


def _by_span(talks: Sequence[ConversationRow]) -> Mapping[datetime, Sequence[ConversationRow]]:
    found: defaultdict[datetime, list[ConversationRow]] = defaultdict(list)
    for talk in talks:
        if talk.due_at is not None:
            found[_span_of(talk.due_at)].append(talk)
    return found


def _span_of(at: datetime) -> datetime:
    """The beginning of the half hour that holds it."""
    start = at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return start + (at - start) // SPAN * SPAN


def _answering(talk: ConversationRow, settings: Settings) -> list[Reader]:
    """Whoever has taken it; where nobody has, or they get no mail, the team that answers for it."""
    return (addresses(talk.assignee, settings) if talk.assignee else []) or team(talk.owner, settings)
