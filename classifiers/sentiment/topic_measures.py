"""How well topics are ranked: the mean over topics of average precision, with a 95 % bootstrap interval, and a table of it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifiers.sentiment.measures import SEED, Figure, interval

DRAWS = 200

Floats = NDArray[np.float64]


def average_precision(scores: Floats, holds: Floats) -> float:
    """Give the mean precision at the places of the posts that hold, the surest first; equal scores keep their order.

    0 where none holds.
    """
    ordered = holds[np.argsort(-scores, kind="stable")]
    precision = np.cumsum(ordered) / np.arange(1, len(ordered) + 1)
    return float((precision * ordered).sum() / max(ordered.sum(), 1.0))


def mean_average_precision(scores: Floats, wanted: Floats) -> float:
    """Give the mean over topics, of scores and answers of shape (posts, topics), NaN where nobody judged; topics that never hold are left
    out."""
    columns = [(each[~np.isnan(answers)], answers[~np.isnan(answers)]) for each, answers in zip(scores.T, wanted.T, strict=True)]
    known = [average_precision(each, answers) for each, answers in columns if answers.sum()]
    return float(np.mean(known)) if known else 0.0


def ranked(scores: Floats, wanted: Floats, draws: int = DRAWS) -> Figure:
    """Give the mean average precision with its interval over posts."""
    dice = np.random.default_rng(SEED)
    samples = (dice.integers(0, len(scores), size=len(scores)) for _ in range(draws))
    return interval(mean_average_precision(scores, wanted), np.array([mean_average_precision(scores[one], wanted[one]) for one in samples]))


def topic_table(figures: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Give the lines of a Markdown table of languages, as `model.json` keeps them: posts, then [value, low, high] by opinion."""
    opinions = [name for name in dict.fromkeys(name for one in figures.values() for name in one) if name != "posts"]
    yield "| posts in | posts | " + " | ".join(opinions) + " |"
    yield "|---|---|" + "---|" * len(opinions)
    for lang, one in figures.items():
        yield f"| {lang} | {one['posts']} | " + " | ".join(_shown(one[name]) if name in one else "–" for name in opinions) + " |"


def _shown(triple: Sequence[float]) -> str:
    value, low, high = triple
    return f"{value:.3f} [{low:.3f}, {high:.3f}]"
