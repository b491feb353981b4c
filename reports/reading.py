"""The mails about the policy: what a colleague is asked to read, and who is late, to their manager."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

from babel.dates import format_date

from core.mailing import MAIL
from core.readers import Owed, What
from core.settings import Settings
from core.text import strip_controls
from reports.mail import address_of
from reports.wording import Speech


def build_asking(one: Owed, number: int, link: str, settings: Settings, sent_at: datetime) -> EmailMessage:
    """The first letter (`number` 0) or a reminder, in the colleague's language. Raises ConfigError: not an address."""
    say, company = Speech(one.colleague.language).say, settings.company.name
    subject = say("Please read the policy of {company}", company=company)
    if number:
        subject = say("Reminder {n}: please read the policy of {company}", n=number, company=company)
    what = say("It says what you may post about us and what not, and what the company watches.")
    if one.missing == (What.NOTICE,):
        what = say("What the company watches has changed: please read that clause.")
    by = say("Read it, and say so there, by {day}:", day=long_day(one.due_at, settings, one.colleague.language))
    if one.is_late(sent_at):
        by = say("Your time was over on {day}. Read it, and say so there:", day=long_day(one.due_at, settings, one.colleague.language))
    lines = (what, by, link, say("The link is yours alone; you need no password."))
    return letter(subject, lines, one.colleague.address, one.colleague.language, f"read-{one.version}-{number}", settings, sent_at)


def build_late(
    names: Sequence[str], version: int, link: str, address: str, language: str, settings: Settings, sent_at: datetime
) -> EmailMessage:
    """Who of their people is late, to a manager. Raises ConfigError: not an address."""
    speech = Speech(language)
    subject = speech.count("{n} of your people has not read the policy", "{n} of your people have not read the policy", len(names))
    told = "\n".join(f"- {' '.join(strip_controls(name).split())[:200]}" for name in names)
    lines = (speech.say("Their time is over. Please give them half an hour for it."), told, link)
    return letter(subject, lines, address, language, f"read-late-{version}", settings, sent_at)


def long_day(at: datetime, settings: Settings, language: str) -> str:
    """A day as the reader writes it: "4 December 2026"."""
    return str(format_date(at.astimezone(settings.zone()).date(), "d MMMM y", locale=language))


def letter(subject: str, lines: Sequence[str], address: str, language: str, key: str, settings: Settings, at: datetime) -> EmailMessage:
    """A mail of paragraphs; sent again it has the same Message-ID by its `key`. Raises ConfigError: not an address."""
    sender = address_of(next((one.sender for one in settings.channel if one.kind == "email" and one.sender), None))
    out = EmailMessage(policy=MAIL)
    out["Subject"] = f"[Czujka] {' '.join(strip_controls(subject).split())}"
    out["From"] = sender
    out["To"] = address_of(address)
    out["Date"] = format_datetime(at)
    out["Message-ID"] = f"<{key}-{hashlib.sha256(address.encode()).hexdigest()[:16]}@{sender.domain}>"
    out["Auto-Submitted"] = "auto-generated"
    out["Content-Language"] = language
    out.set_content("\n\n".join(lines) + "\n", cte="quoted-printable")
    return out
