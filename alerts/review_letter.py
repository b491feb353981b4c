"""The letters that ask for another look at clauses of the policy: that it is wanted, and that its time is over."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from alerts.headlines import speak
from alerts.letter import Words, when
from core.i18n import Words as Spoken
from core.policy import Review, Trigger, Version

WHY: Mapping[Trigger, str] = {
    Trigger.YEARLY: "a year has passed since the last look",
    Trigger.PLATFORM: "a platform that it does not speak of",
    Trigger.BREACHES: "it may have been breached again and again",
    Trigger.LAW: "the law changed",
    Trigger.STRATEGY: "the strategy changed",
    Trigger.LESSON: "an incident taught us something",
    Trigger.CRISIS: "a crisis that it speaks of is over",
    Trigger.LEAK: "a leak was confirmed",
    Trigger.TAKEOVER: "an account of ours was taken over",
}


def review_words(
    reviews: Sequence[Review], version: Version | None, now: datetime, language: str, topic: str, page: str, zone: ZoneInfo
) -> Words:
    """One review or more that are due together: before that, or after. `version` in force gives the clauses' titles; `page` is the
    address of the list."""
    say, due_at = speak(language), reviews[0].due_at
    what = say.count("look again at {n} clause of the policy", "look again at {n} clauses of the policy", len(reviews))
    until = when(due_at, zone, language)
    if now < due_at:
        subject = say.say("Until {time}: {what}", time=until, what=what)
        first = say.say("Whoever answers for a clause is asked to look at it again by {time}:", time=until)
    else:
        subject = say.say("Late since {time}: {what}", time=until, what=what)
        first = say.say("These clauses were to be looked at by {time}, and nobody has said how they stand:", time=until)
    lines = "\n".join(_lines(reviews, version, language, say))
    last = say.say("Say whether a clause stays as it is or was changed, and why: who comes after you wants to know.")
    return Words(subject=subject, paragraphs=[first, lines, last, page], language=language, topic=topic)


def _lines(reviews: Sequence[Review], version: Version | None, language: str, say: Spoken) -> Iterator[str]:
    for one in reviews:
        clause = version.clause(one.clause) if version is not None else None
        title = f" {clause.wording(language).title}" if clause is not None else ""
        yield f"{one.clause}{title}: {say.say(WHY[one.trigger])}"
