"""Fits the weights by which `core.likeness` compares posts, on posts of its own: `python -m classifiers.evaluation.story_fit`.

Logistic regression with a ridge, over all pairs that share a label. What is printed is written into core/likeness/alike.py by hand; the
table of thresholds is cross-validated over families, so that no pair is judged by weights fitted on it.
"""

from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray

from classifiers.evaluation.stories import cubed, numbered
from classifiers.evaluation.story_rows import StoryRow, read
from core.likeness.alike import LEAST_SHARED, signs
from core.likeness.terms import terms

TUNING = Path(__file__).with_name("stories_tuning.jsonl")
FOLDS, RIDGE, ROUNDS, STEPS = 5, 1.0, 3, 30
THRESHOLDS = (0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7)

Floats = NDArray[np.float64]


def main() -> None:
    """Print weights and thresholds."""
    rows = read(TUNING)
    pairs = [(i, j) for i, j in combinations(range(len(rows)), 2) if rows[i].kind == rows[j].kind]
    seen = np.array([_signs(rows[i], rows[j]) for i, j in pairs])
    same = np.array([rows[i].group == rows[j].group for i, j in pairs], dtype=np.float64)
    click.echo("weights: " + ", ".join(f"{value:.2f}" for value in fitted(seen, same)))
    groups, families = numbered(row.group for row in rows), [row.family for row in rows]
    odds = _unseen(pairs, seen, same, numbered(families), len(rows))
    for threshold in THRESHOLDS:
        told = cubed(groups, _gathered(rows, odds, threshold), families)
        click.echo(f"{threshold:.2f}: precision {told.precision.value:.3f}, recall {told.recall.value:.3f}, F1 {told.f1.value:.3f}")


def fitted(seen: Floats, same: Floats) -> Floats:
    """The base and the weight of each sign. Newton's method; the base is free of the ridge."""
    rows = np.column_stack([np.ones(len(seen)), seen])
    weights, ridge = np.zeros(rows.shape[1]), RIDGE * np.diag([0.0, *np.ones(seen.shape[1])])
    for _ in range(STEPS):
        share = 1 / (1 + np.exp(-rows @ weights))
        slope = rows.T @ (share - same) + ridge @ weights
        bend = (rows * (share * (1 - share))[:, None]).T @ rows + ridge
        weights = weights - np.linalg.solve(bend, slope)
    return weights


def _signs(one: StoryRow, other: StoryRow) -> tuple[float, ...]:
    left, right = terms(one.text), terms(other.text)
    return (*signs(left, right, (one.lang, other.lang)),)


def _unseen(pairs: Sequence[tuple[int, int]], seen: Floats, same: Floats, families: Sequence[int], size: int) -> Floats:
    """How sure each pair is by weights that never saw its families, mean of three ways to fold; pairs without enough in common: 0."""
    family, ends = np.array(families), np.array(pairs)
    sums, times = np.zeros((size, size)), np.zeros((size, size))
    for round_ in range(ROUNDS):
        fold = (np.random.default_rng(round_).permutation(family.max() + 1) % FOLDS)[family]
        for number in range(FOLDS):
            held = (fold[ends] == number).any(axis=1)
            weights = fitted(seen[~held], same[~held])
            odds = np.column_stack([np.ones(held.sum()), seen[held]]) @ weights
            np.add.at(sums, tuple(ends[held].T), odds)
            np.add.at(times, tuple(ends[held].T), 1)
    shares: Floats = 1 / (1 + np.exp(-sums / np.maximum(times, 1)))
    return np.where(times > 0, shares, 0.0)


def _gathered(rows: Sequence[StoryRow], odds: Floats, threshold: float) -> list[int]:
    """Each post goes to the story of the one before it that is most alike."""
    stories: list[int] = []
    for number, row in enumerate(rows):
        before = [max(odds[k, number], 0.0) if len(terms(rows[k].text).keys() & terms(row.text).keys()) >= LEAST_SHARED else 0.0
                  for k in range(number)]  # fmt: skip
        best = int(np.argmax(before)) if before else -1
        stories.append(stories[best] if best >= 0 and before[best] >= threshold else number)
    return stories


if __name__ == "__main__":
    main()
