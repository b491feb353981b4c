"""A small world in memory that does what the deciders say, as the store does, and refuses what the store's keys refuse."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from alerts.act import act
from alerts.assess import decide
from alerts.escalate import escalate
from core.records import Assessed, AssessState, FreshItem, Grows, IncidentRow, OpenConversation, OpenIncident, Opens, Override
from core.sending import DueIncident, Pages
from core.settings import Settings
from core.transitions import Acts
from core.types import IncidentState, Json, Severity
from tests.fakes.dairy import conversation, seen


@dataclass
class Incident:
    """An incident as a row of the store: what assess sees of it, and its timers."""

    seen: OpenIncident
    title: str
    policy: Json
    follows: int | None
    next_step_at: datetime | None
    item_ids: set[int] = field(default_factory=set)
    bands: set[int] = field(default_factory=set)
    step: int = 0
    repeated: int = 0
    acknowledged_by: str | None = None
    ack_expires_at: datetime | None = None
    snoozed_until: datetime | None = None
    told: tuple[str, ...] = ()
    informed: set[str] = field(default_factory=set)

    @property
    def is_resolved(self) -> bool:
        return self.seen.state is IncidentState.RESOLVED


@dataclass(frozen=True)
class Sent:
    """One delivery."""

    at: datetime
    incident_id: int
    kind: str
    contact: str
    reason: str


@dataclass
class World:
    """Time stands still until `forward`; whatever was due on the way is done when it was due."""

    settings: Settings
    now: datetime
    overrides: tuple[Override, ...] = ()
    incidents: dict[int, Incident] = field(default_factory=dict)
    conversations: dict[str, OpenConversation] = field(default_factory=dict)
    items: dict[int, FreshItem] = field(default_factory=dict)
    sent: list[Sent] = field(default_factory=list)

    def collect(self, *items: FreshItem) -> Assessed:
        """Assess these items as one batch, and page whom that pages."""
        state = self._state(items)
        self.items |= {item.item_id: item for item in items}
        done = decide(state, self.settings, self.now)
        assert done.item_ids == tuple(item.item_id for item in items)
        for opens in done.opens:
            self._open(opens)
        for grows in done.grows:
            self._grow(grows)
        for number, one in enumerate(done.converses, start=len(self.conversations) + 1):
            self.conversations[one.key] = conversation(one, number, self.now)
        self.notify()
        return done

    def forward(self, by: timedelta) -> None:
        """Let time pass, from timer to timer."""
        end = self.now + by
        while (timer := min((at for at in map(timer_of, self.incidents.values()) if at is not None), default=end)) < end:
            self.now = max(self.now, timer)
            self.notify()
        self.now = end
        self.notify()

    def act(self, incident_id: int, what: Acts, actor: str, until: datetime | None = None) -> None:
        """A person acts. Raises Conflict as the store and the decider do."""
        one = self.incidents[incident_id]
        done = act(self.row(incident_id), what, actor, self.now, self.settings, until)
        one.seen = replace(one.seen, state=done.state, resolved_at=done.resolved_at, version=one.seen.version + 1)
        one.acknowledged_by, one.ack_expires_at = done.acknowledged_by, done.ack_expires_at
        one.snoozed_until, one.next_step_at = done.snoozed_until, done.next_step_at
        self._keys_are_unique()

    def notify(self) -> None:
        """Page until nothing is due; nobody gets one message twice."""
        for incident_id in list(self.incidents):
            already: set[str] = set()
            for _ in range(10):
                pages = escalate(self.due(incident_id), self.settings, self.overrides, self.now)
                if pages is None or not self.incidents[incident_id].seen.paging:
                    break
                fresh = {contact.person or contact.address for contact in pages.contacts}
                assert not fresh & already, f"told twice: {fresh & already}"
                already |= fresh
                self._page(pages)
            else:
                raise AssertionError(f"incident {incident_id} is due for ever")

    def due(self, incident_id: int) -> DueIncident:
        one = self.incidents[incident_id]
        return DueIncident(
            incident_id=incident_id,
            version=one.seen.version,
            dedup_key=one.seen.dedup_key,
            severity=one.seen.severity,
            state=one.seen.state,
            owner=one.seen.owner,
            policy=one.policy,
            step=one.step,
            repeated=one.repeated,
            next_step_at=one.next_step_at,
            ack_expires_at=one.ack_expires_at,
            snoozed_until=one.snoozed_until,
            opened_at=one.seen.opened_at,
            told=one.told,
            untold=tuple(owner for owner in one.seen.participants if owner not in one.informed),
        )

    def row(self, incident_id: int) -> IncidentRow:
        one = self.incidents[incident_id]
        return IncidentRow(
            incident_id=incident_id,
            label=one.seen.label,
            title=one.title,
            severity=one.seen.severity,
            state=one.seen.state,
            owner=one.seen.owner,
            brand=one.seen.brand,
            items=len(one.item_ids),
            authors=one.seen.authors,
            opened_at=one.seen.opened_at,
            last_item_at=one.seen.last_item_at,
            acknowledged_by=one.acknowledged_by,
            snoozed_until=one.snoozed_until,
            resolved_at=one.seen.resolved_at,
            paging=one.seen.paging,
            version=one.seen.version,
        )

    def paged(self, kind: str | None = None) -> list[str]:
        """Whom, in the order of time."""
        return [one.contact for one in self.sent if kind in {None, one.kind}]

    def _state(self, items: Sequence[FreshItem]) -> AssessState:
        known = [replace(one.seen, bands=frozenset(one.bands)) for one in self.incidents.values()]
        flap = self.now - max(self.settings.alerting.flap_window, self.settings.alerting.volume_window)
        visible = tuple(one for one in known if one.resolved_at is None or one.resolved_at > flap)
        since = self.now - self.settings.alerting.volume_window
        recent = tuple(item for item in self.items.values() if item.created_at > since)
        return replace(seen(*items, incidents=visible, recent=recent), conversations=dict(self.conversations))

    def _open(self, opens: Opens) -> None:
        incident_id = len(self.incidents) + 1
        record = OpenIncident(
            incident_id=incident_id,
            dedup_key=opens.dedup_key,
            brand=opens.brand,
            label=opens.label,
            severity=opens.severity,
            state=IncidentState.OPEN,
            owner=opens.owner,
            participants=opens.participants,
            opened_at=self.now,
            last_item_at=self.now,
            resolved_at=None,
            items=0,
            authors=0,
            paging=opens.paging,
            version=0,
        )
        timer = self.now if opens.paging else None
        self.incidents[incident_id] = Incident(record, opens.title, opens.policy, opens.follows, timer)
        self._join(self.incidents[incident_id], opens.item_ids)
        self._keys_are_unique()

    def _grow(self, grows: Grows) -> None:
        one = self.incidents[grows.incident_id]
        assert one.seen.version == grows.version
        if grows.paging or grows.reopens:
            one.next_step_at = self.now if grows.paging or one.seen.paging else None
        if grows.reopens:
            one.step = one.repeated = 0
            one.acknowledged_by = one.ack_expires_at = None
            one.seen = replace(one.seen, state=IncidentState.OPEN, resolved_at=None)
        one.seen = replace(
            one.seen,
            severity=grows.severity or one.seen.severity,
            participants=(*one.seen.participants, *grows.participants),
            paging=grows.paging or one.seen.paging,
            last_item_at=self.now,
            version=one.seen.version + 1,
        )
        if grows.severity is Severity.CRITICAL and one.seen.state is IncidentState.OPEN and one.seen.paging:
            one.next_step_at, one.snoozed_until = self.now, None
        self._join(one, grows.item_ids)
        self._keys_are_unique()

    def _join(self, one: Incident, item_ids: Sequence[int]) -> None:
        assert len(item_ids) == len(set(item_ids))
        one.item_ids |= set(item_ids)
        one.bands |= {band for number in item_ids for band in self.items[number].bands}
        authors = {self.items[number].author_key for number in one.item_ids}
        one.seen = replace(one.seen, items=len(one.item_ids), authors=len(authors))

    def _page(self, pages: Pages) -> None:
        one = self.incidents[pages.incident_id]
        assert one.seen.version == pages.version
        one.step, one.repeated, one.next_step_at = pages.step, pages.repeated, pages.next_step_at
        one.seen = replace(one.seen, version=one.seen.version + 1)
        if pages.reopens:
            one.seen = replace(one.seen, state=IncidentState.OPEN)
            one.acknowledged_by = one.ack_expires_at = one.snoozed_until = None
        one.informed |= set(pages.told)
        for contact in pages.contacts:
            address = f"{contact.kind}:{contact.address}"
            one.told = (*one.told, address)
            self.sent.append(Sent(self.now, pages.incident_id, pages.kind, contact.person or address, pages.reason))

    def _keys_are_unique(self) -> None:
        """What the partial unique index does."""
        keys = [one.seen.dedup_key for one in self.incidents.values() if not one.is_resolved]
        assert len(keys) == len(set(keys)), keys


def timer_of(one: Incident) -> datetime | None:
    """When an incident wants to be looked at next."""
    if one.is_resolved or not one.seen.paging:
        return None
    timer = one.ack_expires_at if one.seen.state is IncidentState.ACKNOWLEDGED else one.next_step_at
    return timer if timer is None or one.snoozed_until is None else max(timer, one.snoozed_until)
