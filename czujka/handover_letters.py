"""The hand-over note's shell: when one person on call follows another, both are to get it, once."""

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

from actions.handover import standing
from alerts import handover as deciders
from alerts.channels import email
from alerts.letter import write
from core.handover import HandOver
from core.records import Override
from core.sending import DueLetter, Reader
from core.settings import Schedule
from czujka.house import House
from czujka.readers import addresses, language_of

HANDOVER = "handover"
MOMENT = timedelta(seconds=1)


def plan_handovers(house: House) -> None:
    """Whoever leaves and whoever comes is to get the note of each schedule's newest hand-over.

    The first look at a schedule only notes where it stands. After a long downtime one note tells all that happened meanwhile.
    """
    now = house.clock()
    overrides = _overrides(house, now) if house.settings.schedule else []
    for schedule in house.settings.schedule:
        last = house.store.letters.last_topic(HANDOVER, under=f"{schedule.id}/")
        start = max(_instant(last), now - deciders.LOOK) if last else now - deciders.LOOK
        found = deciders.latest(schedule, overrides, start, now)
        if found is not None and last is not None:
            house.store.letters.plan(HANDOVER, _topic(schedule, found.at), found.at, _readers(house, found), now)
        if found is not None or last is None:
            house.store.letters.looked(HANDOVER, _topic(schedule, found.at if found is not None else now), now)


def handover(house: House, due: DueLetter, channel: email.Settings, now: datetime) -> EmailMessage:
    """One reader's note, as things stand now, of the hand-over that the topic names."""
    settings = house.settings
    found = _of_topic(house, due.topic)
    said = deciders.words(
        found,
        standing(house.store, settings, found, now),
        settings,
        language_of(due.reader, settings),
        f"{HANDOVER}/{due.topic}",
        house.address(),
    )
    return write(said, channel.from_address(), due.reader.address, now, settings.zone())


def _of_topic(house: House, topic: str) -> HandOver:
    """The hand-over as it is planned now; should the schedule know it no more, what happened up to it is told all the same."""
    schedule_id = topic.rpartition("/")[0]
    at, before = _instant(topic), house.store.letters.last_topic(HANDOVER, under=f"{schedule_id}/", before=topic)
    start = max(_instant(before), at - deciders.LOOK) if before else at - deciders.LOOK
    schedule = next((one for one in house.settings.schedule if one.id == schedule_id), None)
    found = deciders.latest(schedule, _overrides(house, at), start, at) if schedule is not None else None
    return found or HandOver(schedule=schedule_id, leaves="", comes=None, since=start, at=at)


def _overrides(house: House, until: datetime) -> list[Override]:
    return house.store.oncall.overrides(until - deciders.LOOK, until + MOMENT)


def _readers(house: House, found: HandOver) -> list[Reader]:
    people = [found.leaves, *([found.comes] if found.comes else [])]
    return [reader for person in people for reader in addresses(person, house.settings)]


def _topic(schedule: Schedule, at: datetime) -> str:
    return f"{schedule.id}/{at.astimezone(UTC).isoformat()}"


def _instant(topic: str) -> datetime:
    return datetime.fromisoformat(topic.rpartition("/")[2])
