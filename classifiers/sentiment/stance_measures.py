"""Measures a model's stances on rows that it was neither fitted nor calibrated on, beside a linear baseline.

Entry points: `compare_stances`, and `stance_table` to print what it gives. A set is one source in one language.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from classifiers.sentiment.answers import STANCES, SentimentModel, Stance
from classifiers.sentiment.baseline import fitted_on
from classifiers.sentiment.measures import BINS, DRAWS, SEED, Figure, interval
from classifiers.sentiment.stances import Stanced, of_part, stanced_rows

Shares = NDArray[np.float64]
EVEN = 0.5


@dataclass(frozen=True, slots=True)
class Held:
    """One stance on one set: precision, recall and F1 at one half, how well it ranks (area under the ROC curve), calibration error."""

    rows: int
    holding: int
    precision: Figure
    recall: Figure
    f1: Figure
    ranking: Figure
    calibration_error: Figure


@dataclass(frozen=True, slots=True)
class ComparedStance:
    """Model and baseline on the same rows; no baseline for a set without rows of its own to fit it on."""

    model: Held
    baseline: Held | None


def compare_stances(model: SentimentModel, folder: Path) -> dict[str, ComparedStance]:
    """Measure each stance that the model answers, named `stance/source/language`; a text without anything to read does nothing.

    Raises ConfigError without scikit-learn.
    """
    rows = stanced_rows(folder)
    reported = of_part(rows, "report")
    answers = model.read([row.text for row in reported], [row.lang for row in reported])
    compared: dict[str, ComparedStance] = {}
    for name, stance, group in _sets(reported):
        shares = [answers[index].holds(stance) for index in group]
        if any(share is not None for share in shares):
            known = [reported[index] for index in group]
            ours = measure_stance(np.array([share or 0.0 for share in shares]), _wanted(known, stance))
            compared[name] = ComparedStance(ours, _baseline(of_part(rows, "train"), known, stance))
    return compared


def _sets(rows: Sequence[Stanced]) -> Iterator[tuple[str, Stance, list[int]]]:
    """Give the rows of each set where the stance is known and both answers occur."""
    for index, stance in enumerate(STANCES):
        for source, lang in sorted({(row.source, row.lang) for row in rows}):
            group = [at for at, row in enumerate(rows) if (row.source, row.lang) == (source, lang) and row.is_known(index)]
            if len({rows[at].stances[index] for at in group}) > 1:
                yield f"{stance}/{source}/{lang}", stance, group


def _wanted(rows: Sequence[Stanced], stance: Stance) -> Shares:
    return np.array([row.stances[STANCES.index(stance)] for row in rows])


def _baseline(training: Sequence[Stanced], rows: Sequence[Stanced], stance: Stance) -> Held | None:
    index = STANCES.index(stance)
    alike = [row for row in training if (row.source, row.lang) == (rows[0].source, rows[0].lang) and row.is_known(index)]
    if not alike:
        return None
    answers = fitted_on([row.text for row in alike], [int(row.stances[index]) for row in alike], [row.text for row in rows])
    return measure_stance(answers[:, 1], _wanted(rows, stance))


def measure_stance(shares: Shares, wanted: Shares, draws: int = DRAWS) -> Held:
    """Measure probabilities against answers of 0 and 1, both of shape (rows,). Intervals are 95 % bootstrap ones."""
    dice = np.random.default_rng(SEED)
    samples = [sample for sample in dice.integers(0, len(wanted), size=(draws, len(wanted))) if 0 < wanted[sample].sum() < len(wanted)]

    def shown(of: Callable[[Shares, Shares], float]) -> Figure:
        return interval(of(shares, wanted), [of(shares[sample], wanted[sample]) for sample in samples])

    return Held(len(wanted), int(wanted.sum()), shown(_precision), shown(_recall), shown(_f1), shown(ranking), shown(binned_error))


def _right(shares: Shares, wanted: Shares) -> float:
    return float(((shares >= EVEN) & (wanted > 0)).sum())


def _precision(shares: Shares, wanted: Shares) -> float:
    return _right(shares, wanted) / max(float((shares >= EVEN).sum()), 1.0)


def _recall(shares: Shares, wanted: Shares) -> float:
    return _right(shares, wanted) / max(float(wanted.sum()), 1.0)


def _f1(shares: Shares, wanted: Shares) -> float:
    return 2 * _right(shares, wanted) / max(float((shares >= EVEN).sum() + wanted.sum()), 1.0)


def ranking(shares: Shares, wanted: Shares) -> float:
    """Give how often a row that holds is above one that does not. Source: Mann & Whitney 1947."""
    holding = float(wanted.sum())
    order = np.sort(shares)
    ranks = (np.searchsorted(order, shares, "left") + np.searchsorted(order, shares, "right") + 1) / 2
    return (float(ranks[wanted > 0].sum()) - holding * (holding + 1) / 2) / (holding * (len(wanted) - holding))


def binned_error(shares: Shares, wanted: Shares) -> float:
    """Give |probability − frequency| averaged over ten bins of probability."""
    bins = np.minimum((shares * BINS).astype(int), BINS - 1)
    return float(np.abs(np.bincount(bins, weights=wanted - shares, minlength=BINS)).sum() / len(wanted))


def stance_table(results: Mapping[str, ComparedStance]) -> Iterator[str]:
    """Give the lines of a Markdown table: each figure with its interval, the baseline's value behind it."""
    yield "| stance / set / language | rows (holding) | precision | recall | F1 | ranking | calibration error |"
    yield "|---|---|---|---|---|---|---|"
    for name, one in results.items():
        cells = [_cell(one, key) for key in ("precision", "recall", "f1", "ranking", "calibration_error")]
        yield f"| {name} | {one.model.rows} ({one.model.holding}) | {' | '.join(cells)} |"


def _cell(one: ComparedStance, key: str) -> str:
    ours: Figure = getattr(one.model, key)
    theirs = f" (linear {getattr(one.baseline, key).value:.3f})" if one.baseline else ""
    return f"{ours.value:.3f} [{ours.low:.3f}, {ours.high:.3f}]{theirs}"
