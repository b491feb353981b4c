"""Counts what was found against what should have been: by label and language, near misses, pages that should not have been."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from classifiers.evaluation.rows import Row
from classifiers.taxonomy import LABELS
from core.intervals import wilson
from core.types import Severity, Understanding

DRAWS = 1_000
SEED = 20_26
FAMILIES = ("complaint", "question", "praise", "leak", "policy", "crisis", "account")


@dataclass(frozen=True, slots=True)
class Counts:
    """True and false positives, and what was missed."""

    right: int = 0
    false: int = 0
    missed: int = 0

    @property
    def support(self) -> int:
        return self.right + self.missed

    @property
    def precision(self) -> float | None:
        return self.right / (self.right + self.false) if self.right + self.false else None

    @property
    def recall(self) -> float | None:
        return self.right / self.support if self.support else None

    @property
    def f1(self) -> float:
        return 2 * self.right / max(1, 2 * self.right + self.false + self.missed)

    def of_precision(self) -> tuple[float, float]:
        return wilson(self.right, self.right + self.false)

    def of_recall(self) -> tuple[float, float]:
        return wilson(self.right, self.support)


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    hits: int
    tries: int

    def interval(self) -> tuple[float, float]:
        return wilson(self.hits, self.tries)


@dataclass(frozen=True, slots=True)
class Mistake:
    """A post that was read wrong: what was found and is not there, what is there and was not found, how sure the false one was."""

    row: Row
    false: tuple[str, ...]
    missed: tuple[str, ...]
    weight: float


@dataclass(frozen=True, slots=True)
class Scored:
    """All counts of one set. `labels` and `families` by language ("all" for both); `near` by label."""

    rows: int
    labels: Mapping[str, Mapping[str, Counts]]
    families: Mapping[str, Mapping[str, Counts]]
    macro_f1: Mapping[str, tuple[float, float, float]]
    near: Mapping[str, Share]
    false_pages: Mapping[str, Share]
    missed_pages: Mapping[str, Share]
    confused: Sequence[tuple[str, str, int]]
    mistakes: Sequence[Mistake] = field(default=())


def score(rows: Sequence[Row], read: Sequence[Understanding]) -> Scored:
    """Compare readings with what should be found, row by row. Only what is reported counts."""
    found = [frozenset(f.label for f in one.findings if f.reported) for one in read]
    languages = {"all": range(len(rows))} | {
        language: [n for n, row in enumerate(rows) if row.lang == language] for language in sorted({row.lang for row in rows})
    }
    labels = {name: _by_label(rows, found, chosen) for name, chosen in languages.items()}
    families = {name: _by_family(rows, found, chosen) for name, chosen in languages.items()}
    return Scored(
        rows=len(rows),
        labels=labels,
        families=families,
        macro_f1={name: _macro(rows, found, list(chosen)) for name, chosen in languages.items()},
        near=_near(rows, found),
        false_pages={name: _false_pages(rows, read, chosen) for name, chosen in languages.items()},
        missed_pages={name: _missed_pages(rows, read, chosen) for name, chosen in languages.items()},
        confused=_confused(rows, found),
        mistakes=_mistakes(rows, read),
    )


def family(label: str) -> str:
    """complaint.delivery → complaint."""
    return label.split(".", maxsplit=1)[0]


def pages(label: str) -> bool:
    """Does this label page somebody by itself?"""
    return LABELS[label].severity >= Severity.HIGH


def _count(pairs: Iterable[tuple[bool, bool]]) -> Counts:
    seen = Counter(pairs)
    return Counts(seen[(True, True)], seen[(False, True)], seen[(True, False)])


def _by_label(rows: Sequence[Row], found: Sequence[frozenset[str]], chosen: Iterable[int]) -> dict[str, Counts]:
    numbers = list(chosen)
    return {label: _count((label in rows[n].labels, label in found[n]) for n in numbers) for label in LABELS}


def _by_family(rows: Sequence[Row], found: Sequence[frozenset[str]], chosen: Iterable[int]) -> dict[str, Counts]:
    gold = {n: {family(label) for label in rows[n].labels} for n in chosen}
    seen = {n: {family(label) for label in found[n]} for n in gold}
    return {name: _count((name in gold[n], name in seen[n]) for n in gold) for name in FAMILIES}


def _macro(rows: Sequence[Row], found: Sequence[frozenset[str]], chosen: Sequence[int]) -> tuple[float, float, float]:
    """The mean F1 over labels that occur, with its 95 % bootstrap interval over posts."""
    names = [label for label in LABELS if any(label in rows[n].labels for n in chosen)]
    gold = np.array([[label in rows[n].labels for label in names] for n in chosen], dtype=np.float64)
    seen = np.array([[label in found[n] for label in names] for n in chosen], dtype=np.float64)
    dice = np.random.default_rng(SEED)
    weights = np.stack([np.bincount(dice.integers(0, len(chosen), len(chosen)), minlength=len(chosen)) for _ in range(DRAWS)])
    drawn = _f1(weights @ (gold * seen), weights @ gold + weights @ seen)
    low, high = np.percentile(drawn, [2.5, 97.5])
    value = _f1((gold * seen).sum(axis=0)[None, :], (gold.sum(axis=0) + seen.sum(axis=0))[None, :])
    return float(value[0]), float(low), float(high)


def _f1(
    right: "np.ndarray[tuple[int, ...], np.dtype[np.float64]]", both: "np.ndarray[tuple[int, ...], np.dtype[np.float64]]"
) -> "np.ndarray[tuple[int, ...], np.dtype[np.float64]]":
    means: np.ndarray[tuple[int, ...], np.dtype[np.float64]] = (2 * right / np.maximum(both, 1.0)).mean(axis=1)
    return means


def _near(rows: Sequence[Row], found: Sequence[frozenset[str]]) -> dict[str, Share]:
    """How often was a label seen where it only looks as if?"""
    near = {label: [label in seen for row, seen in zip(rows, found, strict=True) if label in row.near] for label in LABELS}
    return {label: Share(sum(hits), len(hits)) for label, hits in near.items() if hits}


def _false_pages(rows: Sequence[Row], read: Sequence[Understanding], chosen: Iterable[int]) -> Share:
    """How many posts without anything that pages would have paged?"""
    innocent = [n for n in chosen if not any(pages(label) for label in rows[n].labels)]
    return Share(sum(_paged(read[n]) for n in innocent), len(innocent))


def _missed_pages(rows: Sequence[Row], read: Sequence[Understanding], chosen: Iterable[int]) -> Share:
    """How many posts that should page would not have? What is found but told more quietly pages nobody either."""
    guilty = [n for n in chosen if any(pages(label) for label in rows[n].labels)]
    return Share(sum(not _paged(read[n]) for n in guilty), len(guilty))


def _paged(one: Understanding) -> bool:
    return any(f.reported and f.severity >= Severity.HIGH for f in one.findings)


def _confused(rows: Sequence[Row], found: Sequence[frozenset[str]], most: int = 20) -> list[tuple[str, str, int]]:
    """(what it is, what was said instead, how often), where one label was missed and another was false."""
    pairs = Counter(
        (missed, false) for row, seen in zip(rows, found, strict=True) for missed in row.labels - seen for false in seen - row.labels
    )
    return [(missed, false, times) for (missed, false), times in sorted(pairs.items(), key=lambda one: (-one[1], one[0]))[:most]]


def _mistakes(rows: Sequence[Row], read: Sequence[Understanding], most: int = 20) -> list[Mistake]:
    """The worst: what pages weighs most, then how sure the false finding was."""
    wrong = []
    for row, one in zip(rows, read, strict=True):
        sure = {f.label: f.score for f in one.findings if f.reported}
        false, missed = sorted(sure.keys() - row.labels), sorted(row.labels - sure.keys())
        if false or missed:
            weight = sum((2.0 if pages(label) else 1.0) * sure[label] for label in false) + sum(
                1.5 if pages(label) else 0.5 for label in missed
            )
            wrong.append(Mistake(row, tuple(false), tuple(missed), weight))
    return sorted(wrong, key=lambda one: (-one.weight, one.row.id))[:most]
