"""Who is on call: layers of rotations, the later ones first, and overrides over them. `check` looks a year ahead."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from zoneinfo import ZoneInfo

from alerts import contacts, hours
from alerts.contacts import OnCall
from alerts.daysoff import DaysOff
from alerts.policy import policy_of, steps_of
from alerts.rotation import SHORTEST, changes, read_handover, turn
from core.errors import ConfigError
from core.records import Override
from core.settings import Layer, Schedule, Settings

YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Shift:
    """Who is on call from `starts_at` until `ends_at` (aware UTC, end not included); `person` None is a gap."""

    person: str | None
    starts_at: datetime
    ends_at: datetime


def who(schedule: Schedule, overrides: Sequence[Override], at: datetime) -> str | None:
    """Who is on call at an instant (aware UTC), None for nobody.

    The last made override counts. One of a layer replaces that layer's turn; one without a layer replaces them all, also by nobody.
    """
    current = [one for one in overrides if one.schedule == schedule.id and one.starts_at <= at < one.ends_at]
    whole = [one for one in current if one.layer is None]
    if whole:
        return whole[-1].person
    zone, off = ZoneInfo(schedule.timezone), days_off(schedule)
    layers = reversed([*enumerate(schedule.layer)])
    people = (_in_layer(layer, [one for one in current if one.layer == n], zone, at, off) for n, layer in layers)
    return next((person for person in people if person), None)


def preview(schedule: Schedule, overrides: Sequence[Override], start: datetime, end: datetime) -> list[Shift]:
    """Every instant of [start, end) exactly once, gaps included: equal neighbours are one shift."""
    edges = sorted({start.astimezone(UTC), end.astimezone(UTC), *_changes(schedule, overrides, start, end)})
    shifts: list[Shift] = []
    for begins, ends in pairwise(edges):
        person = who(schedule, overrides, begins)
        if shifts and shifts[-1].person == person:
            begins = shifts.pop().starts_at  # noqa: PLW2901 - the shift goes on
        shifts.append(Shift(person, begins, ends))
    return shifts


def gaps(schedule: Schedule, overrides: Sequence[Override], start: datetime, end: datetime) -> list[Shift]:
    """When nobody is on call."""
    return [shift for shift in preview(schedule, overrides, start, end) if shift.person is None]


def on_call(settings: Settings, overrides: Sequence[Override], at: datetime) -> OnCall:
    """The answer to "who is on call in this schedule" at one instant; an unknown schedule has nobody."""
    schedules = {schedule.id: schedule for schedule in settings.schedule}

    def ask(schedule_id: str) -> str | None:
        found = schedules.get(schedule_id)
        return who(found, overrides, at) if found is not None else None

    return ask


def days_off(schedule: Schedule) -> DaysOff:
    """The days that this schedule's layers may keep."""
    return DaysOff(schedule.country, schedule.days_off)


def _in_layer(layer: Layer, overrides: Sequence[Override], zone: ZoneInfo, at: datetime, off: DaysOff) -> str | None:
    return overrides[-1].person if overrides else turn(layer, zone, at, off)


def _changes(schedule: Schedule, overrides: Sequence[Override], start: datetime, end: datetime) -> Iterator[datetime]:
    zone = ZoneInfo(schedule.timezone)
    edges = [edge for one in overrides if one.schedule == schedule.id for edge in (one.starts_at, one.ends_at)]
    edges += [edge for layer in schedule.layer for edge in changes(layer, zone, start, end, days_off(schedule))]
    return (edge.astimezone(UTC) for edge in edges if start < edge < end)


class Trouble(StrEnum):
    """What `check` finds."""

    GAP = "gap"
    NO_CONTACT = "no_contact"
    STEP_NOBODY = "step_nobody"
    OVERRIDE_LEFT = "override_left"
    UNREADABLE = "unreadable"
    NO_FALLBACK = "no_fallback"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend: `subject` is the id of the schedule, person, policy or owner, or the company's name; times are aware UTC, None for
    always."""

    trouble: Trouble
    subject: str
    detail: str
    starts_at: datetime | None = None
    ends_at: datetime | None = None


def check(settings: Settings, overrides: Sequence[Override], now: datetime) -> list[Problem]:
    """All that would leave a page without a person in the year from `now` on."""
    return [*_unreadable(settings), *_gaps(settings, overrides, now), *_people(settings, overrides), *_steps(settings, overrides, now)]


def _gaps(settings: Settings, overrides: Sequence[Override], now: datetime) -> Iterator[Problem]:
    for schedule in settings.schedule:
        for gap in gaps(schedule, overrides, now, now + YEAR):
            yield Problem(Trouble.GAP, schedule.id, "nobody is on call", gap.starts_at, gap.ends_at)


def _people(settings: Settings, overrides: Sequence[Override]) -> Iterator[Problem]:
    known = {person.id for person in settings.person}
    for person in sorted(known):
        if not contacts.of_person(person, settings):
            yield Problem(Trouble.NO_CONTACT, person, "no contact of this person has a configured channel")
    for one in overrides:
        if one.person is not None and one.person not in known:
            yield Problem(Trouble.OVERRIDE_LEFT, one.schedule, f"{one.person} is not among the persons", one.starts_at, one.ends_at)
    if not contacts.fallback(settings):
        yield Problem(Trouble.NO_FALLBACK, settings.company.name, "nobody is paged when no step resolves to anybody: set fallback_contacts")


def _steps(settings: Settings, overrides: Sequence[Override], now: datetime) -> Iterator[Problem]:
    """The first time at which each step pages nobody."""
    for owner in settings.owner:
        for number, step in enumerate(steps_of(policy_of(owner.id, settings)), start=1):
            named = {target.removeprefix("schedule:") for target in step.notify}
            rotas = [schedule for schedule in settings.schedule if schedule.id in named]
            edges = sorted({now, now + YEAR, *(at for rota in rotas for at in _changes(rota, overrides, now, now + YEAR))})
            for begins, ends in pairwise(edges):
                if not contacts.resolve(step.notify, settings, on_call(settings, overrides, begins)):
                    yield Problem(Trouble.STEP_NOBODY, owner.id, f"step {number} of the escalation pages nobody", begins, ends)
                    break


def _unreadable(settings: Settings) -> Iterator[Problem]:
    """Hours, hand-overs and rotations that mean nothing; the deciders do without them rather than page nobody."""
    written: list[tuple[str, Callable[[str], object], str]] = [(settings.company.name, hours.read, settings.alerting.quiet_hours)]
    written += [(owner.id, hours.read, owner.hours) for owner in settings.owner]
    for schedule in settings.schedule:
        written += [(schedule.id, read_handover, layer.handover) for layer in schedule.layer]
        written += [(schedule.id, hours.read, layer.hours) for layer in schedule.layer if layer.hours]
        if any(layer.every < SHORTEST for layer in schedule.layer):
            yield Problem(Trouble.UNREADABLE, schedule.id, "a turn of at least one hour was expected")
    for subject, reader, text in written:
        try:
            if text:
                reader(text)
        except ConfigError as error:
            yield Problem(Trouble.UNREADABLE, subject, str(error))
