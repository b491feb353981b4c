"""Fits an n-gram head: L2-regularised multinomial logistic regression by L-BFGS.

Rare classes weigh more. Rows of sources without *neutral* are judged on negative and positive alone, as the encoder's are.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from classifiers.sentiment.answers import LABELS
from classifiers.sentiment.data import NEUTRAL, Row
from classifiers.sentiment.ngrams import BUCKETS, Floats, NgramHead, blocks, weighted
from classifiers.sentiment.text import normalise

STRENGTH = 2.0
RAREST_FEATURE = 2
CLASS_POWER = 0.5
ORDINARY_POSTS = 2_500
"""With more of them the head takes short reviews for neutral."""
STEPS = 60


def fit_head(rows: Sequence[Row]) -> NgramHead:
    """Fit the head on rows; features seen in a single row are left out."""
    texts = [normalise(row.text) for row in rows]
    rarity = rarity_of(texts)
    labels = np.array([row.label for row in rows])
    forced = np.array([row.is_forced for row in rows])
    solution = _minimised(matrix(texts, rarity), labels, forced, _weights(labels, forced))
    return NgramHead(solution[:-1].astype(np.float16), rarity, solution[-1].astype(np.float32))


def rarity_of(texts: Sequence[str]) -> Floats:
    """Give each bucket's inverse document frequency, 0 where fewer than two texts have it."""
    seen = np.zeros(BUCKETS)
    for text in texts:
        for block in blocks(text):
            seen[block.buckets] += 1
    rarity = np.log((1 + len(texts)) / (1 + seen)) + 1
    rarity[seen < RAREST_FEATURE] = 0.0
    return rarity.astype(np.float16).astype(np.float32)


def matrix(texts: Sequence[str], rarity: Floats) -> csr_matrix:
    """Stack the texts' features, with a last column of ones for the bias."""
    features = weighted([blocks(text) for text in texts], rarity)
    values = np.append(features.values, np.ones(len(texts), dtype=np.float32))
    rows, columns = np.append(features.texts, np.arange(len(texts))), np.append(features.buckets, np.full(len(texts), BUCKETS))
    return csr_matrix((values, (rows, columns)), shape=(len(texts), BUCKETS + 1), dtype=np.float32)


def _weights(labels: NDArray[np.int64], forced: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Weigh classes half-way between as they come and alike, counted among the rows with every answer to choose from."""
    counts = np.bincount(labels[~forced], minlength=len(LABELS))
    equal = counts.sum() / (len(LABELS) * np.maximum(counts, 1))
    raw = np.where(forced, 1.0, equal[labels] ** CLASS_POWER)
    shares: NDArray[np.float32] = (raw / raw.mean()).astype(np.float32)
    return shares


def _minimised(
    features: csr_matrix, labels: NDArray[np.int64], forced: NDArray[np.bool_], rows: NDArray[np.float32]
) -> NDArray[np.float64]:
    """Find the weights, shape (BUCKETS + 1, 3), of the smallest penalised loss."""
    turned = features.T.tocsr()
    wanted = np.eye(len(LABELS), dtype=np.float32)[labels]

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        weights = flat.reshape(-1, len(LABELS))
        logits = features @ weights.astype(np.float32)
        logits[forced, NEUTRAL] = -1e4
        logs = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
        slope = turned @ ((np.exp(logs) - wanted) * rows[:, None])
        penalty = weights.copy()
        penalty[-1] = 0.0
        value = -float((logs * wanted * rows[:, None]).sum()) * STRENGTH + 0.5 * float((penalty**2).sum())
        return value / len(labels), ((slope * STRENGTH + penalty) / len(labels)).ravel()

    start = np.zeros((BUCKETS + 1) * len(LABELS))
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": STEPS, "maxcor": 8})
    solution: NDArray[np.float64] = found.x.reshape(-1, len(LABELS))
    return solution
