"""Who acted: lines of the audit, clicks in messages, tokens of programs and links. Times are aware UTC."""

import re
from dataclasses import dataclass
from datetime import datetime

NAMED = re.compile("⟨([^⟨⟩]{1,320})⟩")


def named(person: str) -> str:
    """A person's id inside the subject of an audit line: only so marked it is kept as a pseudonym, and can be forgotten later."""
    return f"⟨{person}⟩" if person else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLine:
    """Who did what to what, and when. `act` is a stable name such as "signed_in" or "POST /incidents/{incident_id}/resolve".

    A line to write names its actor by id, and other people in `subject` by `named`.
    """

    line_id: int = 0
    at: datetime
    actor: str
    act: str
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Clicked:
    """A click on a message's button. `once` is the same for whatever is that click again; with its channel it is kept once."""

    channel: str
    once: str
    person: str
    act: str
    incident_id: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessToken:
    """What opens a part of Czujka to another program. `kind` is calendar, api or report; times are aware UTC, `expires_at` None: never."""

    token_id: int = 0
    kind: str
    subject: str
    name: str
    scopes: tuple[str, ...] = ()
    made_by: str
    made_at: datetime
    expires_at: datetime | None = None
    used_at: datetime | None = None
