"""Deliver's shell: sends due deliveries side by side and records how each try ended."""

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from alerts import message
from alerts.channels import CHANNELS
from alerts.channels.base import able
from alerts.contacts import key
from alerts.deliver import after, gather
from alerts.follow import UPDATE, Follow, aside
from core import metrics
from core.canary import CANARY
from core.errors import Conflict, CzujkaError, DeliveryError
from core.failpoint import reach
from core.links import ack_token, clicks_of
from core.records import IncidentCard
from core.sending import DueDelivery, Outcome
from core.settings import ChannelSettings
from core.types import Clicks, Message, Receipt
from czujka import measuring
from czujka.house import House

LEASE = timedelta(minutes=2)
AT_ONCE = 8
EDITS = 3

log = logging.getLogger("czujka.deliver")


def send_due(house: House) -> int:
    """Try every due delivery once. Answers how many were sent."""
    due = house.store.deliveries.lease_due(house.clock(), AT_ONCE * 4, LEASE)
    for delivery in due:
        if delivery.uncertain:
            log.warning("delivery %s: an earlier try was not recorded; it is sent again and may arrive twice", delivery.delivery_id)
            metrics.DELIVERIES.add(channel=delivery.contact.channel, outcome=Outcome.UNKNOWN)
    edited = {one.id for one in house.settings.channel if able(CHANNELS.get(one.kind), one).edits}
    groups = gather(due, edited)
    if len(groups) <= 1:
        return sum(_try(house, group) for group in groups)
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="deliver") as pool:
        return sum(pool.map(lambda group: _try(house, group), groups))


def _try(house: House, group: tuple[DueDelivery, ...]) -> int:
    """Send one message, then record each delivery that it was. Killed between the two it is sent again: at least once, never lost."""
    cards = {one.incident_id: house.store.incidents.card(one.incident_id) for one in group}
    said = [one for one in group if not _is_put_aside(house, one, cards[one.incident_id])]
    if not said:
        return 0
    receipt: Receipt | None = None
    failure: DeliveryError | None = None
    delivery = said[0]
    told = {one.incident_id: cards[one.incident_id] for one in said}
    try:
        receipt = _send_as_it_is(house, delivery, list(told.values()))
        reach("deliver.sent")
    except DeliveryError as error:
        failure = error
        log.warning("delivery %s by %s: %s: %s", delivery.delivery_id, delivery.contact.channel, error.reason, error)
        metrics.ERRORS.add(stage="deliver", reason=error.reason)
    jitter = house.jitter()
    return sum(_record(house, one, failure, receipt, cards[one.incident_id], jitter) for one in said)


def _is_put_aside(house: House, delivery: DueDelivery, card: IncidentCard) -> bool:
    """An update that is not sent, or not yet."""
    channel = _channel(house, delivery)
    if delivery.kind != UPDATE or channel is None:
        return False
    now, thread = house.clock(), house.store.deliveries.thread(delivery.incident_id, key(delivery.contact))
    follow = Follow(able(CHANNELS.get(channel.kind), channel), house.settings.alerting.group_for)
    tried = aside(delivery, card, follow, thread, now)
    if tried is None:
        return False
    try:
        house.store.deliveries.record(tried, now)
    except Conflict:
        log.warning("delivery %s: another worker had taken it over", delivery.delivery_id)
    return True


def _send_as_it_is(house: House, delivery: DueDelivery, cards: list[IncidentCard]) -> Receipt:
    """An update that overtook, or was overtaken by, a change made meanwhile is sent again: the last word is the newest state."""
    receipt = _send(house, delivery, cards)
    for _ in range(EDITS if delivery.kind == UPDATE else 0):
        newer = [house.store.incidents.card(card.row.incident_id) for card in cards]
        if [card.row.version for card in newer] == [card.row.version for card in cards]:
            break
        cards = newer
        receipt = _send(house, delivery, cards)
    return receipt


def _channel(house: House, delivery: DueDelivery) -> ChannelSettings | None:
    return next((one for one in house.settings.channel if one.id == delivery.contact.channel), None)


def _record(
    house: House, delivery: DueDelivery, failure: DeliveryError | None, receipt: Receipt | None, card: IncidentCard, jitter: float
) -> bool:
    """How one delivery ended. The deliveries of one message wait for their next try together."""
    now = house.clock()
    tried = after(delivery, failure, receipt, house.settings, now, jitter)
    try:
        house.store.deliveries.record(tried, now)
    except Conflict:
        log.warning("delivery %s: another worker had taken it over", delivery.delivery_id)
        return False
    if card.row.brand == CANARY:
        return failure is None
    ended = "moved" if tried.moves_to else Outcome.UNKNOWN if tried.may_have_arrived else tried.outcome
    metrics.DELIVERIES.add(channel=delivery.contact.channel, outcome=ended)
    if failure is None and delivery.kind == "page":
        measuring.observe_way(card, now)
    return failure is None


def _send(house: House, delivery: DueDelivery, cards: Sequence[IncidentCard]) -> Receipt:
    """Through the delivery's channel. A bug of a channel is a failed try, not a lost message. Raises DeliveryError."""
    channel = _channel(house, delivery)
    if channel is None:
        raise DeliveryError(f"there is no channel {delivery.contact.channel!r} any more", permanent=True, reason="channel_gone")
    try:
        said = build(house, delivery, *cards)
        receipt: Receipt = CHANNELS.get(channel.kind).send(said, channel, delivery.contact, house.http)
    except DeliveryError:
        raise
    except CzujkaError as error:
        raise DeliveryError(str(error), permanent=False, reason=error.reason) from error
    except Exception as error:
        log.exception("delivery %s: the channel %s failed", delivery.delivery_id, channel.id)
        raise DeliveryError(f"{type(error).__name__} in channel {channel.id}", permanent=False, reason="channel_bug") from error
    return receipt


def build(house: House, delivery: DueDelivery, card: IncidentCard, *also: IncidentCard) -> Message:
    """The message of a delivery, in its reader's language, with a link that lets this reader acknowledge its own incident."""
    now, contact = house.clock(), delivery.contact
    token = ack_token(house.secret, delivery.incident_id, contact.person or key(contact), now)
    links = message.Links(f"{house.address()}/incidents/{delivery.incident_id}", f"{house.address()}/ack/{token}")
    return message.build(
        card,
        delivery,
        links,
        now,
        _around(house),
        thread=house.store.deliveries.thread(delivery.incident_id, key(contact)),
        also=also,
        clicks=_clicks(house, delivery, now),
    )


def _around(house: House) -> message.Around:
    return message.Around(
        because=house.because,
        timezone=house.settings.company.timezone,
        people={person.id: person.name or person.id for person in house.settings.person},
        code_names=[name for brand in house.settings.brand for name in brand.code_names],
    )


def _clicks(house: House, delivery: DueDelivery, now: datetime) -> Clicks | None:
    """What its buttons carry, where the channel is set up to take clicks."""
    channel = _channel(house, delivery)
    takes = getattr(CHANNELS.get(channel.kind), "takes_clicks", None) if channel is not None else None
    return (
        clicks_of(house.secret, house.address(), delivery.contact.channel, delivery.incident_id, now) if takes and takes(channel) else None
    )
