"""Calendar feeds of shifts: an address for one person or schedule, shown once, which can be revoked."""

from datetime import datetime, timedelta

from alerts import feed, oncall
from alerts.feed import AHEAD, BACK
from core.accounts import AccessToken
from core.errors import ConfigError
from core.links import digest, random_token
from core.settings import Settings
from storage import Store

KIND = "calendar"


def make(store: Store, settings: Settings, subject: str, made_by: str, now: datetime) -> str:
    """A new feed's path for "person:anna" or "schedule:pr-rota". Only its hash is kept. Raises ConfigError: nobody of that name."""
    known = {f"person:{person.id}" for person in settings.person} | {f"schedule:{schedule.id}" for schedule in settings.schedule}
    if subject not in known:
        raise ConfigError(f"{subject!r} was not expected; there are: {', '.join(sorted(known)) or 'none'}", reason="subject")
    token = random_token()
    store.tokens.add(digest(token), AccessToken(kind=KIND, subject=subject, name=subject, made_by=made_by, made_at=now))
    return f"/calendar/{token}.ics"


def who(store: Store, settings: Settings, now: datetime) -> list[tuple[str, str | None]]:
    """Who is on call now, by schedule; None is nobody."""
    overrides = store.oncall.overrides(now, now + timedelta(seconds=1))
    return [(schedule.id, oncall.who(schedule, overrides, now)) for schedule in settings.schedule]


def read(store: Store, settings: Settings, token: str, now: datetime) -> bytes | None:
    """The calendar behind a feed's token, None when it opens nothing."""
    found = store.tokens.find(digest(token), KIND, now)
    return feed.feed(found.subject, settings, store.oncall.overrides(now - BACK, now + AHEAD), now) if found is not None else None
