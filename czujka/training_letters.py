"""Asks people to complete their trainings, reminds them, and names to managers who is late: each letter once."""

from collections import defaultdict
from datetime import datetime
from email.message import EmailMessage

from actions.training import owing, standing
from alerts.channels import email
from core.links import reader_token
from core.sending import DueLetter, Reader
from core.training import TrainingOwed
from czujka.house import House
from czujka.readers import language_of
from czujka.reminding import managers, reader_of
from governance.readers import nth
from reports.training import build_training, build_training_late

TRAINING = "training"
TRAINING_LATE = "training-late"


def plan_trainings(house: House) -> int:
    """Write down who is to be asked, reminded, named. Answers how many trainings are owed."""
    now = house.clock()
    topics: defaultdict[tuple[str, str], list[Reader]] = defaultdict(list)
    found = [one for each in standing(house.store, house.settings, now) for one in each.owing]
    for one in found:
        number = nth(one.since, one.training.remind_every, one.training.reminders, now)
        if number is not None:
            topics[(TRAINING, f"{one.training.id}/{one.since:%Y-%m-%d}/{number}")].append(reader_of(one.colleague))
        if one.is_late(now):
            topics[(TRAINING_LATE, f"{one.training.id}/{one.due_at:%Y-%m-%d}")] += managers(house, one.colleague)
    for (kind, topic), readers in topics.items():
        house.store.letters.plan(kind, topic, now, list(dict.fromkeys(readers)), now)
    return len(found)


def training(house: House, due: DueLetter, _: email.Settings, now: datetime) -> EmailMessage | None:
    """One colleague's letter; None: they have completed it. Raises ConfigError: an address that is none."""
    name, rest = due.topic.split("/", 1)
    one = next((each for each in owing(house.store, house.settings, due.reader.person, now) if each.training.id == name), None)
    if one is None:
        return None
    link = f"{house.address()}/read/{reader_token(house.secret, due.reader.person, now)}#trainings"
    return build_training(one, int(rest.rpartition("/")[2]), link, house.settings, now)


def training_late(house: House, due: DueLetter, _: email.Settings, now: datetime) -> EmailMessage | None:
    """One manager's letter: who of theirs is late by now; None: nobody is any more. Raises ConfigError: an address that is none."""
    name, day = due.topic.split("/", 1)
    late = [one for one in _of(house, name, now) if one.is_late(now) and f"{one.due_at:%Y-%m-%d}" == day]
    names = [one.colleague.name for one in late if due.reader in managers(house, one.colleague)]
    if not names:
        return None
    known = next((each for each in house.store.readers.staff() if each.person == due.reader.person), None)
    language = known.language if known is not None else language_of(due.reader, house.settings)
    return build_training_late(late[0].training, names, due.reader.address, language, house.settings, now)


def _of(house: House, name: str, now: datetime) -> tuple[TrainingOwed, ...]:
    return next((each.owing for each in standing(house.store, house.settings, now) if each.training.id == name), ())
