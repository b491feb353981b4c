"""Decides what fresh items do: conversations opened, joined, answered; incidents opened, grown, raised, reopened.

Source: docs/adr/0005-incidents-and-stories.md, where the rules stand in words.
"""

from datetime import datetime
from itertools import chain, count

from alerts.batch import Batch, Weighed, batch, followed
from alerts.converse import converse
from alerts.easing import without_muted
from alerts.ledger import Entry
from alerts.legal import owed_for
from alerts.reasons import Why
from alerts.route import Topic, place_of, route
from alerts.story import is_named, is_wave, key_of, title_of
from alerts.takeover import with_takeovers
from alerts.volume import by_volume, repeated
from alerts.weigh import Effect
from core.likeness.alike import goes_by_likeness
from core.records import Assessed, AssessState, FreshItem
from core.settings import Settings


def decide(state: AssessState, settings: Settings, now: datetime) -> Assessed:
    """What follows from a batch of fresh items. Pure; `now` is aware UTC. Every item is answered for, and for each incident there is
    at most one decision."""
    state, found = with_takeovers(state, settings)
    state, held = without_muted(state)
    fresh = batch(state, settings, now)
    for item in state.items:
        _by_content(item, fresh)
    by_volume(fresh)
    repeated(fresh)
    return Assessed(
        item_ids=tuple(item.item_id for item in state.items),
        opens=fresh.ledger.opens(settings),
        grows=fresh.ledger.grows(),
        converses=converse(state, settings),
        held=held,
        found=found,
    )


def _by_content(item: FreshItem, batch: Batch) -> None:
    """One item joins every story that it tells and opens at most one: the gravest. Owners of what else it says take part there."""
    families: dict[str, Entry] = {}
    opened: Entry | None = None
    for one in batch.weighed[item.item_id]:
        family = one.finding.label.partition(".")[0]
        if one.effect not in {Effect.PAGES, Effect.SHOWS}:
            _by_likeness(item, one, batch)
            continue
        entry = _story(item, one, batch)
        if entry is not None and entry.absorbs(item, one.severity, batch.now):
            entry.join(item, Why.IRRELEVANT)
            continue
        if entry is not None:
            families.setdefault(family, entry)
            _join(entry, item, one, batch)
        elif (entry := families.get(family) or opened) is not None:
            routed = route(place_of(item, batch.settings), [one.topic], batch.settings)
            entry.invite((routed.owner, *routed.participants))
        else:
            entry = opened = families.setdefault(family, _open(item, one, batch))
        if item.may_page:
            entry.owe(owed_for(item, [one.finding]))


def _by_likeness(item: FreshItem, one: Weighed, batch: Batch) -> None:
    """What would do nothing by itself still belongs to the story of which it is a copy."""
    entry = batch.ledger.near(item, one.finding.label)
    if entry is not None and not entry.is_resolved:
        entry.join(item, Why.NEAR_DUPLICATE)


def _story(item: FreshItem, one: Weighed, batch: Batch) -> Entry | None:
    """The incident that tells this item's story: by key, by likeness, or as the running wave of its label. None: a new story."""
    label = one.finding.label
    if is_wave(label):
        found = next((entry for entry in batch.ledger.of(item.brand, label) if _is_same_wave(entry, item, batch)), None)
    else:
        found = batch.ledger.by_key(key_of(item, one.finding, batch.settings))
    if (found is None or found.is_resolved) and not is_named(label):
        found = next((entry for entry in (batch.ledger.near(item, label),) if entry is not None and _lives(entry, item, one, batch)), found)
    if (found is None or found.is_resolved) and goes_by_likeness(label):
        found = batch.ledger.alike(item, label, batch.now - batch.alerting.story_window) or found
    return None if found is None or (batch.is_past(found) and not _lives(found, item, one, batch)) else found


def _lives(entry: Entry, item: FreshItem, one: Weighed, batch: Batch) -> bool:
    """It is not over; or it is irrelevant, and this item is more of the same."""
    return not entry.is_resolved or entry.absorbs(item, one.severity, batch.now)


def _is_same_wave(entry: Entry, item: FreshItem, batch: Batch) -> bool:
    """Old news does not join what pages people now; what is silent for a story window is over."""
    window = batch.alerting.story_window
    opened_at, last_item_at = (entry.known.opened_at, entry.known.last_item_at) if entry.known else (batch.now, batch.now)
    if item.may_page or not entry.paging:
        return batch.now - last_item_at <= window
    return item.created_at >= opened_at - window


def _join(entry: Entry, item: FreshItem, one: Weighed, batch: Batch) -> None:
    """The item joins; it may raise the incident, make it page, bring it back."""
    if goes_by_likeness(one.finding.label):
        entry.explain(item)
    entry.join(item, Why.SAME_STORY)
    topic = Topic(one.finding.label, max(one.severity, entry.severity))
    routed = route(place_of(item, batch.settings), [topic], batch.settings)
    entry.invite((routed.owner, *routed.participants))
    if item.may_page or not entry.paging:
        entry.rise(one.severity, place_of(item, batch.settings), batch.settings, Why.RAISED)
    if item.may_page and entry.is_resolved:
        entry.reopen()
    if item.may_page and one.effect is Effect.PAGES:
        entry.page()


def _open(item: FreshItem, one: Weighed, batch: Batch) -> Entry:
    """A new incident; its route is chosen now and stays."""
    routed = route(place_of(item, batch.settings), [one.topic], batch.settings)
    key = key_of(item, one.finding, batch.settings)
    entry = Entry(
        key=_free_key(key, item.created_at if is_wave(one.finding.label) else batch.now, batch),
        brand=item.brand,
        label=one.finding.label,
        severity=one.severity,
        owner=routed.owner,
        paging=item.may_page and one.effect is Effect.PAGES,
        why=Why.SEVERITY,
        title=title_of(item, one.finding, batch.settings),
        follows=followed(batch.ledger.by_key(key)),
        participants=dict.fromkeys(routed.participants),
    )
    if goes_by_likeness(one.finding.label):
        entry.among = batch.ledger.looked_at(item.brand, one.finding.label)
    entry.join(item, Why.SAME_STORY)
    return batch.ledger.add(entry)


def _free_key(key: str, at: datetime, batch: Batch) -> str:
    """The key, or while an unresolved incident holds it the key with a day, then with a number: never two incidents for one."""
    day = f"{key}:{at.date().isoformat()}"
    candidates = chain((key, day), (f"{day}:{number}" for number in count(2)))
    return next(free for free in candidates if (taken := batch.ledger.by_key(free)) is None or taken.is_resolved)
