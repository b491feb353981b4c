"""Shifts as a calendar that people subscribe to. Source: RFC 5545, written by the package `icalendar`."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from icalendar import Calendar, Event

from alerts.headlines import speak
from alerts.oncall import Shift, preview
from core.records import Override
from core.settings import Schedule, Settings

BACK, AHEAD = timedelta(weeks=4), timedelta(weeks=26)
REFRESH = timedelta(hours=1)


def feed(subject: str, settings: Settings, overrides: Sequence[Override], now: datetime) -> bytes:
    """The shifts of "person:anna" in all schedules, or all of "schedule:pr-rota" with its gaps: 4 weeks back, 26 ahead.

    In the person's language, a schedule's in the company's first. An unknown subject has no shifts. `now` is aware UTC.
    """
    kind, _, name = subject.partition(":")
    person = name if kind == "person" else None
    language = next((one.language for one in settings.person if one.id == person), settings.company.languages[0])
    calendar = Calendar()
    calendar.add("prodid", "-//Czujka//on call//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", f"Czujka: {name}")
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    for schedule in settings.schedule:
        if person is not None or schedule.id == name:
            for shift in preview(schedule, overrides, now - BACK, now + AHEAD):
                if person is None or shift.person == person:
                    calendar.add_component(_event(schedule, shift, settings, language, now))
    return bytes(calendar.to_ical())


def _event(schedule: Schedule, shift: Shift, settings: Settings, language: str, now: datetime) -> Event:
    """The same shift keeps its id, so that a calendar moves it instead of doubling it."""
    who = next((one.name or one.id for one in settings.person if one.id == shift.person), shift.person)
    event = Event()
    key = hashlib.sha256(f"{schedule.id}/{shift.starts_at.isoformat()}/{shift.person}".encode()).hexdigest()[:24]
    event.add("uid", f"{key}@czujka")
    event.add("dtstamp", now)
    event.add("dtstart", shift.starts_at)
    event.add("dtend", shift.ends_at)
    said = "{schedule}: {person} is on call" if who else "{schedule}: NOBODY is on call"
    event.add("summary", speak(language).say(said, schedule=schedule.id, person=who))
    event.add("transp", "TRANSPARENT")
    return event
