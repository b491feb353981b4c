"""Decides what follows from one try to send: sent, again later, on to the person's next contact, or failed."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from alerts import contacts
from alerts.follow import UPDATE
from alerts.reasons import TryReason
from core.errors import DeliveryError
from core.sending import DueDelivery, Outcome, Tried
from core.settings import Settings
from core.types import Contact, Receipt, Severity

FIRST_WAIT = timedelta(seconds=2)
LONGEST_WAIT = timedelta(minutes=5)
PATIENCE = timedelta(minutes=2)
PATIENCE_CRITICAL = timedelta(seconds=30)
PATIENCE_LAST = timedelta(hours=24)


def after(
    delivery: DueDelivery, error: DeliveryError | None, receipt: Receipt | None, settings: Settings, now: datetime, jitter: float
) -> Tried:
    """What follows. `jitter` is in [0, 1]; times are aware UTC.

    A permanent failure, or a temporary one that lasts 2 minutes (critical: 30 s), moves to the person's next contact. Where there is
    none, and for updates, a temporary failure is tried for a day: a mail that comes late is better than none. The incident's
    escalation goes on meanwhile. Source: Amazon Builders' Library, "Timeouts, retries, and backoff with jitter" (full jitter).
    """
    if error is None:
        remote_id = receipt.remote_id if receipt is not None else ""
        return _tried(delivery, Outcome.SENT, TryReason.SENT, remote_id=remote_id)
    following = None if delivery.kind == UPDATE else next_contact(delivery.contact, settings)
    until = (delivery.first_try_at or now) + (PATIENCE_LAST if following is None else _patience(delivery))
    if error.permanent or now >= until:
        return _tried(delivery, Outcome.FAILED, error.reason, moves_to=following, may_have_arrived=error.may_have_arrived)
    if following is not None and error.retry_at is not None and error.retry_at > until:
        return _tried(delivery, Outcome.FAILED, error.reason, moves_to=following, may_have_arrived=error.may_have_arrived)
    at = min(_retry_at(delivery, error, now, jitter), until)
    return _tried(delivery, Outcome.RETRY, error.reason, retry_at=at, may_have_arrived=error.may_have_arrived)


def gather(due: Sequence[DueDelivery], edited: Collection[str] = ()) -> list[tuple[DueDelivery, ...]]:
    """What had to wait and goes to one contact by one channel as one kind is one message, led by the gravest; the rest goes alone.

    In the channels of `edited` (ids) an update edits a message, so the updates of one incident there are one, and of two never.
    """
    groups: dict[tuple[str, ...], list[DueDelivery]] = {}
    for one in due:
        alone = () if one.held else (str(one.delivery_id),)
        if one.kind == UPDATE and one.contact.channel in edited:
            alone = (f"incident {one.incident_id}",)
        groups.setdefault((one.contact.channel, contacts.key(one.contact), one.kind, *alone), []).append(one)
    return [tuple(sorted(group, key=lambda one: (-one.severity.rank, one.delivery_id))) for group in groups.values()]


def next_contact(contact: Contact, settings: Settings) -> Contact | None:
    """The contact that this person gave after this one, None where there is no other; a channel has none."""
    if contact.person is None:
        return None
    all_of_them = contacts.of_person(contact.person, settings)
    places = [place for place, one in enumerate(all_of_them) if contacts.key(one) == contacts.key(contact)]
    following = all_of_them[places[0] + 1 :] if places else all_of_them
    return following[0] if following else None


def _patience(delivery: DueDelivery) -> timedelta:
    return PATIENCE_CRITICAL if delivery.severity is Severity.CRITICAL else PATIENCE


def _retry_at(delivery: DueDelivery, error: DeliveryError, now: datetime, jitter: float) -> datetime:
    """When the other side asks for it, else after a random part of a doubling wait; always at least a second."""
    if error.retry_at is not None and error.retry_at > now:
        return error.retry_at
    wait: timedelta = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(delivery.tries, 10))
    return now + max(wait * jitter, timedelta(seconds=1))


def _tried(
    delivery: DueDelivery,
    outcome: Outcome,
    reason: str,
    *,
    remote_id: str = "",
    retry_at: datetime | None = None,
    moves_to: Contact | None = None,
    may_have_arrived: bool = False,
) -> Tried:
    return Tried(
        delivery_id=delivery.delivery_id,
        token=delivery.token,
        outcome=outcome,
        reason=reason,
        remote_id=remote_id,
        retry_at=retry_at,
        moves_to=moves_to,
        may_have_arrived=may_have_arrived,
    )
