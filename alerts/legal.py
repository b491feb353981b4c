"""Which legal duties a post may start. Whether one applies is decided by a person, with a reason: a post is not yet a complaint in the
law's sense, nor a number that somebody posts yet our breach."""

from collections.abc import Iterable, Mapping
from datetime import datetime, time, timedelta

from alerts.hours import first_instant
from core.duties import DutyKind, Owed
from core.records import FreshItem
from core.settings import Settings
from core.types import Finding

CONSUMER_DAYS = 14
BREACH_WITHIN = timedelta(hours=72)

CONSUMER = ("complaint.delivery", "complaint.billing", "complaint.quality", "complaint.service")
INCIDENT_DUTIES: Mapping[str, DutyKind] = {
    "leak.pii": DutyKind.PERSONAL_DATA_BREACH,
    "crisis.breach": DutyKind.PERSONAL_DATA_BREACH,
    "leak.finance": DutyKind.INSIDE_INFORMATION,
}


def owed_to(item: FreshItem, settings: Settings) -> tuple[Owed, ...]:
    """What we may owe the author of a post: an answer within 14 days to a consumer's complaint.

    The days are counted in the company's zone, from the day after the post; the last one counts whole. Source: core.duties.
    """
    if not any(_is_of(found.label, CONSUMER) for found in item.findings if found.reported):
        return ()
    written = item.created_at.astimezone(settings.zone()).date()
    midnight = datetime.combine(written + timedelta(days=CONSUMER_DAYS + 1), time.min)
    return (Owed(kind=DutyKind.CONSUMER_COMPLAINT, due_at=first_instant(midnight, settings.zone())),)


def owed_for(item: FreshItem, findings: Iterable[Finding]) -> tuple[Owed, ...]:
    """What an incident that holds this item may oblige us to: hours count from the moment that we know, which is collection."""
    kinds = {kind for found in findings for label, kind in INCIDENT_DUTIES.items() if _is_of(found.label, (label,))}
    return tuple(Owed(kind=kind, due_at=_due(kind, item.collected_at)) for kind in sorted(kinds))


def _due(kind: DutyKind, known_at: datetime) -> datetime:
    return known_at + BREACH_WITHIN if kind is DutyKind.PERSONAL_DATA_BREACH else known_at


def _is_of(label: str, families: Iterable[str]) -> bool:
    return any(label == one or label.startswith(f"{one}.") for one in families)
