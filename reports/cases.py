"""The mails about cases of breaches: a step is due, a decision was given to somebody, somebody looks in without the right. They say the
case's number and no more: a mail lies in a mailbox."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from email.message import EmailMessage

from core.cases import Case, CaseStage, Glass
from core.settings import Settings
from core.text import strip_controls
from reports.reading import letter, long_day
from reports.wording import Speech, msg

STEPS: Mapping[CaseStage, str] = {
    CaseStage.OPENED: msg("the person is to be heard"),
    CaseStage.HEARD: msg("it is to be decided"),
    CaseStage.DECIDED: msg("it is to be closed"),
    CaseStage.APPEALED: msg("the appeal is to be decided, by a third person"),
}


def build_due(case: Case, address: str, language: str, settings: Settings, sent_at: datetime) -> EmailMessage:
    """A step is due, or late. Raises ConfigError: not an address."""
    say = Speech(language).say
    due, step = case.due_at or sent_at, say(STEPS[case.stage])
    day = long_day(due - timedelta(seconds=1), settings, language)
    subject = say("Case {n}: {step}", n=case.number, step=step)
    if case.is_late(sent_at):
        subject = say("Case {n} is late: {step}", n=case.number, step=step)
    lines = (say("It is promised by the end of {day}.", day=day), page_of(settings, case.number))
    key = f"case-{case.number}-{case.version}-{'late' if case.is_late(sent_at) else 'soon'}"
    return letter(subject, lines, address, language, key, settings, sent_at)


def build_given(case: Case, address: str, language: str, settings: Settings, sent_at: datetime, *, appeal: bool) -> EmailMessage:
    """The decision was given to the reader. Raises ConfigError: not an address."""
    say = Speech(language).say
    subject = say("Case {n} was given to you to decide", n=case.number)
    if appeal:
        subject = say("The appeal in case {n} was given to you to decide", n=case.number)
    lines = (say("You see this case from now on. Every look into it is written down."), page_of(settings, case.number))
    return letter(subject, lines, address, language, f"case-given-{case.number}-{int(appeal)}", settings, sent_at)


def build_glass(look: Glass, name: str, address: str, language: str, settings: Settings, sent_at: datetime) -> EmailMessage:
    """Somebody without the right looks into a case. Raises ConfigError: not an address."""
    say = Speech(language).say
    subject = say("{name} looks into case {n} without the right", name=name, n=look.case)
    why = say("The stated reason: {reason}", reason=" ".join(strip_controls(look.reason).split()))
    until = say("The case is open to them until {time}.", time=f"{look.until.astimezone(settings.zone()):%Y-%m-%d %H:%M}")
    lines = (why, until, page_of(settings, look.case))
    return letter(subject, lines, address, language, f"case-glass-{look.number}", settings, sent_at)


def page_of(settings: Settings, number: int) -> str:
    """Where the case is."""
    return (settings.web.url or f"http://{settings.web.host}:{settings.web.port}").rstrip("/") + f"/cases/{number}"
