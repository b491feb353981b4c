"""How well feeling is read on the evaluation set: the configured model beside baselines, on the same posts in the same run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from classifiers.evaluation import lexicon
from classifiers.evaluation.rows import SENTIMENTS, Row
from classifiers.evaluation.score import Share
from classifiers.sentiment import data
from classifiers.sentiment.answers import SentimentModel
from classifiers.sentiment.baseline import predicted
from classifiers.sentiment.measures import BINS, Measured, measure

Answers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Felt:
    """What each reader makes of the posts: by reader and language ("all" for both); the model's own table and its calibration.

    `confusion` counts what it is × what was said. `calibration` is (mean confidence, share right, posts) for each bin that has posts.
    """

    measured: Mapping[str, Mapping[str, Measured]]
    confusion: NDArray[np.int64]
    calibration: Sequence[tuple[float, float, int]]


def measure_feeling(rows: Sequence[Row], model: SentimentModel, others: Mapping[str, SentimentModel], datasets: Path | None) -> Felt:
    """Ask the model, the baselines and any other models. Without `datasets` there is no linear baseline."""
    felt = [row for row in rows if row.sentiment is not None]
    gold = np.array([SENTIMENTS.index(row.sentiment or "neutral") for row in felt])
    answers = {"Czujka": _asked(model, felt)} | {name: _asked(other, felt) for name, other in others.items()}
    answers |= {"always negative": _always_negative(len(felt)), "lexicon": lexicon.read([row.reading.text for row in felt])}
    if datasets is not None:
        answers["linear n-grams"] = predicted(data.training_rows(datasets), [_labelled(row) for row in felt])
    chosen = {"all": np.arange(len(felt))} | {
        language: np.array([n for n, row in enumerate(felt) if row.lang == language]) for language in sorted({row.lang for row in felt})
    }
    ours = answers["Czujka"]
    guesses = ours.argmax(axis=1)
    return Felt(
        measured={name: {key: measure(given[at], gold[at]) for key, at in chosen.items()} for name, given in answers.items()},
        confusion=np.bincount(gold * 3 + guesses, minlength=9).reshape(3, 3),
        calibration=_calibration(ours, guesses == gold),
    )


def share_neutral(rows: Sequence[Row], model: SentimentModel) -> Share:
    """How many posts, all of them neutral, are called so?"""
    answers = _asked(model, rows)
    return Share(int((answers.argmax(axis=1) == SENTIMENTS.index("neutral")).sum()), len(rows))


def _asked(model: SentimentModel, rows: Sequence[Row]) -> Answers:
    given = model.read([row.reading.text for row in rows], [row.lang for row in rows])
    return np.array([[one.negative, one.neutral, one.positive] for one in given])


def _always_negative(count: int) -> Answers:
    answers = np.zeros((count, 3))
    answers[:, 0] = 1.0
    return answers


def _labelled(row: Row) -> data.Row:
    return data.Row(
        text=row.reading.text, lang=row.lang, label=SENTIMENTS.index(row.sentiment or "neutral"), source="evaluation", key=row.id
    )


def _calibration(answers: Answers, right: NDArray[np.bool_]) -> list[tuple[float, float, int]]:
    sure = answers.max(axis=1)
    bins = np.minimum((sure * BINS).astype(int), BINS - 1)
    return [
        (float(sure[bins == n].mean()), float(right[bins == n].mean()), int((bins == n).sum())) for n in range(BINS) if (bins == n).any()
    ]
