"""The letter that asks for an approval of a draft of the policy: what is wanted of whom, and where."""

from collections.abc import Sequence

from alerts.headlines import speak
from alerts.letter import Words
from core.labels import office_name
from core.policy import Version


def approval_words(draft: Version, offices: Sequence[str], language: str, topic: str, page: str) -> Words:
    """`offices` are the reader's, whose approvals the draft lacks; `page` is the address where it is read, commented and approved."""
    say = speak(language)
    subject = say.say("Version {number} of the policy waits for your approval", number=draft.number)
    named = ", ".join(office_name(one, language) for one in offices)
    first = say.say("The draft lacks the approval of: {offices}. What it changes stands beside each clause.", offices=named)
    note = [say.say("Its author says: {note}", note=draft.note)] if draft.note else []
    return Words(subject=subject, paragraphs=[first, *note, page], language=language, topic=topic)
