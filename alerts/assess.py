"""Decides what fresh items do: conversations opened, joined, answered; incidents opened, grown, raised, reopened.

Source: docs/adr/0005-incidents-and-stories.md, where the rules stand in words.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, count

from alerts.converse import converse
from alerts.ledger import Entry, Ledger
from alerts.reasons import Why
from alerts.route import Topic, place_of, route
from alerts.story import is_wave, key_of, title_of
from alerts.volume import peak_authors
from alerts.weigh import REPEATED, REPEATED_BY, Effect, effect_of, severity_of
from core.records import Assessed, AssessState, FreshItem, Recent
from core.settings import Alerting, Settings
from core.types import Finding, Severity

Series = tuple[str | None, str]
"""A brand and a label."""


@dataclass(frozen=True, slots=True)
class _Weighed:
    """A finding, how grave it is here, and what it does."""

    finding: Finding
    severity: Severity
    effect: Effect

    @property
    def topic(self) -> Topic:
        return Topic(self.finding.label, self.severity)


@dataclass(frozen=True, slots=True)
class _World:
    state: AssessState
    settings: Settings
    ledger: Ledger
    now: datetime

    @property
    def alerting(self) -> Alerting:
        return self.settings.alerting


def decide(state: AssessState, settings: Settings, now: datetime) -> Assessed:
    """What follows from a batch of fresh items. Pure; `now` is aware UTC. Every item is answered for, and for each incident there is
    at most one decision."""
    world = _World(state, settings, Ledger(state.incidents), now)
    for item in state.items:
        _by_content(item, world)
    for series, items in _counted(state.items).items():
        _by_volume(series, items, world)
    _repeated(world)
    return Assessed(
        item_ids=tuple(item.item_id for item in state.items),
        opens=world.ledger.opens(settings),
        grows=world.ledger.grows(),
        converses=converse(state, settings),
    )


def _weighed(item: FreshItem) -> list[_Weighed]:
    """The item's findings, the gravest first, then the surest."""
    found = [(finding, severity_of(finding, item)) for finding in item.findings if finding.reported]
    ordered = sorted(found, key=lambda one: (-one[1].rank, -one[0].score, one[0].label, one[0].start or 0))
    return [_Weighed(finding, severity, effect_of(finding.label, severity)) for finding, severity in ordered]


def _by_content(item: FreshItem, world: _World) -> None:
    """One item joins every story that it tells and opens at most one: the gravest. Owners of what else it says take part there."""
    families: dict[str, Entry] = {}
    opened: Entry | None = None
    for one in _weighed(item):
        family = one.finding.label.partition(".")[0]
        if one.effect not in {Effect.PAGES, Effect.SHOWS}:
            _by_likeness(item, one, world)
            continue
        entry = _story(item, one, world)
        if entry is not None:
            families.setdefault(family, entry)
            _join(entry, item, one, world)
        elif (host := families.get(family) or opened) is not None:
            routed = route(place_of(item, world.settings), [one.topic], world.settings)
            host.invite((routed.owner, *routed.participants))
        else:
            opened = families.setdefault(family, _open(item, one, world))


def _by_likeness(item: FreshItem, one: _Weighed, world: _World) -> None:
    """What would do nothing by itself still belongs to the story of which it is a copy."""
    entry = world.ledger.near(item, one.finding.label)
    if entry is not None and not entry.is_resolved:
        entry.join(item, Why.NEAR_DUPLICATE)


def _story(item: FreshItem, one: _Weighed, world: _World) -> Entry | None:
    """The incident that tells this item's story: by key, by likeness, or as the running wave of its label. None: a new story."""
    label = one.finding.label
    if is_wave(label):
        found = next((entry for entry in world.ledger.of(item.brand, label) if _is_same_wave(entry, item, world)), None)
    else:
        found = world.ledger.by_key(key_of(item, one.finding, world.settings))
    if found is None or found.is_resolved:
        found = next((entry for entry in (world.ledger.near(item, label),) if entry is not None and not entry.is_resolved), found)
    return None if found is None or _is_past(found, world) else found


def _is_same_wave(entry: Entry, item: FreshItem, world: _World) -> bool:
    """Old news does not join what pages people now; what is silent for a story window is over."""
    window = world.alerting.story_window
    opened_at, last_item_at = (entry.known.opened_at, entry.known.last_item_at) if entry.known else (world.now, world.now)
    if item.may_page or not entry.paging:
        return world.now - last_item_at <= window
    return item.created_at >= opened_at - window


def _is_past(entry: Entry, world: _World) -> bool:
    """Resolved, and longer ago than the flap window: the same story again is a new incident that follows the old one."""
    resolved_at = entry.known.resolved_at if entry.known is not None else None
    return entry.is_resolved and resolved_at is not None and world.now - resolved_at > world.alerting.flap_window


def _join(entry: Entry, item: FreshItem, one: _Weighed, world: _World) -> None:
    """The item joins; it may raise the incident, make it page, bring it back."""
    entry.join(item, Why.SAME_STORY)
    topic = Topic(one.finding.label, max(one.severity, entry.severity))
    routed = route(place_of(item, world.settings), [topic], world.settings)
    entry.invite((routed.owner, *routed.participants))
    entry.rise(one.severity, place_of(item, world.settings), world.settings, Why.RAISED)
    if item.may_page and entry.is_resolved:
        entry.reopen()
    if item.may_page and one.effect is Effect.PAGES:
        entry.page()


