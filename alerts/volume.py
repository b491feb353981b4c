"""How many different people say the same thing inside one window of time."""

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta

from core.records import Recent


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
