"""The letters to whoever watches a source: that it is blind, and that its budget will be or is spent. Short, with what to do."""

from datetime import datetime
from zoneinfo import ZoneInfo

from alerts.headlines import speak
from alerts.letter import Words, when
from core.blindness import SourceHealth, unread_since
from core.budgets import MENTIONS, Budget
from core.i18n import Words as Spoken
from core.settings import SourceSettings


def blind_words(source: SourceSettings, health: SourceHealth, language: str, topic: str, page: str, zone: ZoneInfo) -> Words:
    """A source that is not read: late first, blind now. `page` is the address of the sources' page."""
    say = speak(language)
    since, read = unread_since(source, health), health.last_success_at
    if since is None or read is None:
        subject = say.say("Blind: {source} was never read", source=source.id)
        lines = [say.say("The source {source} was asked {n} times and has never been read.", source=source.id, n=health.failures)]
    else:
        subject = say.say("Blind: {source}, since {since}", source=source.id, since=when(since, zone, language))
        lines = [
            say.say(
                "The source {source} is late: it was read last at {read}, and is due every {gap} min.",
                source=source.id,
                read=when(read, zone, language),
                gap=say.number(round(source.every.total_seconds() / 60)) if source.every.total_seconds() >= 60 else "<1",
            ),
            say.say("By now it counts as blind since {since}: what is said there reaches nobody.", since=when(since, zone, language)),
        ]
    if health.detail:
        lines.append(say.say("It says: {detail}", detail=health.detail))
    lines.append(
        say.say("It is asked again by itself. When it is read again the gap is filled as far as it goes; this is the only letter.")
    )
    return Words(subject=subject, paragraphs=[*lines, _look(say, page)], language=language, topic=topic)


def budget_words(
    source: SourceSettings, budget: Budget, now: datetime, language: str, topic: str, page: str, zone: ZoneInfo
) -> Words | None:
    """What a month's budget comes to: when it will be spent, or that it is; None: neither any more."""
    say = speak(language)
    ends, again = budget.runs_out(now), day(budget.reset_at, zone, language)
    if ends is None and not budget.is_spent:
        return None
    what = say.say("mentions") if budget.name == MENTIONS else say.say("all posts")
    if ends is not None:
        subject = say.say("The budget of {source} lasts until {day}", source=source.id, day=day(ends, zone, language))
    else:
        subject = say.say("The budget of {source} is spent", source=source.id)
    lines = [
        say.say(
            "{used} of {limit} paid reads for {what} are used this month.",
            used=say.number(round(budget.used)),
            limit=say.number(round(budget.limit)),
            what=what,
        )
    ]
    if budget.name == MENTIONS:
        lines.append(say.say("Once they are spent mentions stop until {day}; the account's own posts go on from the reserve.", day=again))
    else:
        lines.append(say.say("Once they are spent nothing is read until {day}.", day=again))
    lines.append(say.say("Raise monthly_reads, or ask for less. Nothing is tried in vain meanwhile."))
    return Words(subject=subject, paragraphs=[*lines, _look(say, page)], language=language, topic=topic)


def day(at: datetime, zone: ZoneInfo, language: str) -> str:
    """A day as people write it: "24.11.2026" or "24 Nov 2026"."""
    return when(at, zone, language).partition(",")[0]


def _look(say: Spoken, page: str) -> str:
    return say.say("How all sources do: {url}", url=page)
