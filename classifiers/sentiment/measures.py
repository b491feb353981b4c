"""Figures of merit with 95 % bootstrap intervals, for three labels or two."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifiers.sentiment.answers import LABELS
from classifiers.sentiment.data import NEUTRAL

DRAWS = 1_000
BINS = 10
SEED = 20_26

Probabilities = NDArray[np.float64]
Labels = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Figure:
    """One number with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Measured:
    """Everything measured on one set. `precision` and `recall` are by label."""

    rows: int
    macro_recall: Figure
    macro_f1: Figure
    accuracy: Figure
    calibration_error: Figure
    precision: dict[str, Figure]
    recall: dict[str, Figure]


def forced(probabilities: Probabilities) -> Probabilities:
    """Take *neutral* out of the possible answers."""
    kept = probabilities.copy()
    kept[:, NEUTRAL] = 0.0
    shares: Probabilities = kept / np.maximum(kept.sum(axis=1, keepdims=True), 1e-12)
    return shares


def measure(probabilities: Probabilities, labels: Labels, draws: int = DRAWS) -> Measured:
    """Measure answers, shape (rows, 3), against labels, shape (rows,). Labels that never occur are left out of the means."""
    dice = np.random.default_rng(SEED)
    samples = dice.integers(0, len(labels), size=(draws, len(labels)))
    guesses = probabilities.argmax(axis=1)
    tables = _tables(guesses, labels, samples)
    table = _tables(guesses, labels, np.arange(len(labels))[None, :])
    present = np.flatnonzero(table[0].sum(axis=1))

    def figure_of(of: Callable[[NDArray[np.float64]], NDArray[np.float64]]) -> Figure:
        return interval(float(of(table)[0]), of(tables))

    errors = np.array([calibration_error(probabilities[sample], labels[sample]) for sample in samples])
    return Measured(
        rows=len(labels),
        macro_recall=figure_of(lambda t: recalls(t)[:, present].mean(axis=1)),
        macro_f1=figure_of(lambda t: f1s(t)[:, present].mean(axis=1)),
        accuracy=figure_of(lambda t: t.trace(axis1=1, axis2=2) / t.sum(axis=(1, 2))),
        calibration_error=interval(calibration_error(probabilities, labels), errors),
        precision={LABELS[i]: figure_of(lambda t, i=i: precisions(t)[:, i]) for i in present},  # type: ignore[misc]
        recall={LABELS[i]: figure_of(lambda t, i=i: recalls(t)[:, i]) for i in present},  # type: ignore[misc]
    )


def calibration_error(probabilities: Probabilities, labels: Labels) -> float:
    """Give the expected calibration error: |confidence − accuracy| averaged over ten bins of confidence.

    Source: Guo et al. 2017, "On Calibration of Modern Neural Networks".
    """
    confidence = probabilities.max(axis=1)
    gaps = (probabilities.argmax(axis=1) == labels) - confidence
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    return float(np.abs(np.bincount(bins, weights=gaps, minlength=BINS)).sum() / len(labels))


def _tables(guesses: Labels, labels: Labels, samples: NDArray[np.int64]) -> NDArray[np.float64]:
    """Count label × guess for each sample of rows, shape (samples, 3, 3)."""
    cells = (labels * len(LABELS) + guesses)[samples]
    counts = [np.bincount(row, minlength=len(LABELS) ** 2) for row in cells]
    return np.array(counts, dtype=np.float64).reshape(len(samples), len(LABELS), len(LABELS))


def recalls(tables: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give each label's recall, shape (tables, 3)."""
    right: NDArray[np.float64] = np.diagonal(tables, axis1=1, axis2=2) / np.maximum(tables.sum(axis=2), 1.0)
    return right


def precisions(tables: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give each label's precision, shape (tables, 3)."""
    right: NDArray[np.float64] = np.diagonal(tables, axis1=1, axis2=2) / np.maximum(tables.sum(axis=1), 1.0)
    return right


def f1s(tables: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give each label's F1, shape (tables, 3)."""
    both = tables.sum(axis=1) + tables.sum(axis=2)
    means: NDArray[np.float64] = 2 * np.diagonal(tables, axis1=1, axis2=2) / np.maximum(both, 1.0)
    return means


def interval(value: float, drawn: NDArray[np.float64] | Sequence[float]) -> Figure:
    """Give a value with the 95 % interval of its bootstrap draws, to four decimals."""
    low, high = np.percentile(drawn, [2.5, 97.5])
    return Figure(round(value, 4), round(float(low), 4), round(float(high), 4))
