"""What a click on a message's button does: the same acts as the pages', by whoever the click's contact belongs to.

A click counts once: its own name is kept under a unique index in the transaction of its act, so that a request which comes again
(the service tries twice, somebody replays it) finds its work done and changes nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import ModuleType

from actions import incidents
from alerts import clicked as words
from alerts.channels import CHANNELS
from alerts.channels.base import Click, Knock, Reply
from core.access import Right, viewer_of
from core.accounts import Clicked
from core.errors import ClickRefused, Conflict, DeliveryError, NotFound
from core.http import Http
from core.links import CLICK_MAX_AGE, ClickToken, digest, read_click
from core.records import IncidentCard
from core.settings import ChannelSettings, Person, Settings
from core.types import ClickAct, IncidentState
from storage import Store

SNOOZE = timedelta(hours=1)
LONGEST_NAME = 100

_ENDS = {
    ClickAct.ACKNOWLEDGE: ("acknowledged", "resolved", "irrelevant", "merged_into"),
    ClickAct.RESOLVE: ("resolved", "irrelevant", "merged_into"),
    ClickAct.SNOOZE: ("resolved", "irrelevant", "merged_into"),
    ClickAct.IRRELEVANT: ("irrelevant", "merged_into"),
}


@dataclass(frozen=True, slots=True)
class Taken:
    """The answer to the service; `aside`, where it is given, says it to whoever clicked, in a service that shows no answers.

    `became` is "done", "not_done", or "greeted" where the service only asked whether somebody is here.
    """

    reply: Reply
    became: str
    aside: Callable[[Http], None] | None = None


@dataclass(frozen=True, slots=True)
class _Desk:
    store: Store
    settings: Settings
    now: datetime
    address: str

    def url(self, incident_id: int) -> str:
        return f"{self.address}/incidents/{incident_id}"

    def name(self, person: str | None) -> str:
        """What somebody is called; '' for nobody, and for Czujka itself."""
        known = {one.id: one.name or one.id for one in self.settings.person}
        return known.get(person or "", "" if person in (None, "czujka") else str(person))


def take(
    store: Store, settings: Settings, secret: str, address: str, channel_id: str, headers: Mapping[str, str], body: bytes, now: datetime
) -> Taken:
    """One request of a service. `headers` have names in small letters; `address` is where our pages are; `now` is aware UTC.

    Raises ClickRefused: no_such_channel, secret_missing, forged, stale, unreadable.
    """
    chosen, channel = _channel(settings, channel_id)
    knock = Knock(headers, body, now)
    click = _read(channel, knock, chosen)
    if isinstance(click, Reply):
        return Taken(click, "greeted")
    token = read_click(secret, channel_id, click.token, now, max_age=timedelta.max)
    if token is None:
        raise ClickRefused("the button was not made here", reason="forged")
    said, is_done = _act(_Desk(store, settings, now, address), chosen, click, token)
    whisper = getattr(channel, "whisper", None)
    aside = None if whisper is None else lambda http: whisper(said, knock, chosen, http)
    return Taken(channel.answer_click(said, is_done, knock), "done" if is_done else "not_done", aside)


def _channel(settings: Settings, channel_id: str) -> tuple[ChannelSettings, ModuleType]:
    """The channel of that name, if it takes clicks."""
    chosen = next((one for one in settings.channel if one.id == channel_id), None)
    channel = CHANNELS.get(chosen.kind) if chosen is not None else None
    takes = getattr(channel, "takes_clicks", None)
    if chosen is None or channel is None or takes is None or not takes(chosen):
        raise ClickRefused("there is no channel of this name that takes clicks", reason="no_such_channel")
    return chosen, channel


def _read(channel: ModuleType, knock: Knock, chosen: ChannelSettings) -> Click | Reply:
    try:
        click: Click | Reply = channel.read_click(knock, chosen)
    except DeliveryError as error:
        raise ClickRefused(f"channel {chosen.id}: {error}", reason="secret_missing") from None
    return click


def _act(desk: _Desk, chosen: ChannelSettings, click: Click, token: ClickToken) -> tuple[str, bool]:
    """What whoever clicked is told, and whether it was done."""
    person = _person(desk.settings, f"{chosen.kind}:{click.user}")
    if person is None:
        return words.not_known(f"{chosen.kind}:{click.user[:LONGEST_NAME]}", desk.settings.company.languages[0]), False
    language, n = person.language, token.incident_id
    once = digest(click.once)
    before = desk.store.clicks.same(chosen.id, once)
    if before is not None:
        return words.done_already(n, desk.name(before.person), language), False
    if desk.now - token.made_at > CLICK_MAX_AGE:
        return words.too_old(desk.url(n), language), False
    try:
        card = desk.store.incidents.card(n, evidence=0)
    except NotFound:
        return words.not_possible(n, desk.url(n), language), False
    if not _may(person, card, desk.settings):
        return words.not_yours(n, language), False
    record = Clicked(channel=chosen.id, once=once, person=person.id, act=token.act.value, incident_id=n, at=desk.now)
    return _done(desk, token.act, record, language)


def _person(settings: Settings, contact: str) -> Person | None:
    """Whose contact this is."""
    return next((one for one in settings.person if contact in one.contacts), None)


def _may(person: Person, card: IncidentCard, settings: Settings) -> bool:
    """Whoever was told of an incident may act on it, as by the link in the message; so may whose role says it."""
    owners = (card.row.owner, *card.participants)
    return any(told.person == person.id for told in card.told) or viewer_of(person.id, settings).may(Right.ACT, owners, card.row.brand)


def _done(desk: _Desk, act: ClickAct, record: Clicked, language: str) -> tuple[str, bool]:
    """Do it, unless it is done; whatever came of it, the click is counted."""
    n = record.incident_id
    until = desk.now + SNOOZE
    try:
        if _does(desk, act, record, until):
            return words.done(act, n, until, desk.settings.zone(), language), True
        desk.store.clicks.note(record)
    except Conflict as error:
        if error.reason == "clicked_before":
            before = desk.store.clicks.same(record.channel, record.once)
            return words.done_already(n, desk.name(before.person if before else None), language), False
    by = _who(desk, act, n)
    return (words.not_possible(n, desk.url(n), language) if by is None else words.done_already(n, desk.name(by), language)), False


def _does(desk: _Desk, act: ClickAct, record: Clicked, until: datetime) -> bool:
    """False: it was done already. Raises Conflict."""
    store, settings, n, who, now = desk.store, desk.settings, record.incident_id, record.person, desk.now
    if act is ClickAct.ACKNOWLEDGE:
        return incidents.acknowledge(store, settings, n, who, now, seen=IncidentState.OPEN, clicked=record) is not None
    if act is ClickAct.RESOLVE:
        return incidents.resolve(store, settings, n, who, now, clicked=record) is not None
    if act is ClickAct.SNOOZE:
        incidents.snooze(store, settings, n, who, now, until=until, clicked=record)
    else:
        incidents.dismiss(store, settings, n, who, now, clicked=record)
    return True


def _who(desk: _Desk, act: ClickAct, incident_id: int) -> str | None:
    """Who did it before: the last one to put the incident where this act would have put it."""
    card = desk.store.incidents.card(incident_id, evidence=0)
    return next((event.actor for event in reversed(card.events) if event.kind in _ENDS[act]), None)
