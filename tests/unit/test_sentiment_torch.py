"""The face of torch models: which labels it takes, and what it says where torch is not installed."""

import sys

import pytest

from classifiers.sentiment.torch_model import label_columns, load
from core.errors import ClassifyError, ConfigError


@pytest.mark.parametrize(
    ("names", "columns"),
    [
        ({0: "negative", 1: "neutral", 2: "positive"}, (0, 1, 2)),
        ({0: "POSITIVE", 1: "Neutral", 2: "negative "}, (2, 1, 0)),
        ({0: "LABEL_0", 1: "LABEL_1", 2: "LABEL_2"}, (0, 1, 2)),
        ({0: "POS", 1: "NEG", 2: "NEU"}, (1, 2, 0)),
    ],
)
def test_labels_are_found_by_their_names(names: dict[int, str], columns: tuple[int, int, int]) -> None:
    assert label_columns(names) == columns


@pytest.mark.parametrize(
    "names",
    [{0: "negative", 1: "positive"}, {0: "joy", 1: "anger", 2: "fear"}, {0: "negative", 1: "neutral", 2: "positive", 3: "mixed"}, {}],
)
def test_other_labels_are_refused(names: dict[int, str]) -> None:
    with pytest.raises(ClassifyError, match="expected negative, neutral, positive") as caught:
        label_columns(names)
    assert caught.value.reason == "bad_model"


@pytest.mark.parametrize("missing", ["torch", "transformers"])
def test_without_the_extra_it_says_what_to_install(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(ConfigError, match=r"czujka\[torch\]"):
        load("anything")
