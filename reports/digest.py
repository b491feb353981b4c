"""The weekly digest: what needs you first, then one screen per topic. `digest` is pure; `build_mail` makes the mail of it."""

from email.message import EmailMessage

from core.figures import WeekFigures
from core.settings import Settings
from reports import topics
from reports.mail import Letter, write
from reports.needs import needs
from reports.view import Digest
from reports.wording import Speech


def build_mail(figures: WeekFigures, settings: Settings, recipient: str, language: str) -> EmailMessage:
    """The digest as a mail to one address: HTML with one picture, and its plain-text twin. Raises ConfigError: not an address."""
    owners = {owner.id: owner.name or owner.id for owner in settings.owner}
    told = digest(figures, language, settings.company.name, settings.web.url or f"http://{settings.web.host}:{settings.web.port}", owners)
    sender = next((channel.sender for channel in settings.channel if channel.kind == "email" and channel.sender), None)
    return write(told, Letter(sender=sender, recipient=recipient, week=figures.name, at=figures.ends_at, zone=figures.zone))


def digest(figures: WeekFigures, language: str, company: str, address: str, owners: dict[str, str] | None = None) -> Digest:
    """What the week's digest says. `address` is where the pages are; `owners` gives names by id."""
    speech = Speech(language)
    home = address.rstrip("/")
    names = owners or {}
    week = speech.week(figures)
    return Digest(
        subject=speech.say("{company}: the week of {week}", company=company, week=week),
        title=speech.say("The week of {week}", week=week),
        language=language,
        needs=needs(figures, speech, home, names),
        topics=(
            topics.said(figures, speech, home),
            topics.answered(figures, speech, home, names),
            topics.incidents(figures, speech, home),
            topics.policy(figures, speech, home),
            topics.watch(figures, speech, home),
        ),
        foot=speech.say(
            "Czujka for {company}, week {name}. Days are those of the zone {zone}; what is open was counted when this was written.",
            company=company,
            name=figures.name,
            zone=figures.zone,
        ),
        all_well=speech.say("Nothing needs you this week."),
    )
