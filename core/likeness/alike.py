"""Whether two posts tell one story, how sure that is, and by which words.

A logistic regression over what the posts share: fitted by `classifiers.evaluation.story_fit` on posts of its own, see docs/adr/0005.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from core.likeness.terms import terms

SAME = 0.55
"""From here on two posts tell one story. Chosen for few wrong merges: a story taken for another is one that nobody is told of."""

LEAST_SHARED = 2
MOST_COMPARED = 512
"""Posts that one post is compared with; the newest of each story come first."""

_ENOUGH = 8
K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class Weights:
    """What each sign adds to the log-odds that two posts tell one story.

    `cosine`, `contained` and `jaccard` measure the share of terms in common; `many` how many there are, up to eight; `places` and
    `numbers` are 1 where each post names one that the other does not; `languages` is 1 where one is Polish and one English.
    """

    base: float
    cosine: float
    contained: float
    jaccard: float
    many: float
    places: float
    numbers: float
    languages: float


WEIGHTS = Weights(base=-5.14, cosine=3.14, contained=3.14, jaccard=2.01, many=3.32, places=-1.93, numbers=-0.86, languages=0.54)


@dataclass(frozen=True, slots=True)
class Alike:
    """How sure it is that two posts tell one story, in [0, 1], and the words of the first that the second says too."""

    score: float
    shared: tuple[str, ...]

    @property
    def is_same(self) -> bool:
        return self.score >= SAME and len(self.shared) >= LEAST_SHARED


def alike(one: str, other: str, *, languages: tuple[str, str] = ("", "")) -> Alike:
    """Compare two texts; `languages` are their two-letter codes, "" where unknown."""
    left, right = terms(one), terms(other)
    shared = [word for term, word in left.items() if term in right]
    if not shared:
        return Alike(0.0, ())
    values = signs(left, right, languages)
    odds = WEIGHTS.base + sum(weight * value for weight, value in zip(_weights(), values, strict=True))
    return Alike(1 / (1 + math.exp(-odds)), tuple(shared))


def signs(left: Mapping[str, str], right: Mapping[str, str], languages: tuple[str, str]) -> tuple[float, ...]:
    """What `Weights` weigh, in their order without the base; both have terms."""
    shared = len(left.keys() & right.keys())
    return (
        shared / math.sqrt(len(left) * len(right)),
        shared / min(len(left), len(right)),
        shared / (len(left) + len(right) - shared),
        min(shared, _ENOUGH) / _ENOUGH,
        float(_differ(left, right, "@")),
        float(_differ(left, right, "#")),
        float(all(languages) and languages[0] != languages[1]),
    )


def closest(text: str, lang: str, others: Iterable[tuple[K, str, str]]) -> tuple[K, Alike] | None:
    """Which of the other posts (key, text, language) tells the same story, the most alike; None for none of the first 512."""
    best: tuple[K, Alike] | None = None
    for key, other, other_lang in islice(others, MOST_COMPARED):
        found = alike(text, other, languages=(lang, other_lang))
        if found.is_same and (best is None or found.score > best[1].score):
            best = key, found
    return best


def _differ(left: Mapping[str, str], right: Mapping[str, str], mark: str) -> bool:
    """Each names one of these that the other does not name."""
    mine, theirs = ({term for term in each if term.startswith(mark)} for each in (left, right))
    return bool(mine - theirs) and bool(theirs - mine)


def _weights() -> tuple[float, ...]:
    chosen = WEIGHTS
    return chosen.cosine, chosen.contained, chosen.jaccard, chosen.many, chosen.places, chosen.numbers, chosen.languages
