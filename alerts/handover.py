"""Hand-overs: when one person on call follows another, and the note that both get, in plain words.

Source: GitLab's on-call hand-over issues (filled in by the machine, a remark by the one who leaves); GoAlert, "on-call notifications"
(told when whoever would be paged changes, by an override too).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from alerts import hours, oncall
from alerts.headlines import headline, speak
from alerts.letter import Words, when
from alerts.policy import policy_of, steps_of
from alerts.quoting import one_line
from core.handover import HandOver, Standing, Unresolved
from core.i18n import Words as Spoken
from core.labels import severity_name
from core.records import Override
from core.settings import Schedule, Settings

LOOK = timedelta(days=92)
SHOWN = 12


@dataclass(frozen=True, slots=True)
class Part:
    """A heading ('' for none) and its lines, each with the path of the page that it is about ('' for none)."""

    heading: str
    lines: tuple[tuple[str, str], ...]


def handovers(schedule: Schedule, overrides: Sequence[Override], start: datetime, end: datetime) -> list[HandOver]:
    """Every hand-over of (start, end) (aware UTC), in order.

    Nobody hands over to a gap: the one who comes after it follows the one who was there before it, and who comes back follows nobody.
    """
    found: list[HandOver] = []
    turns = [shift for shift in oncall.preview(schedule, overrides, start, end) if shift.person is not None]
    since = turns[0].starts_at if turns else start
    for before, after in pairwise(turns):
        if before.person is not None and after.person != before.person:
            found.append(HandOver(schedule=schedule.id, leaves=before.person, comes=after.person, since=since, at=after.starts_at))
            since = after.starts_at
    return found


def latest(schedule: Schedule, overrides: Sequence[Override], start: datetime, now: datetime) -> HandOver | None:
    """The newest hand-over after `start` up to `now`; it hands over all that happened since `start` when others lie between."""
    found = handovers(schedule, overrides, start, now + timedelta(microseconds=1))
    return replace(found[-1], since=found[0].since) if found else None


def ahead(schedule: Schedule, overrides: Sequence[Override], now: datetime) -> HandOver | None:
    """The next hand-over; None while nobody is on call. Without a next one it is now, to nobody."""
    person = oncall.who(schedule, overrides, now)
    found = handovers(schedule, overrides, now - LOOK, now + LOOK)
    coming = next((one for one in found if one.at > now), None)
    if coming is not None or person is None:
        return coming
    since = found[-1].at if found else now - LOOK
    return HandOver(schedule=schedule.id, leaves=person, comes=None, since=since, at=now)


def served(schedule: str, settings: Settings) -> frozenset[str]:
    """The owners (ids) for whom this schedule is paged."""
    named = f"schedule:{schedule}"
    return frozenset(
        owner.id
        for owner in settings.owner
        if owner.schedule == schedule or any(named in step.notify for step in steps_of(policy_of(owner.id, settings)))
    )


def at_night(paged: Sequence[datetime], settings: Settings, zone: ZoneInfo) -> int:
    """How many of these instants lie in the quiet hours."""
    quiet = hours.readable(settings.alerting.quiet_hours)
    return sum(quiet is not None and quiet.span_at(at, zone) is not None for at in paged)


def subject(one: HandOver, standing: Standing, settings: Settings, language: str) -> str:
    """Who follows whom, and how much is open."""
    names, say = _names(settings), speak(language)
    comes = names.get(one.comes, one.comes) if one.comes else say.say("nobody")
    leaves, count = names.get(one.leaves, one.leaves), len(standing.unresolved) + standing.more
    return say.say("On call, {schedule}: {leaves} → {comes}, open: {n}", schedule=one.schedule, leaves=leaves, comes=comes, n=count)


def parts(one: HandOver, standing: Standing, settings: Settings, language: str) -> list[Part]:
    """The note, part by part; nothing open and nothing to say is one line."""
    say, zone, names = speak(language), _zone(one, settings), _names(settings)
    told = _told(standing, settings, say, zone)
    opens = [*(_open(found, say, zone, names) for found in standing.unresolved)]
    if standing.more:
        opens.append((say.count("and {n} more", "and {n} more", standing.more), "/incidents"))
    first = Part(say.say("Open"), tuple(opens)) if opens else Part("", ((" ".join([say.say("Nothing is open."), *told]), ""),))
    rest = [
        (say.say("From the one who leaves"), [(f"{names.get(r.person, r.person)}: {one_line(r.text, 500)}", "") for r in standing.remarks]),
        (say.say("In this turn"), [(line, "") for line in (told if opens else ())]),
        (say.say("Blind"), [(_blind(name, since, say, zone), "/sources") for name, since in standing.blind]),
        (say.say("Muted and expected"), [*_eased(standing, say, zone)]),
        (say.say("Overrides"), [(_override(ahead, say, zone, names), "/on-call") for ahead in standing.overrides]),
    ]
    return [first, *(Part(heading, tuple(lines)) for heading, lines in rest if lines)]


def words(one: HandOver, standing: Standing, settings: Settings, language: str, topic: str, address: str) -> Words:
    """The note as a mail. `address` is where the pages are."""
    found = parts(one, standing, settings, language)
    link = speak(language).say("All of it, as it stands now: {url}", url=f"{address}/on-call/handover?schedule={one.schedule}")
    paragraphs = ["\n".join([*([part.heading + ":"] if part.heading else []), *_lines(part)]) for part in found]
    is_one_line = len(found) == 1 and not found[0].heading
    return Words(
        subject=subject(one, standing, settings, language),
        paragraphs=paragraphs if is_one_line else [*paragraphs, link],
        language=language,
        topic=topic,
    )


def _lines(part: Part) -> Iterator[str]:
    return (f"  {text}" if part.heading else text for text, _ in part.lines)


def _open(one: Unresolved, say: Spoken, zone: ZoneInfo, names: dict[str, str]) -> tuple[str, str]:
    row = one.row
    what = one_line(headline(row.label, row.title, say.language), 160)
    head = f"#{row.incident_id} {what} ({severity_name(row.severity, say.language)})"
    if row.acknowledged_by:
        who = names.get(row.acknowledged_by, row.acknowledged_by)
        until = when(one.ack_expires_at, zone, say.language) if one.ack_expires_at else None
        held = say.say("{who} has it until {until}", who=who, until=until) if until else say.say("{who} has it", who=who)
    else:
        held = say.say("nobody has it")
    asleep = [say.say("snoozed until {until}", until=when(row.snoozed_until, zone, say.language))] if row.snoozed_until else []
    return "; ".join([f"{head}: {held}", *asleep]), f"/incidents/{row.incident_id}"


def _told(standing: Standing, settings: Settings, say: Spoken, zone: ZoneInfo) -> list[str]:
    """What happened, as one sentence; none for a quiet turn."""
    happened = standing.happened
    counted = [
        say.count("{n} incident opened", "{n} incidents opened", happened.opened) if happened.opened else "",
        say.count("{n} resolved", "{n} resolved", happened.resolved) if happened.resolved else "",
        _pages(standing, settings, say, zone) if happened.paged else "",
        say.count("{n} message did not arrive", "{n} messages did not arrive", happened.failed) if happened.failed else "",
    ]
    line = ", ".join(filter(None, counted))
    return [f"{line[:1].upper()}{line[1:]}."] if line else []


def _pages(standing: Standing, settings: Settings, say: Spoken, zone: ZoneInfo) -> str:
    paged = standing.happened.paged
    night = at_night(paged, settings, zone)
    counted = say.count("{n} page", "{n} pages", len(paged))
    return f"{counted} ({say.say('at night: {n}', n=night)})" if night else counted


def _blind(name: str, since: datetime | None, say: Spoken, zone: ZoneInfo) -> str:
    return say.say("{name}, since {since}", name=name, since=when(since, zone, say.language)) if since else name


def _eased(standing: Standing, say: Spoken, zone: ZoneInfo) -> Iterator[tuple[str, str]]:
    for mute in standing.mutes:
        what, until = one_line(f"{mute.value} ({mute.reason})", 200), when(mute.ends_at, zone, say.language)
        yield say.say("muted until {until}: {what}", until=until, what=what), "/mutes"
    for event in standing.expected:
        until = when(event.ends_at, zone, say.language)
        yield say.say("expected until {until}: {what}", until=until, what=one_line(event.name, 120)), "/mutes"


def _override(one: Override, say: Spoken, zone: ZoneInfo, names: dict[str, str]) -> str:
    who = names.get(one.person, one.person) if one.person else say.say("nobody")
    start, end = (when(at, zone, say.language) for at in (one.starts_at, one.ends_at))
    return say.say("{who}, {start} – {end}", who=who, start=start, end=end)


def _zone(one: HandOver, settings: Settings) -> ZoneInfo:
    return next((ZoneInfo(found.timezone) for found in settings.schedule if found.id == one.schedule), settings.zone())


def _names(settings: Settings) -> dict[str, str]:
    return {person.id: one_line(person.name or person.id, 80) for person in settings.person}
