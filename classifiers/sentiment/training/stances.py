"""Fits the stance heads beside a model that tells feelings: `python -m classifiers.sentiment.training.stances --data DIR --model DIR`.

Weights by logistic regression over the hashed n-grams, one stance at a time, on corpora, our own posts and guesses from feelings;
then a scale for each language on rows kept out of that. Needs no torch; `make train` ends with it. Takes about two minutes.
"""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from classifiers.sentiment.answers import STANCES, Sentiment, Stance
from classifiers.sentiment.data import ORDINARY_SOURCE, Row, ordinary_keys_to_learn_from, training_rows
from classifiers.sentiment.ngrams import Floats, NgramHead
from classifiers.sentiment.runtime import OTHER, STANCES_FILE, figures, load
from classifiers.sentiment.scales import Scale, Scales, leanings
from classifiers.sentiment.stances import OWN_SOURCE, Stanced, of_part, stanced_rows, weak_rows
from classifiers.sentiment.text import normalise
from classifiers.sentiment.training.figures import describe, parser, write_figures
from classifiers.sentiment.training.linear import matrix, rarity_of

STRENGTH = 4.0
STEPS = 300
SEED = 11
WEAK_ROWS: Mapping[str, int] = {"en-tweets": 3_000, "pl-twitter": 2_500, "pl-medical": 2_500, "pl-hotels": 4_000, ORDINARY_SOURCE: 6_000}
"""How many rows of each source and feeling have their stances guessed."""
TRUST: Mapping[Stance, Mapping[str, float]] = {
    "complaint": {OWN_SOURCE: 12.0, "pl-hotels": 0.3},
    "praise": {OWN_SOURCE: 20.0, "pl-hotels": 0.1},
    "question": {OWN_SOURCE: 12.0},
    "abuse": {OWN_SOURCE: 6.0},
}
"""How much a row of a source weighs; a guessed one half as much as one that somebody labelled, without more."""
GUESSED = 0.5
HOLD = 1e-2
OWN_SHARE = 0.5
"""The part of a calibration that our own posts have: they show every near miss, the corpora show how people write."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Fit the heads of a model folder and describe them there."""
    asked = parser("Fit the stance heads of a model folder and measure it.").parse_args(arguments)
    fit_stances(asked.data, asked.model)
    write_figures(asked.data, asked.model)


def fit_stances(folder: Path, target: Path) -> None:
    """Write heads and scales of the model folder `target`. Raises ConfigError where a data file is missing."""
    told = stanced_rows(folder)
    rows = of_part(told, "train") + weak_training_rows(folder)
    fit_heads(rows).save(target / STANCES_FILE)
    scales = {name: _plain(one) for name, one in fit_scales(target, of_part(told, "calibrate")).items()}
    counts = Counter(f"{row.source} ({row.lang})" for row in rows)
    describe(target, scales=scales, stance_rows=dict(sorted(counts.items())))


def fit_heads(rows: Sequence[Stanced]) -> NgramHead:
    """Fit one head for each stance over one table of rarity."""
    texts = [normalise(row.text) for row in rows]
    rarity = rarity_of(texts)
    features, wanted = matrix(texts, rarity), np.array([row.stances for row in rows])
    found = [fitted(features, wanted[:, index], _weights(rows, wanted[:, index], stance)) for index, stance in enumerate(STANCES)]
    solution = np.stack(found, axis=1)
    return NgramHead(solution[:-1].astype(np.float16), rarity, solution[-1].astype(np.float32))


def weak_training_rows(folder: Path) -> list[Stanced]:
    """Give the rows whose stances are guessed from their feelings."""
    return weak_rows(_drawn(_learnable(folder)))


def _learnable(folder: Path) -> list[Row]:
    ordinary = ordinary_keys_to_learn_from(folder)
    return [row for row in training_rows(folder) if row.source != ORDINARY_SOURCE or row.key in ordinary]


def _drawn(rows: Sequence[Row]) -> list[Row]:
    """Draw rows of each source and feeling to guess stances of."""
    groups: dict[tuple[str, int], list[Row]] = {}
    for row in rows:
        groups.setdefault((row.source, row.label), []).append(row)
    dice = random.Random(SEED)
    return [row for (source, _), group in groups.items() for row in dice.sample(group, min(len(group), WEAK_ROWS[source]))]


def _weights(rows: Sequence[Stanced], wanted: NDArray[np.float64], stance: Stance) -> NDArray[np.float64]:
    """Weigh rows by how far their source is trusted, and those that hold half-way to being as many as the others."""
    corpora = {"complaints", "offensive", "insults", OWN_SOURCE}
    trusted = np.array([TRUST[stance].get(row.source, 1.0 if row.source in corpora else GUESSED) for row in rows])
    held, others = trusted[wanted == 1.0].sum(), trusted[wanted == 0.0].sum()
    shares: NDArray[np.float64] = np.where(wanted == 1.0, trusted * np.sqrt(others / held), trusted)
    return shares


