"""What our own side said, looked through: replies weighed, statements held against the key facts and against each other."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from classifiers.facts import contradictions
from classifiers.manners import weigh
from core.access import Sight
from core.settings import Fact
from core.spoken import Spoken
from storage import Store

MEMORY = timedelta(days=90)
"""A statement is held against what we said in this time before it."""


def spoken(store: Store, facts: Sequence[Fact], since: datetime, until: datetime, sight: Sight | None = None) -> Spoken:
    """What our side said from `since` until before `until`, as far as `sight` shows it."""
    told = store.statements.ours(since - MEMORY, until, sight=sight) if facts else ()
    differing = [each for each in contradictions(facts, told) if each.said.at >= since]
    statements = sum(one.at >= since for one in told)
    weighed = tuple(weigh(one) for one in store.manners.between(since, until, sight=sight))
    return Spoken(weighed=weighed, facts=len(facts), statements=statements, contradictions=tuple(reversed(differing)))
