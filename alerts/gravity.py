"""Whether what stands out in numbers is bad, and how bad: from the numbers and from what people say, never from volume alone.

Source: docs/adr/0012-numbers-and-words.md.
"""

from collections.abc import Sequence

from alerts.easing import raised
from alerts.weigh import REPEATED_BY, WIDE_REACH
from core.easing import Expected
from core.numbers import Ground
from core.series import Signal
from core.settings import Alerting
from core.signals import Seen
from core.types import Severity

NEGATIVE_AUTHORS = 10
"""Fewer unhappy people are conversations, not a crisis in numbers."""
NEGATIVE_SHARE = 0.3
"""Part of all posts from which on the mood is bad, …"""
NEGATIVE_TIMES = 1.5
"""… and so many times what is usual for a brand of which people complain every day, …"""
NEGATIVE_AT_MOST = 0.9
"""… though never more than this."""
MOSTLY = 0.6
FAST_TIMES = 3.0
"""So many times the upper end of the usual."""
SPREAD_OVER = 3
"""Platforms with at least two complaining posts each."""

CROWD = frozenset({Ground.NEGATIVE, Ground.COMPLAINTS})
"""The crowd itself is bad."""
BAD = CROWD | {Ground.CRISIS}


def grounds_of(seen: Seen, signals: Sequence[Signal], usual: float | None, factor: float, alerting: Alerting) -> tuple[Ground, ...]:
    """What speaks for a crisis. `factor` is how many times as many people an expected event allows: it raises what is counted, never
    what people say of harm done to them, and never a share."""
    share = seen.negative / seen.posts if seen.posts else 0.0
    complaints = seen.complaint_authors
    found = {
        Ground.NEGATIVE: seen.negative_authors >= raised(NEGATIVE_AUTHORS, factor) and share >= usual_line(usual),
        Ground.CRISIS: seen.grave_authors >= REPEATED_BY or sum(seen.crisis_authors.values()) >= raised(REPEATED_BY, factor),
        Ground.COMPLAINTS: complaints >= raised(alerting.volume, factor) and complaints >= NEGATIVE_SHARE * seen.posts,
        Ground.MOSTLY_NEGATIVE: share >= MOSTLY,
        Ground.FAST: any(is_fast(one, factor) for one in signals),
        Ground.SPREAD: sum(number >= 2 for number in seen.platforms.values()) >= SPREAD_OVER,
        Ground.REACH: seen.reach is not None and seen.reach >= WIDE_REACH,
        Ground.OURS: seen.complaining > 0 and seen.ours * 2 >= seen.complaining,
    }
    return tuple(ground for ground, holds in found.items() if holds)


def usual_line(usual: float | None) -> float:
    """The share of negative posts from which on the mood is bad, for a brand whose usual share this is (None: not known)."""
    return max(NEGATIVE_SHARE, min(NEGATIVE_AT_MOST, NEGATIVE_TIMES * (usual or 0.0)))


def is_fast(signal: Signal, factor: float) -> bool:
    """Far above what is usual, where that is known; how fast a harmless crowd comes says nothing, so `factor` counts here, too. Reach is
    how far, not how fast: one post of one widely known person is no crowd."""
    return signal.key.measure != "reach" and not signal.is_cold and signal.seen >= FAST_TIMES * factor * max(1.0, signal.usual_high)


def is_expected(signals: Sequence[Signal], events: Sequence[Expected], brand: str) -> Expected | None:
    """The event that explains all of these: none is over its line so many times."""
    fitting = [one for one in events if one.brand in {None, brand}]
    event = max(fitting, key=lambda one: one.factor, default=None)
    return event if event is not None and all(one.seen < one.line * event.factor for one in signals) else None


def severity_of(grounds: Sequence[Ground], seen: Seen) -> Severity | None:
    """How grave it is; None: it is volume, and nothing more.

    Something bad is medium; with one thing more that makes it graver, high. Critical is harm or theft that several people tell of, or
    words of a crisis with three things more.
    """
    bad = [one for one in grounds if one in BAD]
    if not bad:
        return None
    more = len(grounds) - 1
    if seen.grave_authors >= REPEATED_BY or (Ground.CRISIS in bad and more >= 3):
        return Severity.CRITICAL
    return Severity.HIGH if more >= 1 else Severity.MEDIUM
