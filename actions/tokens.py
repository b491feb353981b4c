"""Tokens with which programs use the API: for one person, with scopes that person's roles must allow, shown once."""

from collections.abc import Collection
from datetime import datetime, timedelta

from core.access import Right
from core.accounts import AccessToken, AuditLine, named
from core.errors import ConfigError
from core.links import digest, random_token
from core.settings import Settings
from storage import Store

KIND = "api"
SCOPES = (Right.SEE, Right.ACT, Right.TUNE, Right.AUDIT, Right.CASES, Right.GOVERN)


def make(
    store: Store, settings: Settings, name: str, person: str, scopes: Collection[str], valid: timedelta, made_by: str, now: datetime
) -> str:
    """The token itself, which is kept as a hash alone. Raises ConfigError: no such person or scope."""
    people = [one.id for one in settings.person]
    if person not in people:
        raise ConfigError(f"there is no person {person!r} (there are: {', '.join(people) or 'none'})", reason="no_person")
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown or not scopes:
        raise ConfigError(f"{', '.join(unknown) or 'no scope'}: expected were some of {', '.join(SCOPES)}", reason="scope")
    token = f"czujka_{random_token()}"
    made = AccessToken(
        kind=KIND,
        subject=person,
        name=name,
        scopes=tuple(sorted({*scopes, Right.SEE})),
        made_by=made_by,
        made_at=now,
        expires_at=now + valid,
    )
    store.tokens.add(digest(token), made)
    store.accounts.write_down(AuditLine(at=now, actor=made_by, act="token_made", subject=f"{name} for {named(person)}"))
    return token
