"""Decides what becomes of an update: whether a message that was sent is edited, a change is told anew, or not worth a word."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.channels.base import Capabilities
from alerts.contacts import key
from alerts.reasons import TryReason
from core.records import Event, IncidentCard
from core.sending import DueDelivery, Outcome, Tried

UPDATE = "update"
UNDER_WAY = timedelta(seconds=2)

_CHANGES = frozenset({"acknowledged", "resolved", "irrelevant", "merged_into", "reopened", "severity"})
_COMES_BACK = frozenset({"ack_expired", "snooze_ended"})


@dataclass(frozen=True, slots=True)
class Follow:
    """What a channel can do about a change, and for how long what is told anew is gathered."""

    can: Capabilities
    group_for: timedelta


def aside(due: DueDelivery, card: IncidentCard, follow: Follow, thread: str | None, now: datetime) -> Tried | None:
    """What is done with this update in place of sending it now, None when it is to be sent (as is all that is no update).

    Where messages can be edited, each change edits; one that is still under way is waited for, and where none arrived there is nothing
    to edit. Elsewhere a change is told anew if the channel is one for that, gathered with the next ones, and never to whoever made it.
    `thread` is the first message's remote id; `now` is aware UTC.
    """
    if due.kind != UPDATE:
        return None
    if follow.can.edits:
        if thread is not None:
            return None
        return _later(due, now + UNDER_WAY, TryReason.UNDER_WAY) if _is_under_way(due, card) else _dropped(due, TryReason.NOTHING_TO_EDIT)
    change = last_change(card)
    if card.row.state not in follow.can.follows_up_on or (change is not None and change.actor == due.contact.person):
        return _dropped(due, TryReason.NOT_SAID)
    return _later(due, now + follow.group_for, TryReason.GATHERED) if due.tries == 0 else None


def last_change(card: IncidentCard) -> Event | None:
    """The newest event that updates tell of."""
    return next((event for event in reversed(card.events) if event.kind in _CHANGES or event.reason in _COMES_BACK), None)


def _is_under_way(due: DueDelivery, card: IncidentCard) -> bool:
    mine = (key(due.contact), due.contact.channel)
    return any((told.contact, told.channel) == mine and told.state == "waiting" for told in card.told)


def _later(due: DueDelivery, at: datetime, reason: TryReason) -> Tried:
    return Tried(delivery_id=due.delivery_id, token=due.token, outcome=Outcome.RETRY, reason=reason, retry_at=at)


def _dropped(due: DueDelivery, reason: TryReason) -> Tried:
    return Tried(delivery_id=due.delivery_id, token=due.token, outcome=Outcome.DROPPED, reason=reason)
