"""Sends the messages of the communication plan: each once to everybody of its audience, on its day, or when Czujka runs again."""

from datetime import date, datetime
from email.message import EmailMessage

from actions import message_plan as acts
from alerts.channels import email
from core.links import reader_token
from core.sending import DueLetter
from czujka.house import House
from czujka.reminding import reader_of
from governance.message_plan import newest
from reports.messages import build_message
from storage.message_plan import MESSAGE


def plan_messages(house: House) -> int:
    """Write down who gets what is due now; answers how many messages were looked at.

    A day is thought through once: who joins the staff later does not get what went out before.
    """
    now, zone = house.clock(), house.settings.zone()
    due = [(plan, day) for plan in house.settings.message_plan if (day := newest(plan, zone, now)) is not None]
    for plan, day in due:
        topic = f"{plan.id}/{day}"
        if house.store.letters.last_topic(MESSAGE, topic) is not None:
            continue
        readers = [reader_of(one) for one in acts.audience(house.store, plan, now)]
        if readers:
            house.store.letters.plan(MESSAGE, topic, now, readers, now)
            house.store.letters.looked(MESSAGE, topic, now)
    return len(due)


def message(house: House, due: DueLetter, _: email.Settings, now: datetime) -> EmailMessage | None:
    """One colleague's mail; None: the plan is gone, or they are. Raises ConfigError: its words cannot be read."""
    name, day = due.topic.split("/", 1)
    plan = next((one for one in house.settings.message_plan if one.id == name), None)
    one = next((each for each in house.store.readers.staff() if each.person == due.reader.person), None)
    if plan is None or one is None or not one.is_here(now):
        return None
    text = acts.words(house.settings, plan, one.language)
    link = f"{house.address()}/read/{reader_token(house.secret, one.person, now)}#messages"
    return build_message(plan, date.fromisoformat(day), text, link, due.reader.address, one.language, house.settings, now)
