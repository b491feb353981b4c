"""The letters about a task of the law: that its time runs out, and that it is over. Short, with what the decision needs."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from alerts.headlines import speak
from alerts.letter import Words, when
from core.duties import Duty, DutyKind
from core.i18n import Words as Spoken


def duty_words(duties: Sequence[Duty], now: datetime, language: str, topic: str, page: str, zone: ZoneInfo) -> Words:
    """One task or more of a kind whose time ends together: before that, or after. `page` is the address of the list of tasks."""
    say, due_at = speak(language), duties[0].due_at
    times = f" (× {len(duties)})" if len(duties) > 1 else ""
    what, until = _what(duties[0].kind, say) + times, when(due_at, zone, language)
    if now < due_at:
        subject = say.say("Until {time}: {what}", time=until, what=what)
        first = say.say("A task of the law waits for a decision until {time}: {what}.", time=until, what=what)
    else:
        subject = say.say("Late since {time}: {what}", time=until, what=what)
        first = say.say("A task of the law was to be decided by {time} and is not: {what}.", time=until, what=what)
    second = say.say("Say that it is done, or that it does not apply, and why: that is what an authority asks for later.")
    return Words(subject=subject, paragraphs=[first, second, page], language=language, topic=topic)


def _what(kind: DutyKind, say: Spoken) -> str:
    match kind:
        case DutyKind.CONSUMER_COMPLAINT:
            return say.say("answer a consumer's complaint (14 days)")
        case DutyKind.PERSONAL_DATA_BREACH:
            return say.say("report a breach of personal data (72 hours)")
        case DutyKind.INSIDE_INFORMATION:
            return say.say("publish inside information (as soon as possible)")
