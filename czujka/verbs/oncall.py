"""Verbs on who is on call: who, preview, check, override, handover, feed."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import click

from actions import feeds
from actions import handover as handovers
from actions import oncall as acts
from alerts import handover as note
from alerts import oncall as deciders
from core.clock import utc_now
from core.handover import HandOver, Standing
from core.oncall import Standing as Overridden
from core.settings import Schedule, Settings
from core.table import parse_duration
from czujka.verbs.incidents import instant
from czujka.verbs.opening import actor, json_option, print_json, print_table, store_of

AHEAD = timedelta(days=366)


@click.group()
def oncall() -> None:
    """See and change who is on call."""


@oncall.command()
@click.option("--at", "at", default=None, help="An ISO time (default: now).")
@json_option
@click.pass_obj
def who(named: str | None, at: str | None, *, as_json: bool) -> None:
    """Say who would be paged now.

    Example: czujka oncall who
    """
    moment = instant(at) if at else utc_now()
    with store_of(named) as (settings, store):
        overrides = store.oncall.overrides(moment, moment + timedelta(seconds=1))
    rows = [(schedule.id, deciders.who(schedule, overrides, moment)) for schedule in settings.schedule]
    if as_json:
        return print_json({"schedule": name, "person": person} for name, person in rows)
    return print_table(("schedule", "person"), ((name, person or "NOBODY") for name, person in rows))


@oncall.command()
@click.argument("schedule_id", metavar="SCHEDULE")
@click.option("--days", default=28, show_default=True, type=click.IntRange(1, 1100))
@json_option
@click.pass_obj
def preview(named: str | None, schedule_id: str, days: int, *, as_json: bool) -> None:
    """Show the shifts to come, gaps included, in the schedule's zone.

    Example: czujka oncall preview pr-rota --days 14
    """
    start = utc_now()
    end = start + timedelta(days=days)
    with store_of(named) as (settings, store):
        schedule = _schedule(settings, schedule_id)
        shifts = deciders.preview(schedule, store.oncall.overrides(start, end), start, end)
    if as_json:
        return print_json(shifts)
    zone = ZoneInfo(schedule.timezone)
    rows = ((_local(shift.starts_at, zone), _local(shift.ends_at, zone), shift.person or "NOBODY") for shift in shifts)
    return print_table(("from", "until", "person"), rows)


def _local(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%a %Y-%m-%d %H:%M}"


def _schedule(settings: Settings, schedule_id: str) -> Schedule:
    found = next((one for one in settings.schedule if one.id == schedule_id), None)
    if found is None:
        raise click.UsageError(f"there is no schedule {schedule_id!r} (there are: {', '.join(s.id for s in settings.schedule) or 'none'})")
    return found


@oncall.command()
@json_option
@click.pass_obj
def check(named: str | None, *, as_json: bool) -> None:
    """Look a year ahead for gaps, people who cannot be reached and steps that reach nobody. Exit 1 when there are any.

    Example: czujka oncall check
    """
    now = utc_now()
    with store_of(named) as (settings, store):
        problems = deciders.check(settings, store.oncall.overrides(now, now + AHEAD), now)
    if as_json:
        print_json(problems)
    else:
        for problem in problems:
            click.echo(f"{problem.subject}: {problem.detail}")
        click.echo(f"{len(problems)} to mend" if problems else "somebody is reachable at every hour of the next year")
    raise click.exceptions.Exit(1 if problems else 0)


@oncall.command()
@click.argument("schedule_id", required=False, metavar="[SCHEDULE]")
@click.argument("person", required=False, metavar="[PERSON|nobody]")
@click.option("--from", "start", default=None, help="An ISO time (default: now).")
@click.option("--for", "time", default="1d", show_default=True, help="How long: 8h, 2d, 1w.")
@click.option("--end", "ended", default=None, type=int, metavar="NUMBER", help="End the override with this number: the rota counts again.")
@click.pass_obj
def override(named: str | None, schedule_id: str | None, person: str | None, start: str | None, time: str, ended: int | None) -> None:
    """Put somebody else on call for a while, or nobody; without a name, list the overrides that hold or are to come.

    Example: czujka oncall override pr-rota jan --for 8h
    """
    now = utc_now()
    with store_of(named) as (settings, store):
        if ended is not None:
            acts.end_override(store, ended, actor(), now)
            return click.echo(f"override {ended} ended")
        if schedule_id is None:
            return print_table(("number", "schedule", "person", "from", "until", "by"), map(_overridden, acts.standing(store, now)))
        _schedule(settings, schedule_id)
        known = {one.id for one in settings.person} | {"nobody"}
        if person is None or person not in known:
            raise click.UsageError(f"there is no person {person!r} (there are: {', '.join(sorted(known))})")
        begins = instant(start) if start else now
        ends = begins + _duration(time)
        number = acts.override(store, settings, schedule_id, None if person == "nobody" else person, begins, ends, actor(), now)
    told = f"{person} is on call in {schedule_id} from {begins:%Y-%m-%d %H:%M} to {ends:%Y-%m-%d %H:%M} UTC"
    return click.echo(f"{told} (override {number})")


def _duration(text: str) -> timedelta:
    try:
        return parse_duration(text)
    except ValueError as error:
        raise click.UsageError(str(error)) from error


def _overridden(one: Overridden) -> tuple[object, ...]:
    made = one.override
    return (
        one.number,
        made.schedule,
        made.person or "NOBODY",
        f"{made.starts_at:%Y-%m-%d %H:%M}",
        f"{made.ends_at:%Y-%m-%d %H:%M}",
        one.made_by,
    )


@oncall.command("feed")
@click.argument("subject", required=False, metavar="person:ID|schedule:ID")
@click.option("--revoke", default=None, type=int, metavar="NUMBER", help="Close the feed with this number.")
@click.pass_obj
def feed(named: str | None, subject: str | None, revoke: int | None) -> None:
    """Make an address at which a calendar program finds the shifts; without a name, list the feeds there are.

    The address is shown once. Whoever has it can read the shifts until it is revoked.

    Example: czujka oncall feed person:anna
    """
    with store_of(named) as (settings, store):
        if revoke is not None:
            store.tokens.revoke(feeds.KIND, revoke, utc_now())
            return click.echo(f"feed {revoke} is closed")
        if subject is not None:
            path = feeds.make(store, settings, subject, actor(), utc_now())
            return click.echo((settings.web.url or f"http://{settings.web.host}:{settings.web.port}").rstrip("/") + path)
        rows = (
            (one.token_id, one.subject, one.made_by, f"{one.used_at:%Y-%m-%d}" if one.used_at else "-")
            for one in store.tokens.list(feeds.KIND)
        )
        return print_table(("number", "of", "made by", "last used"), rows)


@oncall.command("handover")
@click.argument("schedule_id", required=False, metavar="[SCHEDULE]")
@click.option("--say", "line", default=None, metavar="TEXT", help="Add a line of your own to the next note of this schedule.")
@json_option
@click.pass_obj
def handover(named: str | None, schedule_id: str | None, line: str | None, *, as_json: bool) -> None:
    """Show what the next hand-over would hand over, as it stands now: of one schedule, or of each.

    Example: czujka oncall handover pr-rota
    """
    now = utc_now()
    with store_of(named) as (settings, store):
        wanted = [_schedule(settings, schedule_id)] if schedule_id else list(settings.schedule)
        if line is not None:
            if schedule_id is None:
                raise click.UsageError("--say needs a schedule")
            handovers.remark(store, settings, schedule_id, line, actor(), now)
        notes = [(one, handovers.coming(store, settings, one.id, now)) for one in wanted]
        told = [(one, found, handovers.standing(store, settings, found, now) if found else None) for one, found in notes]
    if as_json:
        return print_json({"schedule": one.id, "handover": found, "standing": standing} for one, found, standing in told)
    for one, found, standing in told:
        click.echo(_note(one, found, standing, settings))
    return None


def _note(schedule: Schedule, found: HandOver | None, standing: Standing | None, settings: Settings) -> str:
    if found is None or standing is None:
        return f"{schedule.id}: NOBODY is on call"
    said = note.words(
        found, standing, settings, "en", "", (settings.web.url or f"http://{settings.web.host}:{settings.web.port}").rstrip("/")
    )
    return "\n\n".join([f"{said.subject} ({_local(found.at, ZoneInfo(schedule.timezone))})", *said.paragraphs])


VERBS = (oncall,)
