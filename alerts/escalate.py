"""Decides whom to page next for one incident, and when: steps, repeats, expired acknowledgements, quiet hours, the fallback.

Nobody on call is never silence. Nobody is paged twice at once: `pace` gathers what follows a first page.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from alerts import contacts
from alerts.contacts import OnCall
from alerts.hours import readable
from alerts.oncall import on_call
from alerts.policy import Step, steps_of
from alerts.reasons import PageReason
from core.records import Override
from core.sending import DueIncident, Pages
from core.settings import Alerting, Settings
from core.types import Contact, IncidentState, Severity

CATCH_UP = timedelta(minutes=5)
FALLBACK_WAIT = timedelta(hours=1)
FALLBACK_REPEATS = 3
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class _World:
    settings: Settings
    on_call: OnCall
    now: datetime


@dataclass(frozen=True, slots=True)
class _Next:
    """Whom to page, and where the escalation stands afterwards; `wait` None: nothing more is due."""

    contacts: tuple[Contact, ...]
    step: int
    repeated: int
    wait: timedelta | None
    reason: PageReason
    kind: str = "page"


def escalate(incident: DueIncident, settings: Settings, overrides: Sequence[Override], now: datetime) -> Pages | None:
    """What is to be done for one incident whose timer may have come, None for nothing yet. `now` is aware UTC.

    A step that resolves to nobody is skipped at once; when none is left that resolves to somebody the fallback is paged at once.
    Below critical nobody is paged in their quiet hours: the step waits until the morning and then pages who is on call by then.
    Other owners concerned are told once, after the first page. Source: docs/adr/0005-incidents-and-stories.md.
    """
    world = _World(settings, on_call(settings, overrides, now), now)
    if _is_asleep(incident, now):
        return None
    if _is_due(incident, now):
        return _page(incident, world)
    return _inform(incident, world) if incident.untold else None


def _is_asleep(incident: DueIncident, now: datetime) -> bool:
    return incident.state is IncidentState.RESOLVED or (incident.snoozed_until is not None and incident.snoozed_until > now)


def _is_due(incident: DueIncident, now: datetime) -> bool:
    timer = incident.ack_expires_at if incident.state is IncidentState.ACKNOWLEDGED else incident.next_step_at
    return timer is not None and timer <= now


def _page(incident: DueIncident, world: _World) -> Pages:
    """Page the step that is due; what was skipped, slept through or acknowledged before is said in the reason."""
    back = _comes_back(incident)
    steps = steps_of(incident.policy)
    again = back is PageReason.SNOOZE_ENDED or (back is PageReason.ACK_EXPIRED and incident.step >= len(steps))
    step, repeated = (0, 0) if again else (incident.step, incident.repeated)
    chosen = _step(steps, step, repeated, world) or _fallback(steps, step, repeated, world)
    awake = tuple(one for one in chosen.contacts if _quiet_until(one, incident.severity, world) is None)
    if chosen.contacts and not awake:
        return _until_morning(incident, chosen, (step, repeated), world)
    return Pages(
        incident_id=incident.incident_id,
        version=incident.version,
        kind=chosen.kind,
        contacts=awake,
        step=chosen.step,
        repeated=chosen.repeated,
        next_step_at=None if chosen.wait is None else world.now + chosen.wait,
        reason=_said(chosen.reason, back, incident, world.now),
        reopens=back is not None,
    )


def _comes_back(incident: DueIncident) -> PageReason | None:
    """What put it aside has ended."""
    if incident.snoozed_until is not None:
        return PageReason.SNOOZE_ENDED
    return PageReason.ACK_EXPIRED if incident.state is IncidentState.ACKNOWLEDGED else None


def _said(reason: PageReason, back: PageReason | None, incident: DueIncident, now: datetime) -> str:
    """The one reason that the reader needs most: nobody else there, then what came back, then that we are late."""
    if reason in {PageReason.NOBODY_ON_CALL, PageReason.NOBODY_ANSWERED, PageReason.NOBODY_REACHABLE}:
        return reason
    late = incident.next_step_at is not None and now - incident.next_step_at > CATCH_UP
    return back or (PageReason.CATCH_UP if late else reason)


def _step(steps: Sequence[Step], first: int, repeated: int, world: _World) -> _Next | None:
    """The first step from `first` on that resolves to somebody."""
    for number, step in enumerate(steps[first:], start=first):
        found = contacts.resolve(step.notify, world.settings, world.on_call)
        done = repeated if number == first else 0
        if found:
            last = done >= step.repeat
            reason = PageReason.STEP_EMPTY if number > first else PageReason.REPEAT if done else PageReason.STEP_DUE
            return _Next(found, number + 1 if last else number, 0 if last else done + 1, step.wait, reason)
    return None


def _fallback(steps: Sequence[Step], step: int, repeated: int, world: _World) -> _Next:
    """The fallback contacts, again each hour for a while, told whether nobody was there or nobody answered.

    Where there are none either, we try again each hour: somebody may mend the configuration.
    """
    found = contacts.fallback(world.settings)
    if not found:
        return _Next((), step, repeated, FALLBACK_WAIT, PageReason.NOBODY_REACHABLE, "fallback")
    times = repeated if step > len(steps) else 0
    reason = PageReason.NOBODY_ANSWERED if step >= len(steps) > 0 else PageReason.NOBODY_ON_CALL
    wait = FALLBACK_WAIT if times < FALLBACK_REPEATS else None
    return _Next(found, len(steps) + 1, times + 1, wait, reason, "fallback")


def _until_morning(incident: DueIncident, chosen: _Next, stands: tuple[int, int], world: _World) -> Pages:
    """Nobody yet: the same step again when the first of these people's quiet hours end."""
    mornings = [at for one in chosen.contacts if (at := _quiet_until(one, incident.severity, world)) is not None]
    return Pages(
        incident_id=incident.incident_id,
        version=incident.version,
        kind=chosen.kind,
        contacts=(),
        step=stands[0],
        repeated=stands[1],
        next_step_at=min(mornings),
        reason=PageReason.QUIET_HOURS,
        hold_until=min(mornings),
        reopens=_comes_back(incident) is not None,
    )