def fitted(
    features: csr_matrix, wanted: NDArray[np.float64], weights: NDArray[np.float64], strength: float = STRENGTH
) -> NDArray[np.float64]:
    """Find the weights, shape (BUCKETS + 1,), of the smallest penalised loss over the rows whose answer is known."""
    known = ~np.isnan(wanted)
    asked = features[known]
    used = np.flatnonzero(asked.getnnz(axis=0))
    seen, answers, counted = asked[:, used].astype(np.float64), wanted[known], weights[known]
    turned = seen.T.tocsr()

    def loss(point: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        raw = seen @ point
        penalty = point.copy()
        penalty[-1] = 0.0
        slope = turned @ (counted * (1.0 / (1.0 + np.exp(-raw)) - answers))
        value = float((counted * (np.logaddexp(0.0, raw) - answers * raw)).sum()) * strength + 0.5 * float((penalty**2).sum())
        return value / len(answers), (slope * strength + penalty) / len(answers)

    found = minimize(loss, np.zeros(len(used)), jac=True, method="L-BFGS-B", options={"maxiter": STEPS, "maxcor": 8})
    solution = np.zeros(features.shape[1])
    solution[used] = found.x
    return solution


def fit_scales(target: Path, rows: Sequence[Stanced]) -> dict[str, Scales]:
    """Fit how votes and feelings become probabilities, for each language of the rows and for all others."""
    neutral = Scale(slope=1.0, offset=0.0)
    describe(target, scales={name: dict.fromkeys(STANCES, neutral.model_dump()) for name in _blends(target)})
    model = load(target)
    felt = model.read([row.text for row in rows], [row.lang for row in rows])
    votes = model.votes([row.text for row in rows])
    moods = np.array([leanings(_shares(one)) for one in felt])
    groups = {name: np.array([name in (row.lang, OTHER) for row in rows]) for name in model.blends}
    wanted, sources = np.array([row.stances for row in rows]), np.array([row.source for row in rows])
    return {
        name: {
            stance: fit_scale(votes[group, index], moods[group], wanted[group, index], sources[group])
            for index, stance in enumerate(STANCES)
        }
        for name, group in groups.items()
    }


def fit_scale(votes: Floats, moods: NDArray[np.float64], wanted: NDArray[np.float64], sources: NDArray[np.str_]) -> Scale:
    """Fit the numbers of one scale by the loss over the rows whose answer is known (not NaN); our own posts have `OWN_SHARE`."""
    known = ~np.isnan(wanted) & np.isin(sources, _both_ways(wanted, sources))
    seen = np.column_stack([votes[known].astype(np.float64), moods[known], np.ones(known.sum())])
    answers, is_own = wanted[known], sources[known] == OWN_SOURCE
    weights = np.where(is_own, OWN_SHARE / max(is_own.sum(), 1), (1.0 - OWN_SHARE) / max((~is_own).sum(), 1))
    weights /= weights.sum()

    def loss(point: NDArray[np.float64]) -> float:
        raw = seen @ point
        return float((weights * (np.logaddexp(0.0, raw) - answers * raw)).sum()) + HOLD * float((point[1:3] ** 2).sum())

    bounds = [(0.0, 5.0), (-2.0, 2.0), (-2.0, 2.0), (-8.0, 8.0)]
    slope, negative, positive, offset = (
        round(float(value), 5) for value in minimize(loss, np.array([1.0, 0.0, 0.0, 0.0]), method="L-BFGS-B", bounds=bounds).x
    )
    return Scale(slope=slope, negative=negative, positive=positive, offset=offset)


def _both_ways(wanted: NDArray[np.float64], sources: NDArray[np.str_]) -> list[str]:
    """Give the sources where some rows hold and some do not: the others would only shift the offset."""
    return [source for source in set(sources.tolist()) if {0.0, 1.0} <= set(wanted[sources == source].tolist())]


def _shares(one: Sentiment) -> Floats:
    return np.array([one.negative, one.neutral, one.positive], dtype=np.float32)


def _blends(target: Path) -> Sequence[str]:
    known: Any = figures(target)
    return tuple(known["blends"])


def _plain(scales: Scales) -> dict[str, Any]:
    """Give the scales of one language as `model.json` keeps them."""
    return {stance: scale.model_dump() for stance, scale in scales.items()}


if __name__ == "__main__":
    main()
