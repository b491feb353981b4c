"""The weekly digest: what needs you first, then one screen per topic. `digest` is pure; `build_mail` makes the mail of it."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from email.message import EmailMessage

from core.figures import WeekFigures
from core.policy import Version
from core.settings import Settings
from reports import topics
from reports.calendar import LATE_AFTER
from reports.kpi_topics import kpis as kpi_topics
from reports.kpis import Figure
from reports.learned import learned
from reports.mail import Letter, write
from reports.needs import needs
from reports.sheet import sheet
from reports.spoken import spoken
from reports.staff import staff
from reports.view import Digest, Topic
from reports.wording import Speech


def build_mail(
    figures: WeekFigures,
    settings: Settings,
    recipient: str,
    language: str,
    *,
    planned_at: datetime | None = None,
    sent_at: datetime | None = None,
    policy: Version | None = None,
    kpis: Sequence[Figure] = (),
) -> EmailMessage:
    """The digest as a mail to one address: HTML with one picture, and its plain-text twin. Raises ConfigError: not an address.

    One that goes out long after `planned_at` says so; without `sent_at` it is dated to the week's end. Both are aware. `policy` is the
    one in force, which names the clauses; `kpis` are those of the week.
    """
    late = planned_at if planned_at and sent_at and sent_at - planned_at > LATE_AFTER else None
    address = settings.web.url or f"http://{settings.web.host}:{settings.web.port}"
    told = digest(figures, language, settings.company.name, address, names_of(settings), late, policy, kpis)
    sender = next((channel.sender for channel in settings.channel if channel.kind == "email" and channel.sender), None)
    letter = Letter(sender=sender, recipient=recipient, week=figures.name, at=sent_at or figures.ends_at, zone=figures.zone)
    return write(told, letter, sheet(figures, kpis))


def names_of(settings: Settings) -> dict[str, str]:
    """What brands, people and teams are called, by id."""
    people = {person.id: person.name or person.id for person in settings.person}
    return {brand.id: brand.name for brand in settings.brand} | people | {owner.id: owner.name or owner.id for owner in settings.owner}


def digest(
    figures: WeekFigures,
    language: str,
    company: str,
    address: str,
    owners: dict[str, str] | None = None,
    late: datetime | None = None,
    policy: Version | None = None,
    kpis: Sequence[Figure] = (),
    *,
    pictures: bool = True,
) -> Digest:
    """What the week's digest says. `address` is where the pages are; `owners` names teams and people by id; `late`: meant to come then.

    Without `pictures` none is drawn: a page draws its own.
    """
    speech = Speech(language)
    home = address.rstrip("/")
    names = owners or {}
    week = speech.week(figures)
    whose = ", ".join(names.get(one, one) for one in figures.whose or ())
    return Digest(
        subject=speech.say("{company}: the week of {week}", company=company, week=week) + (f" ({whose})" if whose else ""),
        title=speech.say("The week of {week}", week=week) + (f": {whose}" if whose else ""),
        language=language,
        needs=needs(figures, speech, home, names),
        topics=tuple(_topics(figures, speech, home, names, policy, kpis, pictures=pictures)),
        foot=_foot(figures, company, speech) + (" " + _only(whose, speech) if whose else ""),
        late=speech.late(late, figures.zone) if late else "",
        all_well=speech.say("Nothing needs you this week."),
    )


def _topics(
    figures: WeekFigures,
    speech: Speech,
    home: str,
    names: dict[str, str],
    policy: Version | None,
    kpis: Sequence[Figure],
    *,
    pictures: bool,
) -> Iterator[Topic]:
    """One screen each, in the order in which they are read; of a part of the company only those with something in them."""
    whole = figures.whose is None
    if whole or figures.posts:
        yield topics.said(figures, speech, home, picture=pictures)
    yield from kpi_topics(kpis, figures.name, speech, home)
    if whole or figures.answers.opened or figures.waiting:
        yield topics.answered(figures, speech, home, names)
    if whole or figures.opened:
        yield topics.incidents(figures, speech, home)
    if whole or figures.breaches or figures.leaks:
        yield topics.policy(figures, speech, home, policy)
    yield from spoken(figures, speech, home)
    yield from learned(figures, speech, home)
    yield from staff(figures, speech, home)
    yield from topics.rules(figures, speech, home)
    yield from topics.unalarmed(figures, speech, home)
    if whole or figures.blind:
        yield topics.watch(figures, speech, home)


def _only(whose: str, speech: Speech) -> str:
    return speech.say("Only what {whose} answers for is counted here; screens without anything of theirs are left out.", whose=whose)


def _foot(figures: WeekFigures, company: str, speech: Speech) -> str:
    return speech.say(
        "Czujka for {company}, week {name}. Days are those of the zone {zone}; what is open was counted when this was written.",
        company=company,
        name=figures.name,
        zone=figures.zone,
    )
