"""How well posts are gathered into stories as they arrive: B-cubed figures, beside what is simpler and the two bounds.

Source: Bagga and Baldwin, "Entity-based cross-document coreferencing using the vector space model" (1998): for each post, which share of
those gathered with it tell its story (precision), and which share of its story was gathered with it (recall).
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from classifiers.evaluation.score import Share
from classifiers.evaluation.story_rows import StoryRow
from classifiers.sentiment.measures import Figure, interval
from classifiers.signature import signature
from core.likeness.alike import closest
from core.text import fold

DRAWS = 1_000
SEED = 20_26

Floats = NDArray[np.float64]
Gather = Callable[[Sequence[StoryRow]], list[int]]


@dataclass(frozen=True, slots=True)
class Cubed:
    """B-cubed figures of one way to gather, with 95 % intervals of a bootstrap over families."""

    precision: Figure
    recall: Figure
    f1: Figure


@dataclass(frozen=True, slots=True)
class Told:
    """All that was measured: each way by its name; pairs of one story that were found, by their languages; look-alikes told apart."""

    posts: int
    stories: int
    families: int
    ways: Mapping[str, Cubed]
    found: Mapping[str, Share]
    apart: Share


def measure_stories(rows: Sequence[StoryRow], ours: Gather) -> Told:
    """Measure `ours` beside the baselines, all over the same stream."""
    gathered = ours(rows)
    ways: dict[str, list[int]] = {
        "Czujka": gathered,
        "near-duplicate signatures alone": by_signature(rows),
        "the same text": numbered((row.kind, _bare(row.text)) for row in rows),
        "one story for each label": numbered(row.kind for row in rows),
        "all one story": [0] * len(rows),
        "all apart": list(range(len(rows))),
    }
    groups = numbered(row.group for row in rows)
    return Told(
        posts=len(rows),
        stories=len(set(groups)),
        families=len({row.family for row in rows}),
        ways={name: cubed(groups, way, [row.family for row in rows]) for name, way in ways.items()},
        found=_found(rows, gathered),
        apart=_apart(rows, gathered),
    )


def by_signature(rows: Sequence[StoryRow]) -> list[int]:
    """Each post goes to the first story of its kind with which it shares a band."""
    known: dict[Hashable, int] = {}
    stories = []
    for number, row in enumerate(rows):
        keys = [(row.kind, band) for band in signature(row.text)]
        story = min((known[key] for key in keys if key in known), default=number)
        for key in keys:
            known.setdefault(key, story)
        stories.append(story)
    return stories


def by_likeness(rows: Sequence[StoryRow]) -> list[int]:
    """As alerts does it: a post with a band in common, else the most alike of the newest of its kind, else a story of its own."""
    copies = by_signature(rows)
    kinds: dict[str, list[tuple[int, str, str]]] = {}
    stories: list[int] = []
    for number, row in enumerate(rows):
        before = kinds.setdefault(row.kind, [])
        copied = stories[copies[number]] if copies[number] != number else None
        found = closest(row.text, row.lang, before) if copied is None else None
        stories.append(copied if copied is not None else found[0] if found else number)
        before.insert(0, (stories[-1], row.text, row.lang))
    return stories


def cubed(groups: Sequence[int], gathered: Sequence[int], families: Sequence[str]) -> Cubed:
    """B-cubed figures of what was gathered against the true groups; whole families are drawn, since their posts hang together."""
    both, mine, true = Counter(zip(groups, gathered, strict=True)), Counter(gathered), Counter(groups)
    parts = [both[pair] for pair in zip(groups, gathered, strict=True)]
    precisions = np.array([part / mine[story] for part, story in zip(parts, gathered, strict=True)])
    recalls = np.array([part / true[group] for part, group in zip(parts, groups, strict=True)])
    family = np.array(numbered(families))
    sums = np.stack([np.bincount(family, weights=each) for each in (precisions, recalls, np.ones(len(parts)))])
    draws = np.random.default_rng(SEED).integers(0, sums.shape[1], size=(DRAWS, sums.shape[1]))
    drawn = _figures(sums[:, draws].sum(axis=2))
    return Cubed(*(interval(float(value), each) for value, each in zip(_figures(sums.sum(axis=1)), drawn, strict=True)))


def numbered(keys: Iterable[Hashable]) -> list[int]:
    """The same number for the same key."""
    numbers: dict[Hashable, int] = {}
    return [numbers.setdefault(key, len(numbers)) for key in keys]


def _figures(sums: Floats) -> tuple[Floats, Floats, Floats]:
    precision, recall = sums[0] / sums[2], sums[1] / sums[2]
    return precision, recall, 2 * precision * recall / (precision + recall)


def _bare(text: str) -> str:
    return " ".join(fold(text).split())


def _within(rows: Sequence[StoryRow], gathered: Sequence[int]) -> Iterator[tuple[StoryRow, StoryRow, bool]]:
    """Every pair of a family, and whether it was gathered."""
    members: dict[str, list[int]] = {}
    for number, row in enumerate(rows):
        members.setdefault(row.family, []).append(number)
    for family in members.values():
        for one, other in combinations(family, 2):
            yield rows[one], rows[other], gathered[one] == gathered[other]


def _found(rows: Sequence[StoryRow], gathered: Sequence[int]) -> dict[str, Share]:
    hits: Counter[str] = Counter()
    tries: Counter[str] = Counter()
    for one, other, together in _within(rows, gathered):
        if one.group == other.group:
            name = "–".join(sorted((one.lang, other.lang), reverse=True))
            tries[name] += 1
            hits[name] += together
    return {name: Share(hits[name], tries[name]) for name in sorted(tries, reverse=True)}


def _apart(rows: Sequence[StoryRow], gathered: Sequence[int]) -> Share:
    pairs = [together for one, other, together in _within(rows, gathered) if one.group != other.group]
    return Share(pairs.count(False), len(pairs))
