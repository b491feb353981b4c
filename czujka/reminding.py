"""Asks the staff to read the policy in force, reminds them, and names to managers who is late: each letter once."""

from collections import defaultdict
from datetime import datetime
from email.message import EmailMessage

from actions.readers import standing
from alerts.channels import email
from core.links import reader_token
from core.readers import Colleague, Owed
from core.sending import DueLetter, Reader
from czujka.house import House
from czujka.readers import addresses, language_of
from governance.readers import reminder
from reports.reading import build_asking, build_late

READING = "reading"
READING_LATE = "reading-late"
PEOPLE = "hr"


def plan_readers(house: House) -> int:
    """Write down who is to be asked, reminded, named. Answers how many still owe something."""
    now = house.clock()
    found = standing(house.store, house.settings, now)
    if found is None:
        return 0
    topics: defaultdict[tuple[str, str], list[Reader]] = defaultdict(list)
    for one in found.owing:
        number = reminder(one, house.settings.readers, now)
        if number is not None:
            topics[(READING, f"{one.version}/{number}")].append(reader_of(one.colleague))
        if one.is_late(now):
            topics[(READING_LATE, f"{one.version}/{one.due_at:%Y-%m-%d}")] += managers(house, one.colleague)
    for (kind, topic), readers in topics.items():
        house.store.letters.plan(kind, topic, now, list(dict.fromkeys(readers)), now)
    return len(found.owing)


def managers(house: House, one: Colleague) -> list[Reader]:
    """Who hears of it: the manager; where there is none any more, whoever holds the office of people."""
    now = house.clock()
    named = [each for each in house.store.readers.staff() if each.person == one.manager and each.is_here(now)]
    if named:
        return [reader_of(each) for each in named]
    return [reader for person in house.settings.holders(PEOPLE) for reader in addresses(person, house.settings)]


def asking(house: House, due: DueLetter, _: email.Settings, now: datetime) -> EmailMessage | None:
    """One colleague's letter; None: they owe nothing any more. Raises ConfigError: an address that is none."""
    one = next((each for each in _owing(house, now) if each.colleague.person == due.reader.person), None)
    if one is None:
        return None
    link = f"{house.address()}/read/{reader_token(house.secret, due.reader.person, now)}"
    return build_asking(one, int(due.topic.partition("/")[2]), link, house.settings, now)


def naming(house: House, due: DueLetter, _: email.Settings, now: datetime) -> EmailMessage | None:
    """One manager's letter: who of theirs is late by now; None: nobody is any more. Raises ConfigError: an address that is none."""
    version, day = due.topic.split("/", 1)
    late = [one for one in _owing(house, now) if one.is_late(now) and f"{one.due_at:%Y-%m-%d}" == day]
    names = [one.colleague.name for one in late if due.reader in managers(house, one.colleague)]
    if not names:
        return None
    staff = {each.person: each for each in house.store.readers.staff()}
    known = staff.get(due.reader.person)
    language = known.language if known is not None else language_of(due.reader, house.settings)
    return build_late(names, int(version), f"{house.address()}/policy", due.reader.address, language, house.settings, now)


def _owing(house: House, now: datetime) -> tuple[Owed, ...]:
    found = standing(house.store, house.settings, now)
    return found.owing if found is not None else ()


def reader_of(one: Colleague) -> Reader:
    """Where a colleague gets mail."""
    return Reader(person=one.person, address=one.address)
