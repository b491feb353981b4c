"""Drafts of replies: a text to begin with in the author's language, and what the policy says of its tone. Nothing is sent from here."""

from collections.abc import Mapping, Sequence

from core.i18n import LANGUAGES, words
from web.wording import ROOM, Speech, msg

# The gravest first: of several labels the one that stands first here chooses the draft.
DRAFTS: Mapping[str, str] = {
    "complaint.safety": msg(
        "Hello {author}, thank you for telling us. Your health comes first: if anybody feels ill, please see a doctor. "
        "Please keep the product and send us the lot number in a private message; we answer today."
    ),
    "complaint.delivery": msg(
        "Hello {author}, we are sorry that your parcel is late. Please send us the order number in a private message: "
        "we will find out where it is and tell you when it arrives."
    ),
    "complaint.billing": msg(
        "Hello {author}, we are sorry about the trouble with your bill. Please send us the order number in a private message: "
        "we will check the amount and tell you what happens next."
    ),
    "complaint.quality": msg(
        "Hello {author}, that is not how it should be, and we are sorry. Please send us a photo and the lot number in a private message: "
        "we will find the cause and make it good."
    ),
    "complaint.outage": msg(
        "Hello {author}, thank you for the report. We are looking into it and will write here as soon as it works again."
    ),
    "complaint": msg(
        "Hello {author}, we are sorry about this, and thank you for telling us. Please tell us in a private message what happened "
        "and when, so that we can put it right."
    ),
    "question": msg("Hello {author}, thank you for your question. "),
    "praise": msg("Hello {author}, thank you, that makes our day!"),
}

TONE: Mapping[str, tuple[str, ...]] = {
    "complaint.safety": (
        msg("Ask about health first, admit nothing and deny nothing."),
        msg("No advertising, no emoji."),
        msg("Say when they will hear more, and keep to it."),
    ),
    "complaint": (
        msg("Say sorry once, for what happened; never put the blame on the customer."),
        msg("Name the next step and its time."),
        msg("Ask for personal data in private only."),
    ),
    "question": (msg("Answer what was asked, in the first sentence."), msg("If you do not know, say who does and when.")),
    "praise": (msg("Thank them in a few words of your own."), msg("Do not sell anything.")),
}


def draft_for(labels: Sequence[str], language: str, fallback: str, author: str) -> str:
    """A reply to begin with, in the language that the author wrote; '' where none fits (abuse, leaks: first ask who may answer)."""
    found = next((text for label, text in DRAFTS.items() if _has(labels, label)), "")
    spoken = language if language in LANGUAGES else fallback
    return words(ROOM, spoken).say(found, author=author).replace(" ,", ",") if found else ""


def tone_for(labels: Sequence[str], speech: Speech) -> list[str]:
    """What to mind when answering."""
    found = next((advice for label, advice in TONE.items() if _has(labels, label)), TONE["complaint"])
    return [speech.say(line) for line in found]


def _has(labels: Sequence[str], label: str) -> bool:
    return any(one == label or one.startswith(f"{label}.") for one in labels)
