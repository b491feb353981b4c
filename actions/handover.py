"""Turns on call that end: what is handed over, and the line that the one who leaves adds."""

from datetime import datetime, timedelta

from alerts import handover
from alerts.contacts import key, of_person
from core.access import Sight
from core.accounts import AuditLine
from core.blindness import is_blind
from core.errors import NotFound, Refused
from core.handover import LONGEST_REMARK, HandOver, Remark, Standing
from core.settings import Schedule, Settings
from storage import Store

AHEAD = timedelta(days=14)


def schedule_of(settings: Settings, schedule_id: str) -> Schedule:
    """Raises NotFound."""
    found = next((one for one in settings.schedule if one.id == schedule_id), None)
    if found is None:
        raise NotFound(f"there is no schedule {schedule_id!r}")
    return found


def coming(store: Store, settings: Settings, schedule_id: str, now: datetime) -> HandOver | None:
    """The next hand-over of a schedule, None while nobody is on call in it. Raises NotFound."""
    schedule = schedule_of(settings, schedule_id)
    return handover.ahead(schedule, store.oncall.overrides(now - handover.LOOK, now + handover.LOOK), now)


def standing(store: Store, settings: Settings, one: HandOver, now: datetime, sight: Sight | None = None) -> Standing:
    """What is handed over, as it stands now and as far as a viewer may see it; what happened is counted until `one.at`."""
    owners, until = handover.served(one.schedule, settings), min(one.at, now)
    contacts = [key(contact) for contact in of_person(one.leaves, settings)]
    unresolved, more = store.handovers.unresolved(owners, handover.SHOWN, sight)
    sources = {source.id: source for source in settings.source}
    health = [found for found in store.sources.health(now) if found.source_id in sources and found.last_poll_at is not None]
    overrides = store.oncall.overrides(now, now + AHEAD)
    return Standing(
        unresolved=unresolved,
        more=more,
        remarks=store.handovers.remarks(one.schedule, one.since, one.at if one.at < now else now + timedelta(microseconds=1)),
        happened=store.handovers.happened(owners, contacts, one.since, until),
        blind=[(found.source_id, found.last_success_at) for found in health if is_blind(sources[found.source_id], found, now)],
        mutes=[mute for mute in store.easing.mutes(now) if mute.starts_at <= now],
        expected=[event for event in store.easing.expected(now) if event.starts_at <= now],
        overrides=[found for found in overrides if found.schedule == one.schedule],
    )


def note(store: Store, settings: Settings, one: HandOver, language: str, now: datetime, sight: Sight | None) -> list[handover.Part]:
    """The note in words, part by part, as a viewer may see it."""
    return handover.parts(one, standing(store, settings, one, now, sight), settings, language)


def remark(store: Store, settings: Settings, schedule_id: str, text: str, actor: str, now: datetime) -> Remark:
    """A line in the next hand-over note of a schedule. Raises NotFound, Refused (nothing, or too much)."""
    schedule, said = schedule_of(settings, schedule_id), " ".join(text.split())
    if not said or len(said) > LONGEST_REMARK:
        raise Refused(f"a line of 1 to {LONGEST_REMARK} characters was expected, {len(said)} came", reason="no_text")
    line = Remark(schedule=schedule.id, person=actor, text=said, at=now)
    store.handovers.remark(line)
    store.accounts.write_down(AuditLine(at=now, actor=actor, act="handover_remark", subject=schedule.id))
    return line
