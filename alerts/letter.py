"""A mail of the calendar in plain words: a subject, and paragraphs for people to read from top to bottom."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from zoneinfo import ZoneInfo

from alerts.quoting import one_line
from core.mailing import MAIL


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a letter says. `topic` is the same at every try, and so is the Message-ID that is made of it."""

    subject: str
    paragraphs: Sequence[str]
    language: str
    topic: str


def write(said: Words, sender: Address, recipient: str, at: datetime, zone: ZoneInfo) -> EmailMessage:
    """The whole mail, dated `at` (aware). Source: RFC 3834 (Auto-Submitted)."""
    user, _, domain = recipient.rpartition("@")
    out = EmailMessage(policy=MAIL)
    out["Subject"] = one_line(said.subject, 200)
    out["From"], out["To"] = sender, Address("", user, domain)
    out["Date"] = format_datetime(at.astimezone(zone))
    digest = hashlib.sha256(f"{said.topic}/{recipient}".encode("utf-8", "surrogatepass")).hexdigest()[:32]
    out["Message-ID"] = f"<letter-{digest}@{sender.domain}>"
    out["Auto-Submitted"] = "auto-generated"
    out["X-Auto-Response-Suppress"] = "All"
    out.set_content("\n\n".join(said.paragraphs) + "\n", cte="quoted-printable")
    out["Content-Language"] = said.language
    return out


def when(at: datetime, zone: ZoneInfo, language: str) -> str:
    """An instant (aware) as people write it: "23.11.2026, 09:00" or "23 Nov 2026, 09:00"."""
    return at.astimezone(zone).strftime("%d.%m.%Y, %H:%M" if language == "pl" else "%-d %b %Y, %H:%M")
