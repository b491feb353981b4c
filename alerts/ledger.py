"""The incidents as one batch changes them: known ones that grow, new ones that open. One decision for each, whatever joins it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from alerts.easing import is_safety
from alerts.policy import policy_of
from alerts.reasons import Why
from alerts.route import Place, joined_at
from core.duties import DutyKind, Owed
from core.likeness.alike import MOST_COMPARED, NEWEST, closest
from core.records import FreshItem, Grows, OpenIncident, Opens, Taken, Teller
from core.settings import Settings
from core.types import IncidentState, Severity

_TELLING = (
    Why.VOLUME_HIGH,
    Why.REPEATED,
    Why.RAISED,
    Why.RETURNED,
    Why.MAY_PAGE_NOW,
    Why.VOLUME,
    Why.NEAR_DUPLICATE,
    Why.SAME_STORY,
    Why.IRRELEVANT,
)


@dataclass(slots=True)
class Entry:
    """One incident in the making. `known` is what the store has of it, None for a new one."""

    key: str
    brand: str | None
    label: str
    severity: Severity
    owner: str
    paging: bool
    why: Why
    known: OpenIncident | None = None
    title: str = ""
    follows: int | None = None
    reopens: bool = False
    participants: dict[str, None] = field(default_factory=dict)
    item_ids: dict[int, None] = field(default_factory=dict)
    bands: set[int] = field(default_factory=set)
    reasons: set[Why] = field(default_factory=set)
    owed: dict[DutyKind, Owed] = field(default_factory=dict)
    tellers: list[Teller] = field(default_factory=list)
    among: tuple[tuple[int, int], ...] | None = None
    taken: list[Taken] = field(default_factory=list)

    @property
    def is_resolved(self) -> bool:
        """It is over, and nothing in this batch brings it back."""
        return self.known is not None and self.known.state is IncidentState.RESOLVED and not self.reopens

    @property
    def since(self) -> datetime:
        """Since when it is as it is; a new one has the future before it."""
        return (self.known.resolved_at or self.known.last_item_at) if self.known else datetime.max.replace(tzinfo=UTC)

    @property
    def last_item_at(self) -> datetime:
        """When it last grew; what this batch opens has just done so."""
        return self.known.last_item_at if self.known else datetime.max.replace(tzinfo=UTC)

    def is_irrelevant(self, now: datetime) -> bool:
        """People said of this whole story that it is nothing, and that holds for a while."""
        until = self.known.irrelevant_until if self.known is not None else None
        return self.is_resolved and until is not None and until > now

    def absorbs(self, item: FreshItem, severity: Severity, now: datetime) -> bool:
        """More of an irrelevant story joins in silence, unless it is graver than what was judged. Where people may come to harm, in
        leaks and in taken accounts only the same words again are more of the same."""
        same = not is_safety(self.label) or not self.bands.isdisjoint(item.bands)
        return self.is_irrelevant(now) and severity <= self.severity and same

    def owe(self, owed: Iterable[Owed]) -> None:
        """Duties that it brings; the first time counts."""
        for one in owed:
            self.owed.setdefault(one.kind, one)

    def join(self, item: FreshItem, why: Why) -> None:
        """An item becomes part of it, once."""
        self.join_ids([item.item_id], why)
        self.bands.update(item.bands)
        self.tellers = [Teller(item_id=item.item_id, lang=item.lang, text=item.text), *self.tellers[: NEWEST - 1]]

    def explain(self, item: FreshItem) -> None:
        """Keep with which of its posts the item was taken, before it joins."""
        found = closest(item.text, item.lang, ((teller.item_id, teller.text, teller.lang) for teller in self.tellers))
        if found is not None:
            with_id, likeness = found
            self.taken.append(Taken(item_id=item.item_id, with_id=with_id, alike=round(likeness.score, 3)))

    def join_ids(self, item_ids: Iterable[int], why: Why) -> None:
        """The same for items of which only the ids are at hand."""
        self.item_ids.update(dict.fromkeys(item_ids))
        self.reasons.add(why)

    def invite(self, owners: Iterable[str]) -> None:
        """Other owners concerned take part."""
        self.participants.update(dict.fromkeys(owner for owner in owners if owner != self.owner))

    def rise(self, severity: Severity, place: Place, settings: Settings, why: Why) -> None:
        """Severity only rises; the owners whose routes ask for the new one take part."""
        if severity <= self.severity:
            return
        self.invite(joined_at(place, self.label, self.severity, severity, settings))
        self.severity = severity
        self.reasons.add(why)

    def page(self) -> None:
        """It may page from now on."""
        if not self.paging:
            self.paging = True
            self.reasons.add(Why.MAY_PAGE_NOW)

    def reopen(self) -> None:
        """It is not over, after all."""
        self.reopens = True
        self.reasons.add(Why.RETURNED)


class Ledger:
    """All incidents that a batch may touch."""

    def __init__(self, incidents: Sequence[OpenIncident]) -> None:
        self.entries: list[Entry] = []
        self._by_key: defaultdict[str, list[Entry]] = defaultdict(list)
        self._by_label: defaultdict[tuple[str | None, str], list[Entry]] = defaultdict(list)
        for incident in incidents:
            self.add(_known(incident))

    def add(self, entry: Entry) -> Entry:
        """One more incident; the key of a new one must be free among the unresolved. It also answers for what was merged into it."""
        self.entries.append(entry)
        self._by_key[entry.key].append(entry)
        self._by_label[(entry.brand, entry.label)].append(entry)
        for key, label in entry.known.aliases if entry.known else ():
            self._by_key[key].append(entry)
            if label != entry.label:
                self._by_label[(entry.brand, label)].append(entry)
        return entry

    def by_key(self, key: str) -> Entry | None:
        """The incident with this key: the unresolved one, else the one resolved last."""
        return _best(self._by_key.get(key, ()))

    def ended_at(self, key: str) -> datetime | None:
        """When an incident with this key was last resolved: what was said before then has been dealt with."""
        ends = (entry.known.resolved_at for entry in self._by_key.get(key, ()) if entry.known is not None)
        return max((at for at in ends if at is not None), default=None)

    def near(self, item: FreshItem, label: str) -> Entry | None:
        """An incident of this label whose items read like this one: they have a band of their signatures in common."""
        mine = self._by_label.get((item.brand, label), ()) if item.bands else ()
        return _best(entry for entry in mine if not entry.bands.isdisjoint(item.bands))

    def alike(self, item: FreshItem, label: str, since: datetime) -> Entry | None:
        """The unresolved incident of this label, active since then, that holds the post most alike; each may show an equal share."""
        entries = [entry for entry in self.of(item.brand, label) if not entry.is_resolved and entry.last_item_at >= since]
        share = max(1, MOST_COMPARED // max(1, len(entries)))
        posts = ((entry, teller.text, teller.lang) for entry in reversed(entries) for teller in entry.tellers[:share])
        found = closest(item.text, item.lang, posts)
        return found[0] if found is not None else None

    def looked_at(self, brand: str | None, label: str) -> tuple[tuple[int, int], ...]:
        """The unresolved incidents of this very label that the store showed, with how many items each held."""
        known = [entry.known for entry in self._by_label.get((brand, label), ()) if entry.known is not None]
        return tuple((one.incident_id, one.items) for one in known if one.label == label and one.state is not IncidentState.RESOLVED)

    def of(self, brand: str | None, label: str) -> list[Entry]:
        """Every incident of a label and a brand, the unresolved ones first."""
        return sorted(self._by_label.get((brand, label), ()), key=lambda entry: entry.is_resolved)

    def opens(self, settings: Settings) -> tuple[Opens, ...]:
        """What is new."""
        return tuple(_opens(entry, settings) for entry in self.entries if entry.known is None)

    def grows(self) -> tuple[Grows, ...]:
        """What changed of the known ones."""
        return tuple(_grows(entry, entry.known) for entry in self.entries if entry.known is not None and entry.reasons)


def _best(entries: Iterable[Entry]) -> Entry | None:
    """The unresolved one, else the one resolved last."""
    return max(entries, key=lambda entry: (not entry.is_resolved, entry.since), default=None)


def _known(incident: OpenIncident) -> Entry:
    return Entry(
        key=incident.dedup_key,
        brand=incident.brand,
        label=incident.label,
        severity=incident.severity,
        owner=incident.owner,
        paging=incident.paging,
        why=Why.SAME_STORY,
        known=incident,
        participants=dict.fromkeys(incident.participants),
        bands=set(incident.bands),
        tellers=list(incident.tellers),
    )


def _opens(entry: Entry, settings: Settings) -> Opens:
    return Opens(
        dedup_key=entry.key,
        brand=entry.brand,
        label=entry.label,
        title=entry.title,
        severity=entry.severity,
        owner=entry.owner,
        participants=tuple(entry.participants),
        item_ids=tuple(entry.item_ids),
        policy=policy_of(entry.owner, settings),
        paging=entry.paging,
        reason=entry.why,
        follows=entry.follows,
        owed=tuple(entry.owed.values()),
        among=entry.among,
        taken=tuple(entry.taken),
    )


def _grows(entry: Entry, known: OpenIncident) -> Grows:
    return Grows(
        incident_id=known.incident_id,
        version=known.version,
        item_ids=tuple(entry.item_ids),
        reason=next(why for why in _TELLING if why in entry.reasons),
        severity=entry.severity if entry.severity > known.severity else None,
        participants=tuple(owner for owner in entry.participants if owner not in known.participants),
        paging=entry.paging and not known.paging,
        reopens=entry.reopens,
        owed=tuple(entry.owed.values()),
        taken=tuple(entry.taken),
    )
