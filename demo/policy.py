"""The demonstration's policy: the starter, approved by whoever holds each office in the dairy, in force since long before its week."""

from datetime import datetime, timedelta

from actions import policy as acts
from core.settings import Settings
from governance.clauses import STARTER
from storage import Store

ACTOR = "demonstration"
BOUND_FOR = timedelta(days=60)
"""It bound when the week was written, so that a breach of it can become a case."""


def bring_into_force(store: Store, settings: Settings, now: datetime) -> None:
    """Go the policy's whole way once, by the same acts as people; a database that knows a version is left as it is."""
    if store.policies.history(1):
        return
    draft = acts.propose(store, settings, STARTER, "the starter policy", ACTOR, now)
    for office in draft.needs:
        acts.approve(store, settings, draft.number, office, settings.holders(office)[0], now, actor=ACTOR)
    acts.publish(store, draft.number, None, ACTOR, now)