def _open(item: FreshItem, one: _Weighed, world: _World) -> Entry:
    """A new incident; its route is chosen now and stays."""
    routed = route(place_of(item, world.settings), [one.topic], world.settings)
    key = key_of(item, one.finding, world.settings)
    entry = Entry(
        key=_free_key(key, item.created_at if is_wave(one.finding.label) else world.now, world),
        brand=item.brand,
        label=one.finding.label,
        severity=one.severity,
        owner=routed.owner,
        paging=item.may_page and one.effect is Effect.PAGES,
        why=Why.SEVERITY,
        title=title_of(item, one.finding, world.settings),
        follows=_followed(key, world),
        participants=dict.fromkeys(routed.participants),
    )
    entry.join(item, Why.SAME_STORY)
    return world.ledger.add(entry)


def _free_key(key: str, at: datetime, world: _World) -> str:
    """The key, or while an unresolved incident holds it the key with a day, then with a number: never two incidents for one."""
    day = f"{key}:{at.date().isoformat()}"
    candidates = chain((key, day), (f"{day}:{number}" for number in count(2)))
    return next(free for free in candidates if (taken := world.ledger.by_key(free)) is None or taken.is_resolved)


def _followed(key: str, world: _World) -> int | None:
    """The resolved incident that told this story before."""
    before = world.ledger.by_key(key)
    return before.known.incident_id if before is not None and before.known is not None and before.is_resolved else None


def _counted(items: Sequence[FreshItem]) -> Mapping[Series, list[FreshItem]]:
    """The items whose complaints count towards a volume, by brand and label."""
    counted: defaultdict[Series, list[FreshItem]] = defaultdict(list)
    for item in items:
        labels = {one.finding.label for one in _weighed(item) if one.effect is Effect.COUNTS}
        for label in sorted(labels):
            counted[(item.brand, label)].append(item)
    return counted


def _by_volume(series: Series, items: Sequence[FreshItem], world: _World) -> None:
    """Many people with one complaint are one incident: opened by the eighth, raised once by the twentieth."""
    first = items[0]
    finding = next(one.finding for one in _weighed(first) if one.finding.label == series[1] and one.effect is Effect.COUNTS)
    entry = world.ledger.by_key(key_of(first, finding, world.settings))
    ended_at = entry.known.resolved_at if entry is not None and entry.known is not None and entry.is_resolved else None
    recent = [one for one in _recent(series, items, world) if ended_at is None or one.created_at > ended_at]
    paging = peak_authors((one for one in recent if one.may_page), world.alerting.volume_window)
    if entry is None or entry.is_resolved:
        if peak_authors(recent, world.alerting.volume_window) < world.alerting.volume:
            return
        entry = _open_volume(first, finding, entry, paging >= world.alerting.volume, world)
        entry.join_ids((one.item_id for one in recent), Why.VOLUME)
    for item in items:
        if _belongs(entry, item, world):
            entry.join(item, Why.SAME_STORY)
    if paging >= world.alerting.volume:
        entry.page()
    if paging >= world.alerting.volume_high:
        entry.rise(Severity.HIGH, place_of(first, world.settings), world.settings, Why.VOLUME_HIGH)


def _recent(series: Series, items: Iterable[FreshItem], world: _World) -> list[Recent]:
    """Who said it lately, the fresh items included whether the store counted them or not; each item once."""
    fresh = (Recent(item_id=i.item_id, author_key=i.author_key, created_at=i.created_at, may_page=i.may_page) for i in items)
    return list({one.item_id: one for one in (*world.state.recent.get(series, ()), *fresh)}.values())


def _open_volume(first: FreshItem, finding: Finding, before: Entry | None, may_page: bool, world: _World) -> Entry:
    """The wave's incident: the old one again when it comes back inside the flap window, else a new one."""
    if before is not None and may_page and not _is_past(before, world):
        before.reopen()
        return before
    severity = max(Severity.MEDIUM, severity_of(finding, first))
    routed = route(place_of(first, world.settings), [Topic(finding.label, severity)], world.settings)
    entry = Entry(
        key=key_of(first, finding, world.settings),
        brand=first.brand,
        label=finding.label,
        severity=severity,
        owner=routed.owner,
        paging=may_page,
        why=Why.VOLUME,
        follows=before.known.incident_id if before is not None and before.known is not None else None,
        participants=dict.fromkeys(routed.participants),
    )
    return world.ledger.add(entry)


def _belongs(entry: Entry, item: FreshItem, world: _World) -> bool:
    """Old news does not join what pages people now."""
    if item.may_page or not entry.paging or entry.known is None:
        return True
    return item.created_at >= entry.known.opened_at - world.alerting.volume_window


def _repeated(world: _World) -> None:
    """What several people say is graver than what one says, for some labels."""
    for entry in world.ledger.entries:
        severity = REPEATED.get(entry.label)
        if severity is None or entry.is_resolved or not entry.reasons:
            continue
        joined = [item for item in world.state.items if item.item_id in entry.item_ids]
        said = (one for one in _recent((entry.brand, entry.label), joined, world) if one.may_page)
        if joined and peak_authors(said, world.alerting.volume_window) >= REPEATED_BY:
            entry.rise(severity, place_of(joined[0], world.settings), world.settings, Why.REPEATED)
