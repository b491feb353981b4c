"""The mails about trainings: what a colleague is asked to complete, and who is late, to their manager."""

from collections.abc import Sequence
from datetime import datetime
from email.message import EmailMessage

from core.settings import Settings
from core.text import strip_controls
from core.training import Training, TrainingOwed
from reports.reading import letter, long_day
from reports.wording import Speech


def build_training(one: TrainingOwed, number: int, link: str, settings: Settings, sent_at: datetime) -> EmailMessage:
    """The first letter (`number` 0) or a reminder, in the colleague's language. Raises ConfigError: not an address."""
    language = one.colleague.language
    say, title = Speech(language).say, one.training.name(language)
    subject = say("Training: {title}", title=title)
    if number:
        subject = say("Reminder {n}: training {title}", n=number, title=title)
    by = say("Please complete “{title}” by {day}.", title=title, day=long_day(one.due_at, settings, language))
    if one.is_late(sent_at):
        by = say(
            "Your time for “{title}” was over on {day}. Please complete it.", title=title, day=long_day(one.due_at, settings, language)
        )
    held = [str(one.training.link)] if one.training.link is not None else []
    lines = (by, *held, say("When you have, say so here:"), link, say("The link is yours alone; you need no password."))
    return letter(
        subject, lines, one.colleague.address, language, f"training-{one.training.id}-{one.since:%Y%m%d}-{number}", settings, sent_at
    )


def build_training_late(
    training: Training, names: Sequence[str], address: str, language: str, settings: Settings, sent_at: datetime
) -> EmailMessage:
    """Who of their people is late, to a manager. Raises ConfigError: not an address."""
    speech, title = Speech(language), training.name(language)
    subject = speech.count(
        "{n} of your people has not completed “{title}”", "{n} of your people have not completed “{title}”", len(names), title=title
    )
    told = "\n".join(f"- {' '.join(strip_controls(name).split())[:200]}" for name in names)
    lines = (speech.say("Their time is over. Please give them the time for it."), told)
    return letter(subject, lines, address, language, f"training-late-{training.id}-{sent_at:%Y%m%d}", settings, sent_at)
