"""Reminds the team that tasks of the law wait: once when a quarter of their time is left, once when it is over. What ends together is one
letter, however many tasks it is about."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from email.message import EmailMessage

from alerts.channels import email
from alerts.duty_letter import duty_words
from alerts.letter import write
from core.duties import Duty
from core.sending import DueLetter
from czujka.house import House
from czujka.readers import fallback_team, language_of, team

SOON = "duty-soon"
LATE = "duty-late"
LEFT = 4
"""a quarter of the time"""
AHEAD, BACK = timedelta(days=7), timedelta(days=7)
"""How far is looked: further than a quarter of the longest time, and so far back that a first start does not mail what is old."""
AT_ONCE = timedelta(hours=1)
"""what is due as soon as possible is late after this"""


def plan_duties(house: House) -> None:
    """Write down who is to be reminded of what; of what is late the fallback's team too."""
    now, letters, settings = house.clock(), house.store.letters, house.settings
    for topic, duties in _together(house, now).items():
        owner = duties[0].owner
        if any(now >= late_at(one) for one in duties):
            readers = {reader.address: reader for reader in (*team(owner, settings), *fallback_team(settings))}
            letters.plan(LATE, topic, now, list(readers.values()), now)
        elif any(soon_at(one) <= now < one.due_at for one in duties):
            letters.plan(SOON, topic, now, team(owner, settings), now)


def soon_at(duty: Duty) -> datetime:
    """From when on a quarter of its time is left."""
    return duty.due_at - (duty.due_at - duty.opened_at) / LEFT


def late_at(duty: Duty) -> datetime:
    """From when on it is late enough to say so."""
    return max(duty.due_at, duty.opened_at + AT_ONCE)


def reminder(house: House, due: DueLetter, channel: email.Settings, now: datetime) -> EmailMessage | None:
    """One letter; None: all was decided meanwhile, or what was to come in time would come late, and another letter says that."""
    duties = _together(house, now).get(due.topic, ())
    if not duties or (due.kind == SOON and now >= duties[0].due_at):
        return None
    language, zone = language_of(due.reader, house.settings), house.settings.zone()
    said = duty_words(duties, now, language, f"{due.kind}/{due.topic}", f"{house.address()}/tasks", zone)
    return write(said, channel.from_address(), due.reader.address, now, zone)


def _together(house: House, now: datetime) -> Mapping[str, Sequence[Duty]]:
    """What waits, by kind, owner and the end of its time: a day's complaints end together."""
    found: defaultdict[str, list[Duty]] = defaultdict(list)
    for duty in house.store.duties.due(now - BACK, now + AHEAD):
        found[f"{duty.kind}/{duty.owner}/{duty.due_at:%Y%m%dT%H%M%S}"].append(duty)
    return found
