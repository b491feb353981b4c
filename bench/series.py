"""The detector over a thousand series beside a bare loop; and, where `CZUJKA_NAB` names a folder of the Numenta Anomaly Benchmark's files
with their `windows.json`, how well it finds what people marked there, what a constant fitted elsewhere is worth, and what moving one does.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from functools import partial
from itertools import product
from pathlib import Path

from alerts.crisis import advance
from alerts.series import Point, Tuning, begin
from bench.frame import Figure, in_turns, ratios
from bench.nab import PROFILES, Labelled, false_alarms, read, score

SERIES = 1_000
FOLDER = "CZUJKA_NAB"
FACTORS = (0.7, 1.4)
GRID = tuple(product((10.0, 14.0, 20.0), (0.35, 0.5, 0.7)))
"""What leave-one-out may choose from: `every_days` and `rest_days`, the two constants that decide most."""

Found = dict[str, list[int]]


def measure() -> Iterator[Figure]:
    yield from _speed()
    folder = os.environ.get(FOLDER)
    if folder:
        yield from _quality(read(Path(folder)))


def _speed() -> Iterator[Figure]:
    """One minute of a thousand series that have run for an hour."""
    tuning = Tuning()
    states = [begin(tuning) for _ in range(SERIES)]
    minutes = iter(range(1_000_000))

    def minute() -> None:
        at = next(minutes)
        for index, state in enumerate(states):
            advance(state, Point(60.0 * at, (index + at) % 17, at // 60 % 24), tuning)

    for _ in range(60):
        minute()
    watched, bare = in_turns(minute, partial(_bare, [0.0] * SERIES), rounds=5)
    yield Figure("1,000 series, one point each: the detector ÷ a bare loop of one mean", ratios(watched, bare), "times", at_most=1_000)
    yield Figure("1,000 series, one point each", tuple(1_000 * took for took in watched), "ms")


def _bare(means: list[float]) -> None:
    for index, mean in enumerate(means):
        means[index] = mean + 0.1 * (index % 17 - mean)


def _quality(series: Sequence[Labelled]) -> Iterator[Figure]:
    plain = found_by(Tuning(), series)
    for profile in PROFILES:
        yield Figure(f"benchmark, {profile.name}", (score(plain, series, profile),), "points")
    for one in series:
        yield Figure(f"benchmark, standard, {one.name}", (score(plain, [one], PROFILES[0]),), "points")
        yield Figure(f"benchmark, episodes in no window, {one.name}", (float(false_alarms(plain[one.name], one)),), "")
    yield from _left_out(series)
    yield from _moved(series)


def found_by(tuning: Tuning, series: Sequence[Labelled]) -> Found:
    """The rows at which an episode opens, by series."""
    return {one.name: _openings(tuning, one.points) for one in series}


def _openings(tuning: Tuning, points: Sequence[Point]) -> list[int]:
    state = begin(tuning)
    return [index for index, point in enumerate(points) if advance(state, point, tuning).opens]


def _left_out(series: Sequence[Labelled]) -> Iterator[Figure]:
    """Constants chosen on all series but one, by the standard profile, and scored on that one."""
    runs = [found_by(replace(Tuning(), every_days=every, rest_days=rest), series) for every, rest in GRID]
    chosen: Found = {}
    for one in series:
        others = [other for other in series if other is not one]
        chosen[one.name] = max(runs, key=lambda run: score(run, others, PROFILES[0]))[one.name]
    for profile in PROFILES:
        yield Figure(f"benchmark, each series by constants of the others, {profile.name}", (score(chosen, series, profile),), "points")


def _moved(series: Sequence[Labelled]) -> Iterator[Figure]:
    """Each constant times 0.7 and 1.4, the others as they are."""
    for each, factor in product(fields(Tuning), FACTORS):
        value = getattr(Tuning(), each.name) * factor
        found = found_by(replace(Tuning(), **{each.name: value}), series)
        scores = "/".join(f"{score(found, series, profile):.1f}" for profile in PROFILES[1:])
        yield Figure(f"benchmark, {each.name} = {value:.3g} (low FP/low FN {scores})", (score(found, series, PROFILES[0]),), "points")
