"""The record of processing, written from the configuration: what is collected where, why, who gets it, for how long it is kept.

Source: GDPR, Article 30(1). What a configuration cannot know is left in square brackets for a person.
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from core.consent import Consent
from core.i18n import Words, words
from core.privacy import SCOPED, Kept
from core.settings import Settings
from core.types import Scope
from governance.retention import rule_of

ROOM = Path(__file__).resolve().parent
PAPERS = ROOM / "papers"


def record(settings: Settings, language: str, now: datetime) -> str:
    """The whole record as Markdown."""
    speech = words(ROOM, language)
    say = speech.say
    parts = [
        f"# {say('Record of processing activities: {company}', company=settings.company.name)}",
        say("Written from the configuration on {day}. What stands in square brackets is for a person to add.", day=f"{now:%Y-%m-%d}"),
        f"## {say('Controller')}",
        f"{settings.company.name}. {say('Contact in matters of data protection: {contact}', contact=_contact(settings, speech))}",
        f"## {say('Purposes')}",
        _list(
            say("notice risks to people, customers and the company in public posts, and page whoever answers for them"),
            say("answer customers in time"),
            say("see whether the company's own accounts keep to its policy"),
        ),
        say("Ground: legitimate interest (GDPR, Article 6(1)(f)); for accounts of staff their consent (Article 6(1)(a)). [Balancing test]"),
        f"## {say('Whose data, and which')}",
        _list(
            say("authors of public posts: name, handle and id on the platform, text, time, links, number of followers"),
            say("staff who use Czujka: name, contacts, role, what they did and when"),
            say("staff who consented: the public posts of the account that they named"),
        ),
        f"## {say('Where it comes from')}",
        sources(settings, language),
        f"## {say('Who gets it')}",
        _list(*_recipients(settings, speech)),
        say("Transfers to third countries: [for each recipient above, say whether its servers stand outside of the EEA]"),
        f"## {say('How long it is kept')}",
        keeping(settings, language),
        f"## {say('How it is protected')}",
        _list(
            say("roles by owner and brand; personal data in findings are masked until somebody reveals them, which is written down"),
            say("an append-only, chained log of what people do, in which people are pseudonyms"),
            say("passwords, sessions and tokens are kept as hashes alone; secrets stand outside of the configuration and the database"),
            say("erasure over every table, the search and mails; what was erased is not stored again"),
            say("staff accounts are stored only while a consent stands; what staff write gets no sentiment and no ranking"),
        ),
    ]
    return "\n\n".join(parts) + "\n"


def sources(settings: Settings, language: str) -> str:
    """What is collected, one line a source."""
    speech = words(ROOM, language)
    if not settings.source:
        return speech.say("No source is configured.")
    return _list(*(f"`{one.id}` ({one.kind}): {_scope(one.scope, speech)}" for one in settings.source))


def keeping(settings: Settings, language: str) -> str:
    """For how long what is kept, one line a class and scope."""
    return _list(*_periods(settings, words(ROOM, language)))


def posts_kept(settings: Settings, scope: Scope, language: str) -> str:
    """For how long the posts of a scope are kept, in words."""
    rule = rule_of(settings.retention, Kept.POSTS, scope)
    return _days(rule.keep.days, words(ROOM, language)) if rule is not None else words(ROOM, language).say("as long as the consent stands")


def paper(name: str, settings: Settings, language: str) -> str:
    """A template ("dpia", "staff-notice") filled in from the configuration."""
    speech = words(ROOM, language)
    text = (PAPERS / f"{name}.{language}.md").read_text(encoding="utf-8")
    staff = any(one.scope is Scope.EMPLOYEE for one in settings.source)
    return text.format(
        company=settings.company.name,
        contact=_contact(settings, speech),
        sources=sources(settings, language),
        keep="\n" + keeping(settings, language),
        staff=speech.say(" and, by consent, professional accounts of staff") if staff else "",
    )


def paper_of_invitation(settings: Settings, one: Consent, language: str) -> str:
    """The notice that a person reads before they decide about one account."""
    return (
        (PAPERS / f"invitation.{language}.md")
        .read_text(encoding="utf-8")
        .format(
            company=settings.company.name,
            contact=_contact(settings, words(ROOM, language)),
            account=one.account,
            platform=one.platform,
            keep=posts_kept(settings, Scope.EMPLOYEE, language),
        )
    )


def _contact(settings: Settings, speech: Words) -> str:
    return settings.privacy.contact or speech.say("[whom to write to]")


def _list(*lines: str) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _recipients(settings: Settings, speech: Words) -> Iterator[str]:
    yield speech.say("the persons of these teams: {teams}", teams=", ".join(one.name or one.id for one in settings.owner) or "-")
    for kind in sorted({channel.kind for channel in settings.channel}):
        yield speech.say("{kind}: messages about incidents, with quotations", kind=kind)
    for hook in settings.hook:
        yield speech.say("`{id}` at {host}: events without texts and names", id=hook.id, host=hook.url.host or "")


def _periods(settings: Settings, speech: Words) -> Iterator[str]:
    names = {
        Kept.POSTS: speech.say("posts with their authors"),
        Kept.RAW: speech.say("what the platform sent beside the post"),
        Kept.QUARANTINE: speech.say("what could not be read"),
        Kept.SESSIONS: speech.say("sessions and sign-in links that ended"),
        Kept.CASES: speech.say("closed cases of breaches: evidence, names and texts"),
        Kept.STAFF: speech.say("what staff confirmed: messages, trainings done again; of people who left all, and their entry"),
    }
    for what in Kept:
        for scope in Scope if what in SCOPED else (None,):
            rule = rule_of(settings.retention, what, scope)
            where = f" ({_scope(scope, speech)})" if scope is not None else ""
            yield f"{names[what]}{where}: {_days(rule.keep.days, speech) if rule is not None else speech.say('without an end')}"


def _days(days: int, speech: Words) -> str:
    return speech.count("{n} day", "{n} days", days)


def _scope(scope: Scope, speech: Words) -> str:
    return {
        Scope.OFFICIAL: speech.say("our accounts, and what is written under them"),
        Scope.MENTION: speech.say("public mentions"),
        Scope.PORTAL: speech.say("the company's portal"),
        Scope.EMPLOYEE: speech.say("accounts of staff who consented"),
    }[scope]
