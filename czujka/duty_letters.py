"""Reminds the team that a task of the law waits: once when a quarter of its time is left, once when it is over. Each letter goes once."""

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
"""a quarter of its time"""
AT_ONCE = timedelta(hours=1)
"""what is due as soon as possible is late after this"""


def plan_duties(house: House) -> None:
    """Write down who is to be reminded of what; of what is late the fallback's team too."""
    now, letters, settings = house.clock(), house.store.letters, house.settings
    for duty in house.store.duties.list():
        if now >= late_at(duty):
            readers = {reader.address: reader for reader in (*team(duty.owner, settings), *fallback_team(settings))}
            letters.plan(LATE, str(duty.duty_id), now, list(readers.values()), now)
        elif duty.due_at - (duty.due_at - duty.opened_at) / LEFT <= now < duty.due_at:
            letters.plan(SOON, str(duty.duty_id), now, team(duty.owner, settings), now)


def late_at(duty: Duty) -> datetime:
    """From when on it is late enough to say so."""
    return max(duty.due_at, duty.opened_at + AT_ONCE)


def reminder(house: House, due: DueLetter, channel: email.Settings, now: datetime) -> EmailMessage | None:
    """One letter; None: it was decided meanwhile, or what was to come in time would come late, and another letter says that."""
    duty = house.store.duties.get(int(due.topic))
    if duty.decision is not None or (due.kind == SOON and now >= duty.due_at):
        return None
    place = f"incidents/{duty.incident_id}" if duty.incident_id is not None else f"conversations/{duty.conversation_id}"
    language, zone = language_of(due.reader, house.settings), house.settings.zone()
    said = duty_words(duty, now, language, f"{due.kind}/{due.topic}", f"{house.address()}/{place}", zone)
    return write(said, channel.from_address(), due.reader.address, now, zone)
