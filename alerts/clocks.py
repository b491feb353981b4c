"""Answer clocks: when a first answer and an end are due, in the owner's business hours, and whether they were in time."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from alerts.daysoff import DaysOff
from alerts.hours import on_duty
from core.records import ConversationRow
from core.settings import Owner, Settings


@dataclass(frozen=True, slots=True)
class Clock:
    """One target of a conversation. `ended_at` None: it runs still. `breached_at`: since when it is, or was, too late; None in time."""

    name: Literal["first_response", "resolution"]
    due_at: datetime
    ended_at: datetime | None
    breached_at: datetime | None


def answer_by(at: datetime, owner_id: str, settings: Settings) -> datetime:
    """When something said at `at` (aware UTC) is to be answered: the owner's target, else everybody's, in its business hours."""
    owner = _owner(owner_id, settings)
    return _worked(at, (owner and owner.first_response) or settings.alerting.first_response, owner, settings)


def resolve_by(at: datetime, owner_id: str, settings: Settings) -> datetime:
    """When the conversation that began at `at` (aware UTC) should be closed."""
    owner = _owner(owner_id, settings)
    return _worked(at, (owner and owner.resolution) or settings.alerting.resolution, owner, settings)


def clocks_of(row: ConversationRow, now: datetime) -> tuple[Clock, ...]:
    """A conversation's clocks as they stand at `now` (aware UTC); () for what never had one.

    The first answer stops the first clock; a conversation that was opened again waits for its newest answer.
    """
    waits = row.state in ("new", "assigned")
    answered_at = None if waits else max((at for at in (row.answered_at, row.last_answer_at) if at is not None), default=row.closed_at)
    first = () if row.due_at is None else (_clock("first_response", row.due_at, answered_at, now),)
    return first if row.resolve_by is None else (*first, _clock("resolution", row.resolve_by, row.closed_at, now))


def _clock(name: Literal["first_response", "resolution"], due_at: datetime, ended_at: datetime | None, now: datetime) -> Clock:
    return Clock(name, due_at, ended_at, due_at if (ended_at or now) > due_at else None)


def _worked(at: datetime, target: timedelta, owner: Owner | None, settings: Settings) -> datetime:
    hours = on_duty(owner.hours, "off", DaysOff(owner.country, owner.days_off)) if owner else None
    return hours.after(at, target, settings.zone()) if hours else at + target


def _owner(owner_id: str, settings: Settings) -> Owner | None:
    return next((one for one in settings.owner if one.id == owner_id), None)
