"""The summary of a month to all staff: once, on the first day of the next one, to the configured address."""

from datetime import datetime
from email.message import EmailMessage

from actions.summary import summarise
from alerts.channels import email
from core.periods import named
from core.sending import DueLetter, Reader
from czujka.house import House
from reports.calendar import due_months, summary_planned_at
from reports.summary import build_summary

SUMMARY = "summary"
STAFF = "staff"


def plan_summaries(house: House) -> None:
    """Write down which months are to be told."""
    store, now, zone, address = house.store.letters, house.clock(), house.settings.zone(), house.settings.summary.to
    if address is None:
        return
    for month in due_months(store.last_topic(SUMMARY), store.watching_since(), now, zone):
        store.plan(SUMMARY, month.name, summary_planned_at(month, zone), [Reader(person=STAFF, address=address)], now)


def summary(house: House, due: DueLetter, _: email.Settings, now: datetime) -> EmailMessage:
    """One month's mail. Raises CzujkaError."""
    told = summarise(house.store, house.settings, named(due.topic), now)
    return build_summary(told, house.settings, due.reader.address, sent_at=now)
