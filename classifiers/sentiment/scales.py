"""How what the stance head votes becomes probabilities: a slope and an offset (Platt 1999), and what the text's feeling adds.

Grievances are rarely cheerful: two numbers weigh the log-odds of negative and positive against neutral, so that a head fitted on
few posts leans on a feeling fitted on many.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from classifiers.sentiment.answers import STANCES, Stance

Floats = NDArray[np.float32]
_LEAST = 1e-3
"""Shares below this say no more: a feeling cannot outvote the words without end."""


class Scale(BaseModel):
    """logistic(logit · slope + log(negative / neutral) · negative + log(positive / neutral) · positive + offset)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    slope: float
    negative: float = 0.0
    positive: float = 0.0
    offset: float


Scales = dict[Stance, Scale]


def scaled(logits: Floats, feelings: Floats, scales: Scales) -> tuple[float | None, ...]:
    """Make a text's stance logits, in the order of `STANCES`, probabilities; None for a stance that has no scale.

    `feelings` are its shares of negative, neutral and positive.
    """
    moods = leanings(feelings)
    return tuple(_probability(float(logit), moods, scales.get(stance)) for logit, stance in zip(logits, STANCES, strict=True))


def leanings(feelings: Floats) -> tuple[float, float]:
    """Give the log-odds of negative and of positive against neutral."""
    negative, neutral, positive = np.log(np.maximum(feelings, _LEAST)).tolist()
    return negative - neutral, positive - neutral


def _probability(logit: float, moods: Sequence[float], scale: Scale | None) -> float | None:
    if scale is None:
        return None
    raw = logit * scale.slope + moods[0] * scale.negative + moods[1] * scale.positive + scale.offset
    return float(1.0 / (1.0 + np.exp(-raw)))
