"""The int8 model as shipped beats the linear baseline on every development set, and its file tells the truth about it."""

import os
from pathlib import Path

import numpy as np
import pytest

from classifiers.sentiment.card import compared
from classifiers.sentiment.data import Row, by_source, dev_rows
from classifiers.sentiment.evaluate import measured, probabilities
from classifiers.sentiment.measures import Measured, calibration_error, forced
from classifiers.sentiment.runtime import figures, load
from classifiers.sentiment.sentences import sentences

SETS = ["en-tweets", "pl-twitter", "pl-medical", "pl-hotels", "pl-sentences", "en-sentences"]
SAME = 0.01
"""Processors round int8 products a little differently."""


@pytest.fixture(scope="module")
def folder() -> Path:
    """The data sets lie beside the repository; CZUJKA_DATASETS names another place."""
    found = Path(os.environ.get("CZUJKA_DATASETS", Path(__file__).parents[2].parent / "shared" / "datasets"))
    assert found.is_dir(), f"the development sets are not at {found}: put them there or name their folder in CZUJKA_DATASETS"
    return found


@pytest.fixture(scope="module")
def groups(folder: Path) -> dict[str, list[Row]]:
    """The rows of each set: development rows, and the sentences that were kept."""
    return by_source([*dev_rows(folder), *sentences()[1]])


@pytest.fixture(scope="module")
def answers(groups: dict[str, list[Row]]) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """For each set, what the model answered and what was right."""
    model = load(threads=2)
    read = {name: probabilities(model, rows) for name, rows in groups.items()}
    return {
        name: (forced(read[name]) if rows[0].is_forced else read[name], np.array([row.label for row in rows]))
        for name, rows in groups.items()
    }


@pytest.fixture(scope="module")
def now(groups: dict[str, list[Row]], answers: dict[str, tuple[np.ndarray, np.ndarray]]) -> dict[str, Measured]:
    return {name: measured(answers[name][0], rows) for name, rows in groups.items()}


@pytest.mark.parametrize("name", SETS)
def test_the_model_beats_the_linear_baseline(name: str, now: dict[str, Measured]) -> None:
    baseline = compared(figures()["figures"])[name].baseline  # type: ignore[arg-type]
    assert baseline.rows == now[name].rows
    assert now[name].macro_recall.value > baseline.macro_recall.value
    assert now[name].macro_f1.value > baseline.macro_f1.value


@pytest.mark.parametrize("name", SETS)
def test_the_recorded_figures_are_true(name: str, now: dict[str, Measured]) -> None:
    recorded = compared(figures()["figures"])[name].model  # type: ignore[arg-type]
    assert now[name].macro_recall.value == pytest.approx(recorded.macro_recall.value, abs=SAME)
    assert now[name].macro_f1.value == pytest.approx(recorded.macro_f1.value, abs=SAME)
    assert now[name].accuracy.value == pytest.approx(recorded.accuracy.value, abs=SAME)


@pytest.mark.parametrize(("lang", "names"), [("en", SETS[:1]), ("pl", SETS[1:4])])
def test_probabilities_mean_what_they_say(lang: str, names: list[str], answers: dict[str, tuple[np.ndarray, np.ndarray]]) -> None:
    got = np.concatenate([answers[name][0] for name in names])
    labels = np.concatenate([answers[name][1] for name in names])
    assert calibration_error(got, labels) <= 0.05, lang
