"""Fits how the encoder and the n-gram heads are blended, by language, on rows that neither was trained on.

Six numbers at most are fitted for a language (two weights, three biases), by the loss over every language's rows;
their classes weigh between as they come and equal, because both honest probabilities and the figures that classes share alike count.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from classifiers.sentiment.answers import LABELS
from classifiers.sentiment.data import NEUTRAL, Row
from classifiers.sentiment.runtime import OTHER, Blend, Floats, OnnxSentiment

CLASS_POWERS: Mapping[str, float] = {"en": 0.8}
"""English is measured by macro-recall, as TweetEval does, to which rare classes matter as much as common ones."""
CLASS_POWER = 0.5
"""Of all others."""
OWN_SOURCE, OWN_SHARE = "own", 0.1
"""Posts written for this purpose, and the part of all weight that they have: of reviews and headlines a model is surer than of posts."""
HOLD = 1e-3


def fit_blends(model: OnnxSentiment, rows: Sequence[Row]) -> dict[str, Blend]:
    """Fit one blend for each language of the rows, and one for all other languages on all rows."""
    groups = {lang: [row for row in rows if row.lang == lang] for lang in sorted({row.lang for row in rows})} | {OTHER: list(rows)}
    return {
        name: fit_blend(*model.logits([row.text for row in group], [name] * len(group)), group, CLASS_POWERS.get(name, CLASS_POWER))
        for name, group in groups.items()
    }


def fit_blend(encoder: Floats, ngrams: Floats, rows: Sequence[Row], class_power: float) -> Blend:
    """Fit one blend on logits, shape (rows, 3), and their rows."""
    labels = np.array([row.label for row in rows])
    is_forced = np.array([row.is_forced for row in rows])
    weights = _weights(labels, is_forced, _parts(np.array([row.source == OWN_SOURCE for row in rows])), class_power)

    def loss(point: NDArray[np.float64]) -> float:
        scores = encoder * point[0] + ngrams * point[1] + np.append(point[2:4], 0.0)
        scores[is_forced, NEUTRAL] = -1e4
        logs = scores[np.arange(len(labels)), labels] - np.logaddexp.reduce(scores, axis=1)
        return -float((logs * weights).mean()) + HOLD * float((point[2:4] ** 2).sum())

    found = minimize(loss, np.array([0.7, 0.3, 0.0, 0.0]), method="L-BFGS-B", bounds=[(0.0, 5.0), (0.0, 5.0), (-3.0, 3.0), (-3.0, 3.0)])
    first, second, *bias = (round(float(value), 5) for value in found.x)
    return Blend(encoder=first, ngrams=second, bias=(bias[0], bias[1], 0.0))


def _weights(labels: NDArray[np.int64], is_forced: NDArray[np.bool_], parts: NDArray[np.float64], power: float) -> NDArray[np.float64]:
    """Weigh rows by their part and by their class's rarity, counted among the rows that had every answer to choose from."""
    counts = np.bincount(labels[~is_forced], weights=parts[~is_forced], minlength=len(LABELS))
    raw = parts * np.where(is_forced, 1.0, ((counts / counts.sum() * len(LABELS)) ** -power)[labels])
    shares: NDArray[np.float64] = raw / raw.mean()
    return shares


def _parts(is_own: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Weigh our own posts as their share of all, one on average; where there are none, or nothing else, all rows weigh alike."""
    own = is_own.mean()
    shares: NDArray[np.float64] = (
        np.where(is_own, OWN_SHARE / own, (1.0 - OWN_SHARE) / (1.0 - own)) if 0.0 < own < 1.0 else np.ones(len(is_own))
    )
    return shares
