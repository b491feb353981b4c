"""Who is on call, as people look at it and change it for a time."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts import oncall
from alerts.oncall import Problem, Shift
from core.errors import NotFound, Refused
from core.oncall import Standing
from core.records import Override
from core.settings import Schedule, Settings
from storage import Store

LONGEST_OVERRIDE = timedelta(days=92)


@dataclass(frozen=True, slots=True)
class Rota:
    """A schedule over some days: who is on call now (None: nobody), and every instant of the days in shifts, gaps included."""

    schedule: Schedule
    now: str | None
    shifts: tuple[Shift, ...]


def rotas(store: Store, settings: Settings, start: datetime, end: datetime, now: datetime) -> list[Rota]:
    """All schedules over [start, end) (aware UTC)."""
    overrides = store.oncall.overrides(min(start, now), max(end, now + timedelta(seconds=1)))
    return [Rota(one, oncall.who(one, overrides, now), tuple(oncall.preview(one, overrides, start, end))) for one in settings.schedule]


def problems(store: Store, settings: Settings, now: datetime) -> list[Problem]:
    """What would leave a page without a person in the year from now on."""
    return oncall.check(settings, store.oncall.overrides(now, now + oncall.YEAR), now)


def override(
    store: Store, settings: Settings, schedule: str, person: str | None, starts_at: datetime, ends_at: datetime, actor: str, now: datetime
) -> int:
    """`person` (None: nobody) is on call from `starts_at` until `ends_at` (aware UTC). Raises NotFound, Refused."""
    if schedule not in {one.id for one in settings.schedule}:
        raise NotFound(f"there is no schedule {schedule!r}")
    if person is not None and person not in {one.id for one in settings.person}:
        raise NotFound(f"there is no person {person!r}")
    if ends_at <= max(starts_at, now) or ends_at - starts_at > LONGEST_OVERRIDE:
        raise Refused(f"an end in the future, after the start and at most {LONGEST_OVERRIDE.days} days later, was expected")
    return store.oncall.add_override(Override(schedule=schedule, person=person, starts_at=starts_at, ends_at=ends_at), actor, now)


def standing(store: Store, now: datetime) -> list[Standing]:
    """Overrides that hold or are to come, with their numbers."""
    return store.oncall.standing(now)


def end_override(store: Store, number: int, actor: str, now: datetime) -> None:
    """The rota counts again from now on. Raises NotFound, Conflict (it is over)."""
    store.oncall.end_override(number, actor, now)
