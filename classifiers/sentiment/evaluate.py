"""Measures any sentiment model on labelled rows, beside the linear baseline.

Entry points: `evaluate` for one model, `compare` for model and baseline in the same run, `table` to print either.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from classifiers.sentiment.answers import SentimentModel
from classifiers.sentiment.baseline import predicted
from classifiers.sentiment.data import Row, by_source, dev_rows, training_rows
from classifiers.sentiment.measures import Figure, Measured, Probabilities, forced, measure
from classifiers.sentiment.sentences import sentences

_SHOWN = ("macro_recall", "macro_f1", "accuracy", "calibration_error")


@dataclass(frozen=True, slots=True)
class Compared:
    """Model and baseline on the same rows of one set."""

    model: Measured
    baseline: Measured


def evaluate(model: SentimentModel, rows: Sequence[Row]) -> dict[str, Measured]:
    """Measure a model on rows, by set; a set is a source of Polish rows, or all English tweets."""
    return {name: measured(probabilities(model, group), group) for name, group in by_source(rows).items()}


def compare(model: SentimentModel, folder: Path) -> dict[str, Compared]:
    """Measure a model on the dev rows of `folder` and on our kept sentences, and the baseline fitted on the training rows of the same.

    Takes minutes. Raises ConfigError where a file or scikit-learn is missing.
    """
    learned, kept = sentences()
    rows = [*dev_rows(folder), *kept]
    linear = dict(zip((row.key for row in rows), predicted([*training_rows(folder), *learned], rows), strict=True))
    models = evaluate(model, rows)
    baselines = {name: measured(np.array([linear[row.key] for row in group]), group) for name, group in by_source(rows).items()}
    return {name: Compared(models[name], baseline) for name, baseline in baselines.items()}


def probabilities(model: SentimentModel, rows: Sequence[Row]) -> Probabilities:
    """Read rows with a model; shape (rows, 3)."""
    answers = model.read([row.text for row in rows], [row.lang for row in rows])
    return np.array([[one.negative, one.neutral, one.positive] for one in answers])


def measured(answers: Probabilities, rows: Sequence[Row]) -> Measured:
    """Measure answers for rows of one set; where *neutral* was not to be chosen from, it is not for the model either."""
    labels = np.array([row.label for row in rows])
    return measure(forced(answers) if rows[0].is_forced else answers, labels)


def table(results: Mapping[str, Compared]) -> Iterator[str]:
    """Give the lines of a Markdown table: each figure with its interval, the baseline's value behind it."""
    yield "| set | rows | macro-recall | macro-F1 | accuracy | calibration error |"
    yield "|---|---|---|---|---|---|"
    for name, result in results.items():
        cells = [f"{_shown(getattr(result.model, key))} (linear {getattr(result.baseline, key).value:.3f})" for key in _SHOWN]
        yield f"| {name} | {result.model.rows} | {' | '.join(cells)} |"


def labels_table(results: Mapping[str, Compared]) -> Iterator[str]:
    """Give the lines of a Markdown table of precision and recall by label."""
    yield "| set | label | precision | recall | linear: precision | recall |"
    yield "|---|---|---|---|---|---|"
    for name, result in results.items():
        for label in result.model.recall:
            ours = f"{_shown(result.model.precision[label])} | {_shown(result.model.recall[label])}"
            theirs = f"{result.baseline.precision[label].value:.3f} | {result.baseline.recall[label].value:.3f}"
            yield f"| {name} | {label} | {ours} | {theirs} |"


def _shown(figure: Figure) -> str:
    return f"{figure.value:.3f} [{figure.low:.3f}, {figure.high:.3f}]"
