"""Fits how the encoder and the n-gram head are blended, by language, on rows that neither was trained on.

Six numbers at most are fitted for a language (two weights, three biases), by the loss over every language's rows;
their classes weigh half-way between as they come and equal, because both honest probabilities and macro-recall count.
Stances get two numbers each, a slope and an offset (Platt 1999).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from classifiers.sentiment.answers import LABELS, STANCES, Stance
from classifiers.sentiment.data import NEUTRAL, Row
from classifiers.sentiment.runtime import OTHER, Blend, Floats, OnnxSentiment, Scale, Scales
from classifiers.sentiment.stances import Stanced

CLASS_POWER = 0.5
HOLD = 1e-3


def fit_blends(model: OnnxSentiment, rows: Sequence[Row], class_power: float = CLASS_POWER) -> dict[str, Blend]:
    """Fit one blend for each language of the rows, and one for all other languages on all rows."""
    outputs, ngrams, _ = model.logits([row.text for row in rows])
    encoder = outputs[:, : len(LABELS)]
    groups = {lang: np.array([row.lang == lang for row in rows]) for lang in sorted({row.lang for row in rows})}
    groups[OTHER] = np.ones(len(rows), dtype=bool)
    return {
        name: fit_blend(encoder[group], ngrams[group], [rows[index] for index in np.flatnonzero(group).tolist()], class_power)
        for name, group in groups.items()
    }


def fit_blend(encoder: Floats, ngrams: Floats, rows: Sequence[Row], class_power: float) -> Blend:
    """Fit one blend on logits, shape (rows, 3), and their rows."""
    labels = np.array([row.label for row in rows])
    is_forced = np.array([row.is_forced for row in rows])
    weights = _weights(labels, is_forced, class_power)

    def loss(point: NDArray[np.float64]) -> float:
        scores = encoder * point[0] + ngrams * point[1] + np.append(point[2:4], 0.0)
        scores[is_forced, NEUTRAL] = -1e4
        logs = scores[np.arange(len(labels)), labels] - np.logaddexp.reduce(scores, axis=1)
        return -float((logs * weights).mean()) + HOLD * float((point[2:4] ** 2).sum())

    found = minimize(loss, np.array([0.7, 0.3, 0.0, 0.0]), method="L-BFGS-B", bounds=[(0.0, 5.0), (0.0, 5.0), (-3.0, 3.0), (-3.0, 3.0)])
    first, second, *bias = (round(float(value), 5) for value in found.x)
    return Blend(encoder=first, ngrams=second, bias=(bias[0], bias[1], 0.0))


def fit_scales(model: OnnxSentiment, rows: Sequence[Stanced], offered: Sequence[Stance]) -> dict[str, Scales]:
    """Fit how the logits of the offered stances become probabilities, for each language of the rows and for all others."""
    outputs, _, _ = model.logits([row.text for row in rows])
    logits = outputs[:, len(LABELS) :]
    wanted = np.array([row.stances for row in rows])
    langs = np.array([row.lang for row in rows])
    groups = {lang: langs == lang for lang in sorted(set(langs.tolist()))} | {OTHER: np.ones(len(rows), dtype=bool)}
    columns = [(stance, STANCES.index(stance)) for stance in offered]
    return {
        name: {stance: fit_scale(logits[group, index], wanted[group, index]) for stance, index in columns} for name, group in groups.items()
    }


def fit_scale(logits: Floats, wanted: NDArray[np.float64]) -> Scale:
    """Fit slope and offset by the loss over the rows whose answer is known (not NaN)."""
    known = ~np.isnan(wanted)
    scores, answers = logits[known].astype(np.float64), wanted[known]

    def loss(point: NDArray[np.float64]) -> float:
        raw = scores * point[0] + point[1]
        return float((np.logaddexp(0.0, raw) - answers * raw).mean()) + HOLD * float((point**2).sum())

    found = minimize(loss, np.array([1.0, 0.0]), method="L-BFGS-B", bounds=[(0.0, 5.0), (-6.0, 6.0)])
    return Scale(slope=round(float(found.x[0]), 5), offset=round(float(found.x[1]), 5))


def _weights(labels: NDArray[np.int64], is_forced: NDArray[np.bool_], power: float) -> NDArray[np.float64]:
    """Weigh rows by their class's rarity, counted among the rows that had every answer to choose from."""
    counts = np.bincount(labels[~is_forced], minlength=len(LABELS)).astype(float)
    raw = np.where(is_forced, 1.0, ((counts / counts.sum() * len(LABELS)) ** -power)[labels])
    shares: NDArray[np.float64] = raw / raw.mean()
    return shares
