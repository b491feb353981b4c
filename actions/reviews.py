"""What people do about reviews of the policy: record that law or strategy changed, say how a review ended."""

from collections.abc import Sequence
from datetime import datetime

from core.access import Right, viewer_of
from core.errors import Refused
from core.policy import Outcome, Review, Trigger
from core.settings import Settings
from governance.review import wanted
from storage import Store

LONGEST_REASON = 500
RECORDED = (Trigger.LAW, Trigger.STRATEGY)


def record_change(store: Store, trigger: Trigger, what: str, clauses: Sequence[str], actor: str, now: datetime) -> int:
    """`actor` records that law or strategy changed: the owners of these clauses (of all when none is named) are asked to look again.

    Answers how many reviews were opened. Raises Refused: no words, no such clause, no policy in force.
    """
    kept = what.strip()
    if trigger not in RECORDED or not kept or len(kept) > LONGEST_REASON:
        raise Refused(f"what changed, in 1 to {LONGEST_REASON} characters, was expected")
    version = store.policies.in_force(now)
    if version is None:
        raise Refused("no policy is in force yet, so nothing can be reviewed")
    unknown = [name for name in clauses if version.clause(name) is None]
    if unknown:
        raise Refused(f"version {version.number} has no clause {unknown[0]!r}")
    chosen = [one for one in version.clauses if not one.retired and (not clauses or one.id in clauses)]
    key = f"{now:%Y-%m-%dT%H:%M:%S} {kept}"[:200]
    return store.reviews.open([wanted(one, trigger, key, now, {"what": kept}) for one in chosen], actor, now, audited=True)


def may_decide(settings: Settings, review: Review, person: str) -> bool:
    """Does this person hold the owner's office, or govern the policy?"""
    return person in settings.holders(review.owner) or viewer_of(person, settings).has(Right.GOVERN)


def decide(store: Store, review_id: int, outcome: Outcome, reason: str, actor: str, now: datetime) -> Review:
    """The clause was kept or changed, and why. Raises Refused: no reason; Conflict: decided already; NotFound."""
    kept = reason.strip()
    if not kept or len(kept) > LONGEST_REASON:
        raise Refused(f"a reason of 1 to {LONGEST_REASON} characters was expected: who comes after you wants to know")
    store.reviews.decide(review_id, outcome, kept, actor, now)
    return store.reviews.get(review_id)
