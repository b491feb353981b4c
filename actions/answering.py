"""What people do on platforms from a conversation: reply, like, hide; approve what a colleague wrote, withdraw it, say how it ended.

Nothing goes out from here: the outbox is written, and the service sends. All raise Conflict (somebody was faster), Refused (as things
stand it cannot be; `reason` is a word for the page) and NotFound.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from collector import SOURCES
from collector.answers import Writer, writer_for
from core.access import Right, viewer_of
from core.errors import NotFound, Refused
from core.records import ConversationRow
from core.replies import NewReply, ReplyKind, ReplyRow, ReplyState, Target
from core.settings import Settings, SourceSettings
from core.text import strip_controls
from core.types import ConversationState, Finding, ItemKind, Reading, Scope, Severity, Voice
from storage import Store

LONGEST_TEXT = 10_000

Judge = Callable[[Reading], Sequence[Finding]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How a conversation can be answered on its platform: by which source, to which post, and whether somebody must approve."""

    source: SourceSettings
    target: Target
    writer: Writer
    approval: bool
    kinds: frozenset[ReplyKind]


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What is to be said of a draft before it goes out. `blocked`: it must be changed first."""

    length: int
    limit: int
    findings: tuple[Finding, ...]

    @property
    def too_long(self) -> bool:
        return self.length > self.limit

    @property
    def blocked(self) -> bool:
        """A leak in public cannot be taken back, and said by ourselves it is confirmed: from high on it stops, as all that is critical."""
        return any(found.severity is Severity.CRITICAL or _is_grave_leak(found) for found in self.findings)


def way(store: Store, settings: Settings, row: ConversationRow) -> Way | None:
    """How the newest post of a conversation can be answered from here; None where it is off, cannot be, or the post is gone."""
    try:
        target = store.replies.target(row.latest.item_id)
    except NotFound:
        return None
    source = next((one for one in settings.source if one.id == target.source_id), None)
    writer = writer_for(source) if source is not None and source.answer else None
    if source is None or writer is None:
        return None
    can = SOURCES.get(source.kind).capabilities
    kinds = {kind for kind, may in ((ReplyKind.REPLY, can.reply), (ReplyKind.LIKE, can.like), (ReplyKind.HIDE, can.hide)) if may}
    return Way(source=source, target=target, writer=writer, approval=needs_approval(settings, source, row.owner), kinds=frozenset(kinds))


def needs_approval(settings: Settings, source: SourceSettings, owner: str) -> bool:
    """Do the source or the team want a second pair of eyes?"""
    return source.second_pair_of_eyes or any(one.second_pair_of_eyes for one in settings.owner if one.id == owner)


def review(found: Way, text: str, judge: Judge) -> Review:
    """How long it is as the platform counts, and what the rules say of it in our voice."""
    said = strip_controls(text).strip()
    reading = Reading(
        text=said, author=found.writer.speaks_as, scope=Scope.OFFICIAL, voice=Voice.OURS, brand=found.source.brand, kind=ItemKind.COMMENT
    )
    findings = tuple(one for one in judge(reading) if one.reported)
    return Review(length=found.writer.length(found.target, said), limit=found.writer.limit, findings=findings)


def write(store: Store, settings: Settings, judge: Judge, conversation_id: int, version: int, text: str, actor: str, now: datetime) -> int:
    """`actor` answers with this text: it goes out, or waits for a second pair of eyes. Answers the reply's id."""
    row, found = _able(store, settings, conversation_id, ReplyKind.REPLY, actor)
    said = strip_controls(text).strip()
    if not said or len(said) > LONGEST_TEXT:
        raise Refused(f"a reply of 1 to {LONGEST_TEXT} characters was expected, {len(said)} came", reason="no_text")
    _pass(review(found, said, judge))
    return store.replies.write(_new(row, version, found, ReplyKind.REPLY, said, actor, now, approval=found.approval))


def react(store: Store, settings: Settings, conversation_id: int, version: int, kind: ReplyKind, actor: str, now: datetime) -> int:
    """`actor` likes or hides their newest post. Hiding takes words from others, so it too waits for a second pair of eyes."""
    row, found = _able(store, settings, conversation_id, kind, actor)
    done = any(one.kind is kind and one.item_id == found.target.item_id and one.state is ReplyState.SENT for one in _all(store, row))
    if done:
        raise Refused("that has been done already", reason="done_already")
    approval = found.approval and kind is ReplyKind.HIDE
    return store.replies.write(_new(row, version, found, kind, "", actor, now, approval=approval))


def approve(store: Store, settings: Settings, judge: Judge, reply_id: int, version: int, actor: str, now: datetime) -> None:
    """`actor`, who did not write it, has read it: it goes out. The rules read it again, as they may have changed."""
    one, row = _known(store, settings, reply_id, actor)
    if one.written_by == actor:
        raise Refused("another person must approve it", reason="own_words")
    found = way(store, settings, row)
    if found is None:
        raise Refused("answering on this platform is off", reason="off")
    if one.kind is ReplyKind.REPLY:
        _pass(review(found, one.text, judge))
    store.replies.approve(reply_id, version, actor, now)


def withdraw(store: Store, settings: Settings, reply_id: int, version: int, actor: str, now: datetime) -> None:
    """It is not to go out; what may be out already cannot be taken back from here."""
    _known(store, settings, reply_id, actor)
    store.replies.withdraw(reply_id, version, actor, now)


def settle(store: Store, settings: Settings, reply_id: int, version: int, actor: str, now: datetime, *, arrived: bool) -> None:
    """`actor` has looked at the platform: it is there, or it is to be sent again."""
    _known(store, settings, reply_id, actor)
    store.replies.settle(reply_id, version, actor, now, arrived=arrived)


def _is_grave_leak(found: Finding) -> bool:
    return found.label.startswith("leak.") and found.severity >= Severity.HIGH


def _able(store: Store, settings: Settings, conversation_id: int, kind: ReplyKind, actor: str) -> tuple[ConversationRow, Way]:
    row = store.conversations.get(conversation_id)
    _may(settings, actor, row)
    if row.state is ConversationState.CLOSED:
        raise Refused("the conversation is closed; open it again first", reason="closed")
    found = way(store, settings, row)
    if found is None or kind not in found.kinds:
        raise Refused("answering on this platform is off, or it cannot do this", reason="off")
    return row, found


def _known(store: Store, settings: Settings, reply_id: int, actor: str) -> tuple[ReplyRow, ConversationRow]:
    one = store.replies.get(reply_id)
    row = store.conversations.get(one.conversation_id)
    _may(settings, actor, row)
    return one, row


def _may(settings: Settings, actor: str, row: ConversationRow) -> None:
    if not viewer_of(actor, settings).may(Right.ACT, (row.owner,), row.brand):
        raise Refused("only a responder of the team that answers for it may do this", reason="not_yours")


def _pass(found: Review) -> None:
    if found.too_long:
        raise Refused(f"it is {found.length} long as the platform counts, at most {found.limit} are taken", reason="too_long")
    if found.blocked:
        raise Refused("the rules find something critical in it; change it first", reason="critical")


def _all(store: Store, row: ConversationRow) -> Sequence[ReplyRow]:
    return store.replies.of(row.conversation_id)


def _new(
    row: ConversationRow, version: int, found: Way, kind: ReplyKind, text: str, actor: str, now: datetime, *, approval: bool
) -> NewReply:
    return NewReply(
        conversation_id=row.conversation_id,
        version=version,
        item_id=found.target.item_id,
        source_id=found.source.id,
        kind=kind,
        text=text,
        actor=actor,
        at=now,
        approval=approval,
    )
