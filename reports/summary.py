"""The month's summary for all staff as a mail and as a page: in both languages, and with nobody's name in it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from zoneinfo import ZoneInfo

from core.kpis import KPIS
from core.mailing import MAIL
from core.settings import Settings
from core.summary import FEW, MonthSummary
from core.text import strip_controls
from core.types import Scope
from reports.kpi_words import period_line
from reports.mail import address_of
from reports.wording import Speech, msg

SCOPES = {
    Scope.MENTION: msg("What people write about us"),
    Scope.OFFICIAL: msg("Our accounts, and what stands under their posts"),
    Scope.PORTAL: msg("The internal portal"),
    Scope.EMPLOYEE: msg("Accounts of staff who agreed to it"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A heading and its lines."""

    heading: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """All that is said, in one language."""

    language: str
    title: str
    parts: tuple[Part, ...]
    foot: str


def summary(month: MonthSummary, settings: Settings, language: str) -> Summary:
    """What everybody may know of the month."""
    speech = Speech(language)
    parts = (
        Part(heading=speech.say("What was watched"), lines=_watched(month, speech)),
        Part(heading=speech.say("What was found"), lines=_found(month, speech)),
        Part(heading=speech.say("What was learned"), lines=_learned(month, speech)),
    )
    contact = settings.privacy.contact
    foot = speech.say("This summary counts and names nobody. Counts below five are told as “fewer than five”.")
    if contact:
        foot += " " + speech.say("Questions about your data: {contact}.", contact=contact)
    title = speech.say("{company}: what we watched in social media, {month}", company=settings.company.name, month=_month(month, speech))
    return Summary(language=language, title=title, parts=parts, foot=foot)


def build_summary(
    month: MonthSummary, settings: Settings, recipient: str, *, sent_at: datetime, languages: Sequence[str] = ()
) -> EmailMessage:
    """The mail, in all of the company's languages one after another. '' as recipient: for a file. Raises ConfigError: not an address."""
    told = [summary(month, settings, language) for language in languages or settings.company.languages]
    sender = address_of(next((one.sender for one in settings.channel if one.kind == "email" and one.sender), None))
    out = EmailMessage(policy=MAIL)
    out["Subject"] = f"[Czujka] {' '.join(strip_controls(' / '.join(one.title for one in told)).split())}"
    out["From"] = sender
    if recipient:
        out["To"] = address_of(recipient)
    out["Date"] = format_datetime(sent_at.astimezone(ZoneInfo(settings.company.timezone)))
    key = hashlib.sha256(f"{month.month.name}/{recipient}".encode()).hexdigest()[:16]
    out["Message-ID"] = f"<summary-{month.month.name}-{key}@{sender.domain}>"
    out["Auto-Submitted"] = "auto-generated"
    out.set_content("\n\n".join(_text(one) for one in told), cte="quoted-printable")
    out["Content-Language"] = ", ".join(one.language for one in told)
    return out


def _text(one: Summary) -> str:
    blocks = [one.title]
    blocks += [f"{part.heading}\n{'-' * len(part.heading)}\n" + "\n".join(f"- {line}" for line in part.lines) for part in one.parts]
    return "\n\n".join((*blocks, one.foot)) + "\n"


def _month(month: MonthSummary, speech: Speech) -> str:
    return period_line(month.month, speech)


def _few(count: int | None, speech: Speech) -> str:
    """A count that tells of nobody."""
    if count is None:
        return speech.say("unknown")
    return speech.say("fewer than five") if count < FEW else speech.number(count)


def _watched(month: MonthSummary, speech: Speech) -> tuple[str, ...]:
    """What has sources, or still had posts."""
    lines = []
    for scope, name in SCOPES.items():
        posts, sources = month.posts.get(scope, 0), month.sources.get(scope, 0)
        if posts or sources:
            told = _few(posts if month.is_known else None, speech)
            lines.append(speech.say("{what}: {posts} (posts), {sources} (sources)", what=speech.say(name), posts=told, sources=sources))
    return tuple(lines) or (speech.say("Nothing."),)


def _found(month: MonthSummary, speech: Speech) -> tuple[str, ...]:
    if all(count is None for count in month.found.values()) and not month.crises:
        return (speech.say("Unknown: nothing was collected in that month."),)
    lines = [f"{KPIS[name].name_in(speech.language)}: {_few(count, speech)}" for name, count in month.found.items()]
    if month.negative is not None:
        lines.insert(0, f"{KPIS['negative_share'].name_in(speech.language)}: {speech.percent(month.negative, 1)}")
    return (*lines, speech.say("Crises: {n}", n=_few(month.crises, speech)))


def _learned(month: MonthSummary, speech: Speech) -> tuple[str, ...]:
    lines = list(month.lessons)
    if month.clauses:
        lines.append(speech.say("A new version of the policy took effect."))
    if month.changed:
        lines.append(
            speech.say(
                "Actions after reviews that were looked at again: {n}; helped: {helped}.",
                n=_few(month.changed, speech),
                helped=_few(month.helped, speech),
            )
        )
    return tuple(lines) or (speech.say("Nothing was written down."),)
