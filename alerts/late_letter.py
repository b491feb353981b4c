"""The letter about conversations whose answer is late: which they are, since when, and where to answer."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from alerts.headlines import speak
from alerts.letter import Words, when
from core.labels import label_name, platform_name
from core.records import ConversationRow

MOST = 10
"""So many are named."""


def late_words(talks: Sequence[ConversationRow], n: int, language: str, topic: str, address: str, zone: ZoneInfo) -> Words:
    """The first of `n` conversations, those due first; `address` is where the pages are. What was said stays on the page."""
    say = speak(language)
    subject = say.count("{n} conversation waits longer than promised", "{n} conversations wait longer than promised", n)
    first = say.say("An answer is due, and nobody has given it:")
    lines = [_line(talk, language, address, zone) for talk in talks]
    lines += [say.count("and {n} more", "and {n} more", n - len(talks))] if n > len(talks) else []
    last = say.say("All that is late: {page}", page=f"{address}/?show=late")
    return Words(subject=subject, paragraphs=[first, "\n".join(lines), last], language=language, topic=topic)


def _line(talk: ConversationRow, language: str, address: str, zone: ZoneInfo) -> str:
    about = ", ".join(label_name(label, language) for label in talk.labels)
    since = when(talk.due_at, zone, language) if talk.due_at is not None else ""
    told = " · ".join(part for part in (since, platform_name(talk.platform), about) if part)
    return f"{told}\n  {address}/conversations/{talk.conversation_id}"
