"""The mail of a message of the communication plan: its words, and a link by which one confirms to have read it. Nothing is fetched."""

from datetime import date, datetime
from email.message import EmailMessage

from core.message_plan import MessagePlan
from core.settings import Settings
from reports.reading import letter
from reports.wording import Speech


def build_message(
    plan: MessagePlan, day: date, text: str, link: str, address: str, language: str, settings: Settings, sent_at: datetime
) -> EmailMessage:
    """In the reader's language. Raises ConfigError: not an address."""
    say = Speech(language).say
    lines = (text, say("Please confirm here that you have read it:"), link, say("The link is yours alone; you need no password."))
    return letter(plan.name(language), lines, address, language, f"message-{plan.id}-{day}", settings, sent_at)