def _quiet_until(contact: Contact, severity: Severity, world: _World) -> datetime | None:
    """When this contact's quiet hours end (aware UTC), None when they may be paged now."""
    quiet = readable(world.settings.alerting.quiet_hours)
    if severity is Severity.CRITICAL or quiet is None:
        return None
    person = contacts.by_id(world.settings.person).get(contact.person or "")
    zone = ZoneInfo(person.timezone) if person is not None and person.timezone else world.settings.zone()
    span = quiet.span_at(world.now, zone)
    return span[1] if span else None


def _inform(incident: DueIncident, world: _World) -> Pages | None:
    """Tell the other owners concerned; whoever has been told already only counts as told. The timers stay."""
    reached = {owner: contacts.responders(owner, world.settings, world.on_call) for owner in incident.untold}
    told = tuple(o for o, found in reached.items() if not found or any(_quiet_until(c, incident.severity, world) is None for c in found))
    if not told:
        return None
    awake = [c for owner in told for c in reached[owner] if _quiet_until(c, incident.severity, world) is None]
    fresh = {contacts.key(c): c for c in awake if contacts.key(c) not in incident.told}
    return Pages(
        incident_id=incident.incident_id,
        version=incident.version,
        kind="participant",
        contacts=tuple(fresh.values()),
        step=incident.step,
        repeated=incident.repeated,
        next_step_at=incident.next_step_at,
        reason=PageReason.CONCERNED,
        told=told,
    )


def pace(
    pages: Iterable[Pages],
    due: Mapping[str, Sequence[datetime]],
    severities: Mapping[int, Severity],
    alerting: Alerting,
    now: datetime,
) -> list[Pages]:
    """Gather what follows a first page for the same contact, and hold back what exceeds the rate; nothing is dropped.

    `due` holds, by contact ("kind:address"), the due times of its deliveries of the last minute and of those still waiting.
    `severities` are the incidents': what is critical is not gathered, only held to the rate.
    """
    known = {contact: list(times) for contact, times in due.items()}
    paced = []
    for one in pages:
        severity = severities.get(one.incident_id, Severity.HIGH)
        holds = [_hold(known.get(contacts.key(c), []), severity, alerting, now) for c in one.contacts]
        hold = max((*holds, one.hold_until or now))
        for contact in one.contacts:
            known.setdefault(contacts.key(contact), []).append(hold)
        paced.append(replace(one, hold_until=hold) if hold > now else one)
    return paced


def _hold(times: Sequence[datetime], severity: Severity, alerting: Alerting, now: datetime) -> datetime:
    """When a contact that was or will be paged at `times` may get the next message; what waits for the same time is one message."""
    known = sorted(at for at in times if at > now - MINUTE)
    if severity is Severity.CRITICAL and len(known) >= alerting.page_rate and known[-1] > now:
        return known[-1]
    if severity is not Severity.CRITICAL and known:
        if known[-1] > now:
            return known[-1]
        if now - known[-1] < alerting.group_for:
            return known[-1] + alerting.group_for
    return now if len(known) < alerting.page_rate else max(now, known[-alerting.page_rate] + MINUTE)
