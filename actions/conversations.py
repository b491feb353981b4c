"""What people do with a conversation: take it, say that they are answering, note, mark it answered, close it, open it again.

`version` is the one that their page showed. All raise Conflict (somebody was faster, or is answering), Refused (it cannot be as things
stand; the message says what can) and NotFound. A claim does not change the version: who types is in nobody's way but the other typist's.
"""

from collections.abc import Sequence
from datetime import datetime

from alerts.clocks import answer_by
from alerts.respond import CLAIM_LASTS, respond
from core.access import Right, viewer_of
from core.errors import Conflict, Refused
from core.records import ConversationRow, Event
from core.settings import Settings
from core.talks import Remedy, Talks
from storage import Store

LONGEST_NOTE = 2000


def assign(store: Store, conversation_id: int, version: int, assignee: str, now: datetime, *, actor: str | None = None) -> None:
    """`assignee` answers it; `actor` says so, by default the same person."""
    _act(store, conversation_id, version, Talks.ASSIGN, actor or assignee, now, assignee=assignee)


def colleagues(settings: Settings, row: ConversationRow) -> list[str]:
    """Who may answer it, in the order of the configuration."""
    return [one.id for one in settings.person if viewer_of(one.id, settings).may(Right.ACT, (row.owner,), row.brand)]


def hand_to(store: Store, settings: Settings, conversation_id: int, version: int, assignee: str, actor: str, now: datetime) -> None:
    """`actor` gives it to a colleague, who must be one that may answer it: else it would wait for somebody who does not see it."""
    known = colleagues(settings, store.conversations.get(conversation_id))
    if assignee not in known:
        raise Refused(f"{assignee!r} may not answer conversation {conversation_id}; those may: {', '.join(known) or 'nobody'}")
    assign(store, conversation_id, version, assignee, now, actor=actor)


def claim(store: Store, conversation_id: int, actor: str, now: datetime) -> datetime:
    """`actor` is answering: nobody else can, until the time that is answered (aware UTC). Called again, it is renewed."""
    until = now + CLAIM_LASTS
    store.conversations.claim(conversation_id, actor, now, until)
    return until


def release(store: Store, conversation_id: int, actor: str) -> None:
    """`actor` is not answering after all."""
    store.conversations.release(conversation_id, actor)


def mark_answered(store: Store, conversation_id: int, version: int, actor: str, now: datetime) -> None:
    """It has been answered, here or elsewhere: its clock stops."""
    _act(store, conversation_id, version, Talks.ANSWER, actor, now)


def close(store: Store, conversation_id: int, version: int, actor: str, now: datetime) -> None:
    """It needs nothing more."""
    _act(store, conversation_id, version, Talks.CLOSE, actor, now)


def reopen(store: Store, settings: Settings, conversation_id: int, version: int, actor: str, now: datetime) -> None:
    """It wants another word: a new clock runs."""
    owner = store.conversations.get(conversation_id).owner
    _act(store, conversation_id, version, Talks.REOPEN, actor, now, due_at=answer_by(now, owner, settings))


def note(store: Store, conversation_id: int, actor: str, text: str, now: datetime) -> None:
    """A word for colleagues; nobody outside sees it. At most 2,000 characters."""
    kept = text.strip()
    if not kept or len(kept) > LONGEST_NOTE:
        raise Refused(f"a note of 1 to {LONGEST_NOTE} characters was expected, {len(kept)} came")
    store.conversations.note(conversation_id, Event(at=now, actor=actor, kind="note", reason="by_hand", detail={"text": kept}))


def remedy(store: Store, conversation_id: int, given: Remedy, text: str, actor: str, now: datetime) -> None:
    """What its author was given; `text` may say more, in at most 2,000 characters. It may happen more than once."""
    kept = text.strip()
    if len(kept) > LONGEST_NOTE:
        raise Refused(f"at most {LONGEST_NOTE} characters were expected, {len(kept)} came")
    detail = {"remedy": given.value} | ({"text": kept} if kept else {})
    store.conversations.note(conversation_id, Event(at=now, actor=actor, kind="remedy", reason="by_hand", detail=detail))


def made_good_at(events: Sequence[Event]) -> datetime | None:
    """When something was given last, of a conversation's history; None: nothing was."""
    return max((event.at for event in events if event.kind == "remedy"), default=None)


def _act(
    store: Store,
    conversation_id: int,
    version: int,
    what: Talks,
    actor: str,
    now: datetime,
    *,
    assignee: str | None = None,
    due_at: datetime | None = None,
) -> None:
    row = store.conversations.get(conversation_id)
    if row.version != version:
        raise Conflict(f"conversation {conversation_id} was changed by somebody else; look again before you act")
    store.conversations.apply_act(respond(row, what, actor, now, assignee=assignee, due_at=due_at))
