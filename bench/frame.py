"""What a bench is made of: figures with their bounds, timings taken turn by turn, the exponent of a run time."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import log

Work = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing measured several times. The median must keep the bounds that are given."""

    name: str
    values: tuple[float, ...]
    unit: str
    at_least: float | None = None
    at_most: float | None = None

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def is_kept(self) -> bool:
        return (self.at_least is None or self.median >= self.at_least) and (self.at_most is None or self.median <= self.at_most)

    @property
    def bound(self) -> str:
        low = "" if self.at_least is None else f"≥ {self.at_least:g}"
        return low or ("" if self.at_most is None else f"≤ {self.at_most:g}")


def seconds(work: Work) -> float:
    """Processor time of one run: what other programs do meanwhile does not count."""
    started = time.process_time()
    work()
    return time.process_time() - started


def by_the_clock(work: Work) -> float:
    """Seconds on the wall of one run: for what is done in another thread or process."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def in_turns(*works: Work, rounds: int = 5, take: Callable[[Work], float] = seconds) -> list[tuple[float, ...]]:
    """Seconds of each work in each round. The works take turns, so that a slow moment of the machine meets them all; the first
    round warms up and does not count."""
    for work in works:
        work()
    times = [[take(work) for work in works] for _ in range(rounds)]
    return [tuple(column) for column in zip(*times, strict=True)]


def ratios(slow: Sequence[float], fast: Sequence[float]) -> tuple[float, ...]:
    """How many times as long, round by round."""
    return tuple(a / b for a, b in zip(slow, fast, strict=True))


def exponent(sizes: Sequence[int], times: Sequence[float]) -> float:
    """The power of the size with which the time grows: the slope of a least-squares line through the logarithms."""
    return statistics.linear_regression([log(size) for size in sizes], [log(took) for took in times]).slope
