"""A conversation in plain words: its history, and who is answering right now."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from core.records import ConversationRow, Event
from core.settings import Settings
from core.talks import Remedy
from web.visitor import person_name
from web.wording import Speech, msg

_LINES: Mapping[str, str] = {
    "assign": msg("Taken"),
    "answer": msg("Marked as answered"),
    "answered": msg("Answered on the platform"),
    "close": msg("Closed"),
    "reopen": msg("Opened again"),
    "note": msg("Note"),
    "remedy": msg("Made good"),
    "duty": msg("Legal duty decided"),
    "reopened": msg("The author wrote again"),
    "reply_written": msg("Reply written"),
    "reply_approved": msg("Approved by a second pair of eyes"),
    "reply_withdrawn": msg("Withdrawn before it went out"),
    "reply_again": msg("Not on the platform: sent again"),
    "reply_arrived": msg("Seen on the platform"),
    "reply_sent": msg("Reply sent"),
    "reply_failed": msg("Reply not sent"),
    "reply_undecided": msg("Nobody knows whether the reply is there"),
    "like_asked": msg("Like asked for"),
    "like_sent": msg("Liked"),
    "like_failed": msg("Not liked"),
    "hide_asked": msg("Hiding asked for"),
    "hide_sent": msg("Hidden"),
    "hide_failed": msg("Not hidden"),
}
REMEDIES: Mapping[Remedy, str] = {
    Remedy.APOLOGY: msg("apology"),
    Remedy.EXPLANATION: msg("explanation"),
    Remedy.REPAIR: msg("repair"),
    Remedy.REPLACEMENT: msg("replacement"),
    Remedy.REFUND: msg("refund"),
    Remedy.COMPENSATION: msg("compensation"),
}


def talk_lines(events: Sequence[Event], speech: Speech, settings: Settings) -> list[tuple[Event, str, str]]:
    """(event, what happened, who did it), the newest first; '' where Czujka itself did it."""
    return [(event, _line(event, speech, settings), _actor(event, settings)) for event in reversed(events)]


def _line(event: Event, speech: Speech, settings: Settings) -> str:
    line = speech.say(_LINES[event.kind]) if event.kind in _LINES else event.kind
    words = str(event.detail.get("text") or event.detail.get("because") or "")
    if given := event.detail.get("remedy"):
        words = ": ".join(filter(None, [speech.say(REMEDIES[Remedy(given)]), words]))
    assignee = event.detail.get("assignee")
    if assignee and assignee != event.actor:
        words = person_name(settings, str(assignee))
    return f"{line}: {words}" if words else line


def _actor(event: Event, settings: Settings) -> str:
    return "" if event.actor == "czujka" else person_name(settings, event.actor)


def writer_of(row: ConversationRow, now: datetime) -> str | None:
    """Who is answering right now, if anybody."""
    return row.claimed_by if row.claimed_until is not None and row.claimed_until > now else None
