"""One author's thread with us: what opens it, what joins it, when an answer is due, when we have answered."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from alerts.clocks import answer_by, resolve_by
from alerts.legal import owed_to
from alerts.reasons import Why
from alerts.route import Topic, place_of, route
from alerts.weigh import severity_of, wants_answer
from core.duties import Owed
from core.records import AssessState, Converses, FreshItem, OpenConversation
from core.settings import Settings
from core.types import ConversationState, ItemKind, Scope, Voice


@dataclass(slots=True)
class _Open:
    """A conversation in this batch: a known one, or one that an item of the batch opened."""

    owner: str
    due_at: datetime | None
    known: OpenConversation | None = None
    answered: bool = False
    answer_at: datetime | None = None


@dataclass(slots=True)
class _Batch:
    settings: Settings
    open: dict[str, _Open] = field(default_factory=dict)


def converse(state: AssessState, settings: Settings) -> tuple[Converses, ...]:
    """What every item does to a conversation, in the order in which they were written."""
    known = {key: _open(one) for key, one in state.conversations.items()}
    batch = _Batch(settings, known)
    ordered = sorted(state.items, key=lambda item: (item.created_at, item.item_id))
    decided = (_answer(item, batch) if item.voice is Voice.OURS else _say(item, batch) for item in ordered)
    return tuple(one for one in decided if one is not None)


def _open(known: OpenConversation) -> _Open:
    return _Open(known.owner, known.due_at, known, known.state is ConversationState.ANSWERED, known.last_answer_at)


def reason_of(item: FreshItem) -> Why | None:
    """Why an item of the public belongs into a conversation, None when it does not: articles, and talk that does not address us.

    A remark under our post that wants no answer belongs only into a conversation that is open already.
    """
    if item.kind is ItemKind.ARTICLE:
        return None
    if any(wants_answer(finding.label) for finding in item.findings):
        return Why.WANTS_ANSWER
    under_us = item.parent_voice is Voice.OURS or item.scope is Scope.OFFICIAL
    return Why.UNDER_OUR_POST if under_us else None


def _say(item: FreshItem, batch: _Batch) -> Converses | None:
    """The author says something: old news and what wants no answer start no clock; a clock that runs is not set back.

    What was written before our answer and came in after it joins the answered conversation; only a newer word opens it again.
    """
    why = reason_of(item)
    current = batch.open.get(item.conversation_key)
    if why is None or (why is Why.UNDER_OUR_POST and current is None):
        return None
    if current is not None and current.answered and current.answer_at is not None and item.created_at <= current.answer_at:
        return _converses(item, item.conversation_key, current, why, late=True)
    owner = current.owner if current else _owner(item, batch.settings)
    running = current.due_at if current and not current.answered else None
    wants = why is Why.WANTS_ANSWER and item.may_page
    due = running or (answer_by(item.created_at, owner, batch.settings) if wants else None)
    now_open = _Open(owner, due, current.known if current else None, answer_at=current.answer_at if current else None)
    batch.open[item.conversation_key] = now_open
    end = resolve_by(item.created_at, owner, batch.settings) if wants else None
    return _converses(item, item.conversation_key, now_open, why, end=end, owed=owed_to(item, batch.settings) if wants else ())


def _answer(item: FreshItem, batch: _Batch) -> Converses | None:
    """We answered, here or in the platform's own app."""
    current = batch.open.get(item.answers_key or "")
    if current is None or item.answers_key is None or item.parent_voice is Voice.OURS:
        return None
    current.answered = True
    current.answer_at = max(item.created_at, current.answer_at or item.created_at)
    return _converses(item, item.answers_key, current, Why.WE_ANSWERED)


def _owner(item: FreshItem, settings: Settings) -> str:
    """Who answers for what wants an answer; for a plain remark, for whatever was found in it."""
    weighed = [Topic(finding.label, severity_of(finding, item)) for finding in item.findings]
    asking: Iterable[Topic] = [topic for topic in weighed if wants_answer(topic.label)]
    return route(place_of(item, settings), list(asking) or weighed, settings).owner


def _converses(
    item: FreshItem,
    key: str,
    current: _Open,
    why: Why,
    *,
    late: bool = False,
    end: datetime | None = None,
    owed: tuple[Owed, ...] = (),
) -> Converses:
    return Converses(
        key=key,
        item_id=item.item_id,
        brand=item.brand,
        platform=item.platform,
        owner=current.owner,
        author=item.author.name or item.author.handle,
        due_at=current.due_at,
        reason=why,
        conversation_id=current.known.conversation_id if current.known else None,
        answered=why is Why.WE_ANSWERED,
        late=late,
        resolve_by=end,
        owed=owed,
    )
