"""One batch of fresh items on its way through assess: what is known, what was weighed, what becomes of the incidents."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from alerts.ledger import Entry, Ledger
from alerts.route import Topic
from alerts.weigh import Effect, effect_of, severity_of
from core.records import AssessState, FreshItem
from core.settings import Alerting, Settings
from core.types import Finding, Severity


@dataclass(frozen=True, slots=True)
class Weighed:
    """A finding, how grave it is in its context, and what it does."""

    finding: Finding
    severity: Severity
    effect: Effect

    @property
    def topic(self) -> Topic:
        """What routes see of it."""
        return Topic(self.finding.label, self.severity)


@dataclass(frozen=True, slots=True)
class Batch:
    """The state that the store gave, and the ledger in which this batch's decisions gather. `now` is aware UTC."""

    state: AssessState
    settings: Settings
    ledger: Ledger
    weighed: Mapping[int, tuple[Weighed, ...]]
    now: datetime

    @property
    def alerting(self) -> Alerting:
        return self.settings.alerting

    def is_past(self, entry: Entry) -> bool:
        """Resolved, and longer ago than the flap window: the same story again is a new incident that follows the old one."""
        resolved_at = entry.known.resolved_at if entry.known is not None else None
        return entry.is_resolved and resolved_at is not None and self.now - resolved_at > self.alerting.flap_window


def batch(state: AssessState, settings: Settings, now: datetime) -> Batch:
    """A batch about to be decided."""
    weighed = {item.item_id: weigh(item) for item in state.items}
    return Batch(state, settings, Ledger(state.incidents), weighed, now)


def weigh(item: FreshItem) -> tuple[Weighed, ...]:
    """The item's reported findings, the gravest first, then the surest."""
    found = [(finding, severity_of(finding, item)) for finding in item.findings if finding.reported]
    ordered = sorted(found, key=lambda one: (-one[1].rank, -one[0].score, one[0].label, one[0].start or 0))
    return tuple(Weighed(finding, severity, effect_of(finding.label, severity)) for finding, severity in ordered)


def followed(before: Entry | None) -> int | None:
    """The resolved incident that told this story before."""
    return before.known.incident_id if before is not None and before.known is not None and before.is_resolved else None
