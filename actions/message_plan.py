"""The communication plan: what went out to whom, what a message says, and that somebody confirms one."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from core.errors import ConfigError, NotFound
from core.message_plan import Confirmed, MessagePlan, Sent
from core.readers import Colleague
from core.settings import Settings
from governance.message_plan import newest
from storage import Store

LONGEST = 20_000


def audience(store: Store, plan: MessagePlan, now: datetime) -> list[Colleague]:
    """Who of the staff is here and gets it."""
    return [one for one in store.readers.staff() if one.is_here(now) and plan.goes_to(one)]


def words(settings: Settings, plan: MessagePlan, language: str) -> str:
    """What a message says, from its file beside the configuration. Raises ConfigError: it cannot be read, or says nothing."""
    path = (settings.path.parent if settings.path else Path()) / plan.file(language)
    try:
        text = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read: {error}", reason="message_missing") from error
    if not text or len(text) > LONGEST:
        raise ConfigError(f"{path}: 1 to {LONGEST:,} characters were expected", reason="message_missing")
    return text


def last(store: Store, settings: Settings, plan: MessagePlan, now: datetime) -> Sent | None:
    """What went out last, and how far it is read; None while nothing has."""
    day = newest(plan, settings.zone(), now)
    sent = store.messages.sent(plan.id, day) if day is not None else {}
    if day is None or not sent:
        return None
    read = {one.person for one in store.messages.confirmed(plan.id, day)}
    here = {one.person for one in store.readers.staff() if one.is_here(now)}
    people = tuple(sorted(person for person in sent if person in here or person in read))
    return Sent(
        plan=plan, day=day, sent_at=min(sent.values()), people=people, unread=tuple(person for person in people if person not in read)
    )


def unread(store: Store, settings: Settings, person: str, now: datetime) -> Sequence[Sent]:
    """What went out last of each message, and this person has not confirmed."""
    found = (last(store, settings, plan, now) for plan in settings.message_plan)
    return [one for one in found if one is not None and person in one.unread]


def confirm(store: Store, settings: Settings, person: str, plan: str, day: date, now: datetime) -> bool:
    """`person` has read it; False when they said so before. Raises NotFound: it did not go out to them."""
    if not any(one.id == plan for one in settings.message_plan) or person not in store.messages.sent(plan, day):
        raise NotFound(f"no message {plan!r} of {day} went out to {person}")
    return store.messages.confirm(Confirmed(person=person, plan=plan, day=day, at=now))
