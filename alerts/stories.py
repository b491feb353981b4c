"""Decides what it means that two incidents tell one story, or that one incident tells two."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from alerts.batch import weigh
from alerts.policy import policy_of
from alerts.route import Topic, place_of, route
from alerts.story import key_of, title_of
from core.errors import Refused
from core.records import FreshItem, IncidentCard, IncidentRow, Opens
from core.settings import Settings
from core.stories import Merge, Split
from core.types import IncidentState


def merge(into: IncidentCard, other: IncidentCard) -> Merge:
    """`other` becomes a part of `into`: its posts, people concerned and later posts too. Severity only rises by it. Raises Refused."""
    kept, gone = into.row, other.row
    if kept.incident_id == gone.incident_id:
        raise Refused("two different incidents were expected")
    for row in (kept, gone):
        if row.state is IncidentState.RESOLVED:
            raise Refused(f"incident {row.incident_id} is resolved; reopen it before you merge")
    if kept.brand != gone.brand:
        raise Refused(f"incident {gone.incident_id} is about another brand; what is one story has one brand")
    owners = dict.fromkeys((gone.owner, *other.participants))
    return Merge(
        into=kept.incident_id,
        into_version=kept.version,
        other=gone.incident_id,
        other_version=gone.version,
        owners=tuple(owner for owner in owners if owner != kept.owner and owner not in into.participants),
        severity=gone.severity if gone.severity > kept.severity else None,
        pages=gone.paging and not kept.paging,
    )


def split(
    row: IncidentRow, items: Sequence[FreshItem], all_ids: Collection[int], keys: Mapping[str, bool], settings: Settings, now: datetime
) -> Split:
    """`items` of an incident become another one, routed anew by their gravest finding.

    `keys` are the dedup keys that are taken: its own and those merged into it; True for the merged ones, which go with their posts.
    Raises Refused.
    """
    chosen = {item.item_id for item in items}
    if row.state is IncidentState.RESOLVED:
        raise Refused(f"incident {row.incident_id} is resolved; reopen it before you split it")
    if not chosen or not chosen < set(all_ids):
        raise Refused(f"some of the posts of incident {row.incident_id} were expected, not none and not all")
    weighed = [(one.severity, item, one) for item in items for one in weigh(item)]
    severity, item, gravest = max(weighed, key=lambda one: one[0].rank, default=(row.severity, items[0], None))
    label = gravest.finding.label if gravest else row.label
    routed = route(place_of(item, settings), [Topic(label, severity)], settings)
    own = {key_of(one, found.finding, settings) for one in items for found in weigh(one)}
    frees = tuple(sorted(key for key in own if keys.get(key)))
    natural = key_of(item, gravest.finding, settings) if gravest else f"{row.brand or '-'}:split"
    opens = Opens(
        dedup_key=frees[0] if frees else natural if natural not in keys else f"{natural}:{row.incident_id}:{now:%Y%m%d%H%M%S}",
        brand=row.brand,
        label=label,
        title=title_of(item, gravest.finding, settings) if gravest else row.title,
        severity=severity,
        owner=routed.owner,
        participants=routed.participants,
        item_ids=tuple(sorted(chosen)),
        policy=policy_of(routed.owner, settings),
        paging=row.paging,
        reason="split",
    )
    return Split(incident_id=row.incident_id, version=row.version, opens=opens, frees=frees)
