"""Looks whether a clause of the policy in force wants a review, and opens one for its owner."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from core.policy import Version
from core.settings import Settings
from czujka.house import House
from governance.linked import linked
from governance.review import Happened, Seen, due
from storage import Store

SWEEP = "sweep"
NEWEST, LATELY = 5000, timedelta(days=30)
"""In which posts links are looked for: so many of the newest, and none that are older."""


def open_reviews(house: House) -> int:
    """Look once. Answers how many reviews were opened."""
    return look(house.store, house.settings, house.clock())


def look(store: Store, settings: Settings, now: datetime) -> int:
    """The same without a house."""
    version = store.policies.in_force(now)
    if version is None:
        return 0
    return store.reviews.open(due(version.clauses, _seen(store, settings, version, now), settings.policy, now), SWEEP, now)


def _seen(store: Store, settings: Settings, version: Version, now: datetime) -> Seen:
    looked_at = _looked_at(store, version)
    since = min(looked_at.values())
    return Seen(
        looked_at=looked_at,
        breaches=store.reviews.breaches(now - settings.policy.window, now),
        crises=[Happened(label=label, what="incident", number=number, at=at) for label, number, at in store.reviews.crises(since)],
        confirmed=[Happened(label=label, what="finding", number=number, at=at) for label, number, at in store.reviews.confirmed(since)],
        platforms=_platforms(store, settings),
        linked=linked(store.reviews.newest_texts(NEWEST, now - LATELY), _ours(store, settings)),
    )


def _looked_at(store: Store, version: Version) -> dict[str, datetime]:
    """When each clause was written as it is now, or reviewed after that."""
    reviewed = store.reviews.looked_at()
    written: dict[str, datetime] = {}
    last: dict[str, object] = {}
    published = [one.number for one in store.policies.history() if one.effective_at is not None and one.number <= version.number]
    for number in sorted(published):
        one = store.policies.get(number)
        for clause in one.clauses:
            if last.get(clause.id) != clause and one.effective_at is not None:
                written[clause.id], last[clause.id] = one.effective_at, clause
    return {clause.id: max(written[clause.id], reviewed.get(clause.id, written[clause.id])) for clause in version.clauses}


def _ours(store: Store, settings: Settings) -> frozenset[str]:
    """Platforms that we read, or where we have an account."""
    read = {str(getattr(source, "platform", None) or source.kind) for source in settings.source}
    return frozenset(read | {account.platform for account in store.register.list()})


def _platforms(store: Store, settings: Settings) -> Mapping[str, datetime]:
    """Since when each kind of source that is configured answers; files and what is sent to us are no platform."""
    kinds = {source.id: source.kind for source in settings.source if source.kind not in {"file", "webhook"}}
    found: dict[str, datetime] = {}
    for source, since in store.reviews.answering_since().items():
        if source in kinds:
            found[kinds[source]] = min(since, found.get(kinds[source], since))
    return found
