"""Did an action change anything? Pure: figures before and after, and what may be said of them with 95 % confidence."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import timedelta
from math import sqrt
from statistics import median

from core.intervals import Z_95, wilson
from core.lessons import Side, Verdict, share_side

WEEK = timedelta(weeks=1)


def of_precision(before: tuple[int, int], after: tuple[int, int]) -> tuple[Side, Side, Verdict]:
    """Each side as (right, judged). Sure only where the intervals do not meet."""
    old, new = share_side(*before), share_side(*after)
    if not old.cases or not new.cases:
        return old, new, Verdict.NOTHING
    if new.low is not None and old.high is not None and new.low > old.high:
        return old, new, Verdict.BETTER
    if new.high is not None and old.low is not None and new.high < old.low:
        return old, new, Verdict.WORSE
    return old, new, Verdict.UNSURE


def of_breaches(before: int, after: int, length: timedelta) -> tuple[Side, Side, Verdict]:
    """Posts on each side of the same length. Were nothing changed, each would fall on either side alike: sure where the interval of
    the later ones' share leaves out a half. Source: the conditional test of two Poisson rates (Przyborowski and Wilenski, 1940)."""
    old, new = (Side(cases=count, value=count / (length / WEEK)) for count in (before, after))
    if not before + after:
        return old, new, Verdict.NOTHING
    low, high = wilson(after, before + after)
    return old, new, Verdict.BETTER if high < 0.5 else Verdict.WORSE if low > 0.5 else Verdict.UNSURE


def of_answers(before: Sequence[float], after: Sequence[float]) -> tuple[Side, Side, Verdict]:
    """Seconds to the first answers, each side sorted. Source: Mann and Whitney (1947), by the normal approximation without a correction
    for ties, which errs towards not being sure."""
    old, new = (Side(cases=len(each), value=median(each) if each else None) for each in (before, after))
    if not before or not after:
        return old, new, Verdict.NOTHING
    pairs = len(before) * len(after)
    slower = sum(bisect_left(before, one) + bisect_right(before, one) for one in after) / 2
    spread = sqrt(pairs * (len(before) + len(after) + 1) / 12)
    if abs(slower - pairs / 2) <= Z_95 * spread:
        return old, new, Verdict.UNSURE
    return old, new, Verdict.BETTER if slower < pairs / 2 else Verdict.WORSE
