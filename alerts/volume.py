"""What many people say: complaints of one kind that become an incident by their number, labels that rise when they repeat."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from alerts.batch import Batch, followed
from alerts.easing import factor_of, is_safety, raised
from alerts.ledger import Entry
from alerts.reasons import Why
from alerts.route import Topic, place_of, route
from alerts.story import key_of
from alerts.weigh import REPEATED, REPEATED_BY, Effect, severity_of
from core.records import FreshItem, Recent
from core.types import Finding, Severity

Series = tuple[str | None, str]
"""A brand and a label."""


def by_volume(batch: Batch) -> None:
    """Open and grow the incidents of those complaints that only count."""
    for series, items in _counted(batch).items():
        _wave(series, items, batch)


def repeated(batch: Batch) -> None:
    """What several people say is graver than what one says, for some labels."""
    for entry in batch.ledger.entries:
        severity = REPEATED.get(entry.label)
        if severity is None or entry.is_resolved or not entry.reasons:
            continue
        joined = [item for item in batch.state.items if item.item_id in entry.item_ids]
        said = (one for one in _recent((entry.brand, entry.label), joined, batch) if one.may_page)
        if joined and peak_authors(said, batch.alerting.volume_window) >= REPEATED_BY:
            entry.rise(severity, place_of(joined[0], batch.settings), batch.settings, Why.REPEATED)


def peak_authors(recent: Iterable[Recent], window: timedelta) -> int:
    """The most different authors that any window of this length holds; linear in the sorted items."""
    ordered = sorted(recent, key=lambda one: one.created_at)
    inside: Counter[str] = Counter()
    peak = first = 0
    for one in ordered:
        inside[one.author_key] += 1
        while one.created_at - ordered[first].created_at > window:
            gone = ordered[first].author_key
            inside[gone] -= 1
            if not inside[gone]:
                del inside[gone]
            first += 1
        peak = max(peak, len(inside))
    return peak


def _counted(batch: Batch) -> Mapping[Series, list[FreshItem]]:
    """The items whose complaints count towards a volume, by brand and label."""
    counted: defaultdict[Series, list[FreshItem]] = defaultdict(list)
    for item in batch.state.items:
        labels = {one.finding.label for one in batch.weighed[item.item_id] if one.effect is Effect.COUNTS}
        for label in sorted(labels):
            counted[(item.brand, label)].append(item)
    return counted


def _wave(series: Series, items: Sequence[FreshItem], batch: Batch) -> None:
    """Many people with one complaint are one incident: opened by the eighth, raised once by the twentieth; by more of them while an
    event is expected. A wave that people called irrelevant goes on in silence, unless it grows to be high."""
    first = items[0]
    finding = next(one.finding for one in batch.weighed[first.item_id] if one.finding.label == series[1] and one.effect is Effect.COUNTS)
    key = key_of(first, finding, batch.settings)
    entry, ended_at = batch.ledger.by_key(key), batch.ledger.ended_at(key)
    recent = [one for one in _recent(series, items, batch) if ended_at is None or one.created_at > ended_at]
    paging = peak_authors((one for one in recent if one.may_page), batch.alerting.volume_window)
    factor = factor_of(*series, batch.state.expected)
    volume, volume_high = raised(batch.alerting.volume, factor), raised(batch.alerting.volume_high, factor)
    if entry is not None and _stays_irrelevant(entry, paging >= volume_high, batch):
        entry.join_ids((item.item_id for item in items), Why.IRRELEVANT)
        return
    if entry is None or entry.is_resolved:
        if peak_authors(recent, batch.alerting.volume_window) < volume:
            return
        entry = _open_volume(first, finding, entry, paging >= volume, batch)
        entry.join_ids((one.item_id for one in recent), Why.VOLUME)
    for item in items:
        if _belongs(entry, item, batch):
            entry.join(item, Why.SAME_STORY)
    if paging >= volume and not entry.paging:
        entry.join_ids((one.item_id for one in recent), Why.VOLUME)
        entry.page()
    if paging >= volume_high:
        entry.rise(Severity.HIGH, place_of(first, batch.settings), batch.settings, Why.VOLUME_HIGH)


def _stays_irrelevant(entry: Entry, is_high: bool, batch: Batch) -> bool:
    """It was judged, and what comes now is not graver than what was judged then."""
    return entry.is_irrelevant(batch.now) and not is_safety(entry.label) and (not is_high or entry.severity >= Severity.HIGH)


def _recent(series: Series, items: Iterable[FreshItem], batch: Batch) -> list[Recent]:
    """Who said it lately, the fresh items included whether the store counted them or not; each item once."""
    fresh = (Recent(item_id=i.item_id, author_key=i.author_key, created_at=i.created_at, may_page=i.may_page) for i in items)
    return list({one.item_id: one for one in (*batch.state.recent.get(series, ()), *fresh)}.values())


def _open_volume(first: FreshItem, finding: Finding, before: Entry | None, may_page: bool, batch: Batch) -> Entry:
    """The wave's incident: the old one again when it comes back inside the flap window, else a new one."""
    if before is not None and may_page and not batch.is_past(before):
        before.reopen()
        return before
    severity = max(Severity.MEDIUM, severity_of(finding, first))
    routed = route(place_of(first, batch.settings), [Topic(finding.label, severity)], batch.settings)
    entry = Entry(
        key=key_of(first, finding, batch.settings),
        brand=first.brand,
        label=finding.label,
        severity=severity,
        owner=routed.owner,
        paging=may_page,
        why=Why.VOLUME,
        follows=followed(before),
        participants=dict.fromkeys(routed.participants),
    )
    return batch.ledger.add(entry)


def _belongs(entry: Entry, item: FreshItem, batch: Batch) -> bool:
    """Old news does not join what pages people now."""
    if item.may_page or not entry.paging or entry.known is None:
        return True
    return item.created_at >= entry.known.opened_at - batch.alerting.volume_window
