"""The letters of a crisis: that a role is theirs, and that a statement waits for them. What was written stays in the room."""

from collections.abc import Mapping

from alerts.headlines import speak
from alerts.letter import Words
from alerts.quoting import one_line
from core.crisis import Crisis, Part, Statement
from core.labels import part_name

TASKS: Mapping[Part, str] = {
    Part.LEAD: "You decide, approve what others want to say outside, and stand the crisis down.",
    Part.SPOKESPERSON: "You speak for the company, and approve what others want to say outside.",
    Part.LEGAL: "You see to the law, and approve what others want to say outside.",
    Part.LOG_KEEPER: "You write down what happens and what is decided, with its time.",
}


def role_words(held: Crisis, part: Part, language: str, topic: str, page: str) -> Words:
    """What the role asks of its holder; `page` is the address of the room."""
    say, name = speak(language), part_name(part, language)
    subject = say.say("Crisis: {title}. Your role: {part}", title=_title(held), part=name)
    last = say.say("Checklist, log and statements: {page}", page=page)
    return Words(subject=subject, paragraphs=[subject, say.say(TASKS[part]), last], language=language, topic=topic)


def statement_words(held: Crisis, said: Statement, author: str, language: str, topic: str, page: str) -> Words:
    """That `author` wrote a statement; `page` is the address of the room."""
    say = speak(language)
    subject = say.say("Crisis: {title}. A statement waits for your approval", title=_title(held))
    number = said.statement_id
    first = say.say("{author} has written statement {number}. It goes out when somebody else approves it.", author=author, number=number)
    return Words(subject=subject, paragraphs=[first, f"{page}#statement-{number}"], language=language, topic=topic)


def _title(held: Crisis) -> str:
    return one_line(held.title, 200)
