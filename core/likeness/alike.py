"""Whether two posts tell one story, how sure that is, and by which words.

A logistic regression over what the posts share: fitted by `classifiers.evaluation.story_fit` on posts of its own, see docs/adr/0005.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from core.likeness.terms import terms

SAME = 0.55
"""From here on two posts tell one story. Chosen for few wrong merges: a story taken for another is one that nobody is told of."""

BY_LIKENESS = ("leak.confidential", "leak.finance", "leak.internal", "policy")
"""Labels whose stories are told in anybody's words. Not personal data and secrets: another number is another leak. Not complaints and
crises, which come in waves of one label."""

LEAST_SHARED = 3
MOST_COMPARED = 512
"""Posts that one post is compared with; the newest of each story come first."""

NEWEST = 64
"""Posts of one story that others are compared with."""

_ENOUGH = 8
_WORDS_SHOWN = 6
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


def goes_by_likeness(label: str) -> bool:
    """Incidents of this label gather posts that are alike."""
    return any(label == one or label.startswith(f"{one}.") for one in BY_LIKENESS)


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


def explained(taken: object, texts: Mapping[int, str]) -> Iterator[tuple[int, int, int, tuple[str, ...]]]:
    """What an event's `taken` tells: the post, with which it was taken, how alike in per cent, and up to six words that both say.

    The words are read from the posts as they stand now; where one is gone, so are they. Numbers and handles are not shown.
    """
    for one in taken if isinstance(taken, list) else ():
        item_id, with_id = int(one["item"]), int(one["with"])
        shared = alike(texts.get(item_id, ""), texts.get(with_id, "")).shared
        words = tuple(word for word in shared if not word.startswith("@") and not any(map(str.isdigit, word)))
        yield item_id, with_id, round(100 * float(one["alike"])), words[:_WORDS_SHOWN]


def told_of(taken: object) -> set[int]:
    """The posts that an event's `taken` speaks of."""
    return {int(one[key]) for one in (taken if isinstance(taken, list) else ()) for key in ("item", "with")}


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
