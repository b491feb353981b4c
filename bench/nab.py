"""How the Numenta Anomaly Benchmark scores the episodes that a detector opens; written from its description.

Source: Lavin and Ahmad, Evaluating Real-time Anomaly Detection Algorithms (2015), and the profiles published with the benchmark.
"""

import csv
import gzip
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import exp
from pathlib import Path

from alerts.series import Point

Span = tuple[int, int]
_PROBATION = 0.15
_PROBATION_MOST = 750


@dataclass(frozen=True, slots=True)
class Profile:
    """What a window found, a window missed and a false alarm are worth."""

    name: str
    hit: float
    miss: float
    false: float


PROFILES = (Profile("standard", 1, 1, 0.11), Profile("low FP", 1, 1, 0.22), Profile("low FN", 1, 2, 0.11))


@dataclass(frozen=True, slots=True)
class Labelled:
    """A series with the rows, both ends inclusive, in which people saw something."""

    name: str
    points: tuple[Point, ...]
    spans: tuple[Span, ...]


def read(folder: Path) -> list[Labelled]:
    """Every series that `windows.json` of the folder names; the files may be gzipped."""
    windows = json.loads((folder / "windows.json").read_text())["windows"]
    return [_series(folder, name, spans) for name, spans in sorted(windows.items())]


def _series(folder: Path, name: str, spans: Iterable[Sequence[str]]) -> Labelled:
    plain = folder / name
    text = plain.read_text() if plain.exists() else gzip.decompress((folder / f"{name}.gz").read_bytes()).decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    at = {row["timestamp"]: index for index, row in enumerate(rows)}
    points = tuple(_point(datetime.fromisoformat(row["timestamp"] + "+00:00"), float(row["value"])) for row in rows)
    return Labelled(name.removesuffix(".csv"), points, tuple((at[first], at[last]) for first, last in spans))


def _point(moment: datetime, value: float) -> Point:
    return Point(moment.timestamp(), value, moment.hour, moment.weekday() >= 5)


def score(found: Mapping[str, Sequence[int]], series: Sequence[Labelled], profile: Profile) -> float:
    """All series together: 100 is perfect, 0 is silence. `found`: by name, the rows at which an episode opened."""
    count = sum(len(one.spans) for one in series)
    raw = sum(_raw(found[one.name], one, profile) for one in series)
    return 100 * (raw + profile.miss * count) / ((profile.hit + profile.miss) * count)


def false_alarms(rows: Sequence[int], one: Labelled) -> int:
    """How many of them lie after the probation and in no window."""
    return sum(row >= _probation(one) and not any(first <= row <= last for first, last in one.spans) for row in rows)


def _probation(one: Labelled) -> int:
    return min(int(_PROBATION * len(one.points)), _PROBATION_MOST)


def _raw(rows: Sequence[int], one: Labelled, profile: Profile) -> float:
    rows = [row for row in rows if row >= _probation(one)]
    wrong = (row for row in rows if not any(first <= row <= last for first, last in one.spans))
    return sum(_best(rows, span, profile) for span in one.spans) + profile.false * sum(_cost(row, one.spans) for row in wrong)


def _best(rows: Sequence[int], span: Span, profile: Profile) -> float:
    """The earliest counts; later ones in the same window neither add nor cost."""
    first, last = span
    places = (-(last - row + 1) / (last - first + 1) for row in rows if first <= row <= last)
    return max((profile.hit * _worth(place) / _worth(-1) for place in places), default=-profile.miss)


def _worth(place: float) -> float:
    """From 1 at the left edge of a window over 0 at its right edge to -1 far behind it; lengths of the window behind the right edge."""
    return 2 / (1 + exp(5 * place)) - 1 if place <= 3 else -1.0


def _cost(row: int, spans: Iterable[Span]) -> float:
    before = [span for span in spans if span[1] < row]
    return _worth((row - before[-1][1]) / (before[-1][1] - before[-1][0])) if before else -1.0
