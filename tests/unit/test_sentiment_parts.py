"""The model's smaller parts: windows, n-grams, figures of merit, rows, card."""

import gzip
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer, models, pre_tokenizers, processors

from classifiers.sentiment import data, measures
from classifiers.sentiment.answers import Sentiment, answer
from classifiers.sentiment.card import card, compared, plain
from classifiers.sentiment.evaluate import evaluate
from classifiers.sentiment.ngrams import BUCKETS, NgramHead, blocks, load_head, weighted
from classifiers.sentiment.runtime import BATCH, DEFAULT_FOLDER, Blend, batches, blended, figures, padded
from classifiers.sentiment.windows import cut
from core.errors import ClassifyError, ConfigError


@pytest.fixture
def letters() -> Tokenizer:
    """A tokenizer that gives every word of one letter an id of its own."""
    vocabulary = {"[UNK]": 0, "[CLS]": 1, "[SEP]": 2, "a": 3, "b": 4, "c": 5}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 1), ("[SEP]", 2)])
    return tokenizer


def test_a_short_text_is_one_window(letters: Tokenizer) -> None:
    reading = cut("a b c", letters.encode("a b c"))
    assert reading.windows == ((1, 3, 4, 5, 2),)
    assert (reading.text, reading.is_cut) == ("a b c", False)


def test_eight_full_windows_are_read_whole(letters: Tokenizer) -> None:
    text = "a " * (62 * 8)
    reading = cut(text, letters.encode(text))
    assert [len(window) for window in reading.windows] == [64] * 8
    assert not reading.is_cut


def test_of_nine_windows_the_seventh_is_left_out(letters: Tokenizer) -> None:
    text = "a " * (62 * 6) + "b " * 62 + "c " * 63
    reading = cut(text, letters.encode(text))
    assert reading.is_cut
    assert len(reading.windows) == 8
    assert reading.windows[-1] == (1, 5, 2)
    assert "b" not in reading.text
    assert reading.text.split() == ["a"] * (62 * 6) + ["c"] * 63


def test_an_empty_text_has_one_empty_window(letters: Tokenizer) -> None:
    assert cut("", letters.encode("")).windows == ((1, 2),)


def test_batches_do_not_depend_on_order() -> None:
    windows = [[1] * (1 + index % 7) + [index] for index in range(2 * BATCH + 5)]
    one = [sorted(map(tuple, (windows[i] for i in batch))) for batch in batches(windows)]
    turned = windows[::-1]
    assert [sorted(map(tuple, (turned[i] for i in batch))) for batch in batches(turned)] == one
    assert [len(batch) for batch in one] == [BATCH, BATCH, 5]


def test_padding_is_masked() -> None:
    ids, mask = padded([[5, 6], [7, 8, 9]])
    assert ids.tolist() == [[5, 6, 0], [7, 8, 9]]
    assert mask.tolist() == [[1, 1, 0], [1, 1, 1]]


def test_a_blend_adds_its_opinions() -> None:
    blend = Blend(encoder=1.0, ngrams=2.0, bias=(0.0, 0.0, 1.0))
    got = blended(np.array([[0.0, 1.0, 0.0]], dtype=np.float32), np.array([[0.5, 0.0, 0.0]], dtype=np.float32), blend)
    assert got.tolist() == [pytest.approx([1 / 3] * 3)]


def test_words_pairs_and_ngrams_are_counted_apart() -> None:
    words, inner = blocks("Ala ma ala")
    assert words.counts.tolist().count(2) == 1
    assert words.counts.sum() == 3 + 2
    assert words.buckets.max() < BUCKETS // 2 <= inner.buckets.min()
    assert inner.counts.sum() == 2 * (4 + 3 + 2 + 1) + (3 + 2 + 1)


def test_the_head_votes_by_its_weights(tmp_path: Path) -> None:
    weights = np.zeros((BUCKETS, 3), dtype=np.float16)
    (word,) = blocks("dobry")[0].buckets
    weights[word, 2] = 3.0
    head = NgramHead(weights, np.ones(BUCKETS, dtype=np.float32), np.array([0.5, 0.0, 0.0], dtype=np.float32))
    head.save(tmp_path / "head.npz")
    assert load_head(tmp_path / "head.npz").logits(["DOBRY", "zly", ""]).tolist() == [[0.5, 0.0, 3.0], [0.5, 0.0, 0.0], [0.5, 0.0, 0.0]]


def test_many_texts_are_weighed_at_once_each_by_its_own_features() -> None:
    rarity = np.ones(BUCKETS, dtype=np.float32)
    twice, once = blocks("ma ma")[0].buckets.tolist(), 1 + np.log(2)
    (word,) = blocks("ma")[0].buckets.tolist()
    features = weighted([blocks("ma ma"), blocks(""), blocks("ma")], rarity)
    told = {(text, bucket): value for text, bucket, value in zip(features.texts, features.buckets, features.values, strict=True)}
    assert told[0, word] == pytest.approx(once / np.sqrt(once**2 + 1))
    assert sum(told[0, bucket] ** 2 for bucket in twice) == pytest.approx(1)
    assert told[2, word] == pytest.approx(1)
    assert set(features.texts) == {0, 2}
    assert features.summed(np.ones((len(features.texts), 2), dtype=np.float32), 4)[[1, 3]].tolist() == [[0, 0], [0, 0]]
    said = np.where(features.buckets == word, 1.0, 0.0)[:, None].astype(np.float32)
    assert features.summed(said, 3)[:, 0].tolist() == pytest.approx([once / np.sqrt(once**2 + 1), 0, 1])
    assert len(weighted([], rarity).texts) == 0
    assert weighted([], rarity).summed(np.empty((0, 2), dtype=np.float32), 2).tolist() == [[0, 0], [0, 0]]


def test_a_head_of_another_shape_is_refused(tmp_path: Path) -> None:
    NgramHead(np.zeros((4, 3), dtype=np.float16), np.ones(4, dtype=np.float32), np.zeros(3, dtype=np.float32)).save(tmp_path / "head.npz")
    with pytest.raises(ClassifyError, match="shape"):
        load_head(tmp_path / "head.npz")


def test_figures_of_merit_are_those_of_the_textbook() -> None:
    labels = np.array([0, 0, 0, 0, 1, 1, 2, 2, 2, 2])
    guesses = np.array([0, 0, 0, 1, 1, 1, 2, 2, 0, 0])
    got = measures.measure(np.eye(3)[guesses], labels, draws=200)
    assert got.recall["negative"].value == pytest.approx(3 / 4)
    assert got.precision["negative"].value == pytest.approx(3 / 5)
    assert got.macro_recall.value == pytest.approx((3 / 4 + 1 + 1 / 2) / 3, abs=1e-4)
    assert got.macro_f1.value == pytest.approx((2 / 3 + 4 / 5 + 2 / 3) / 3, abs=1e-4)
    assert got.accuracy.value == pytest.approx(0.7)
    assert got.calibration_error.value == pytest.approx(0.3)
    assert got.accuracy.low < 0.7 < got.accuracy.high


def test_a_label_that_never_occurs_is_left_out() -> None:
    got = measures.measure(np.eye(3)[[0, 2, 2]], np.array([0, 2, 0]), draws=50)
    assert set(got.recall) == {"negative", "positive"}
    assert got.macro_recall.value == pytest.approx(0.75)


def test_confidence_that_is_right_as_often_as_it_says_has_no_error() -> None:
    probabilities = np.array([[0.75, 0.25, 0.0]] * 4)
    assert measures.calibration_error(probabilities, np.array([0, 0, 0, 1])) == pytest.approx(0.0)
    assert measures.calibration_error(probabilities, np.array([1, 1, 0, 1])) == pytest.approx(0.5)


def test_forced_answers_have_no_neutral() -> None:
    assert measures.forced(np.array([[0.2, 0.6, 0.2], [0.1, 0.6, 0.3]])).tolist() == [
        [0.5, 0.0, 0.5],
        [pytest.approx(0.25), 0.0, pytest.approx(0.75)],
    ]


def write(folder: Path, name: str, rows: list[dict[str, str]]) -> None:
    with gzip.open(folder / name, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small folder of data sets: 200 training rows, one development row."""
    texts = [{"id": str(n), "text": f"post {n}", "lang": "en", "label": "neutral", "src": "made"} for n in range(200)]
    for name in (*data.TRAIN_FILES[1:], *data.DEV_FILES, data.ORDINARY_FILE):
        write(tmp_path, name, [])
    write(tmp_path, data.TRAIN_FILES[0], texts)
    write(tmp_path, data.DEV_FILES[1], [{"id": "x", "text": "źle", "lang": "pl", "label": "negative", "src": "pl-twitter"}])
    return tmp_path


def test_rows_for_calibration_are_never_trained_on(folder: Path) -> None:
    trained, kept = data.training_rows(folder), data.calibration_rows(folder)
    assert {row.key for row in trained}.isdisjoint(row.key for row in kept)
    assert len(trained) + len(kept) == 200
    assert 2 <= len(kept) <= 30


def test_tweets_without_neutral_are_known(folder: Path) -> None:
    (row,) = data.dev_rows(folder)
    assert row.is_forced
    assert list(data.by_source([row])) == ["pl-twitter"]


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / data.DEV_FILES[0]).unlink()
    with pytest.raises(ConfigError, match=r"sentiment_en_dev.*--data"):
        data.dev_rows(folder)


def test_an_unknown_label_is_named(folder: Path) -> None:
    write(folder, data.DEV_FILES[0], [{"id": "7", "text": "a", "lang": "en", "label": "angry", "src": "made"}])
    with pytest.raises(ConfigError, match=r"sentiment_en_dev.*'angry' of row '7'; expected one of negative, neutral, positive"):
        data.dev_rows(folder)


class Gloomy:
    """A model that always answers negative, with three quarters."""

    version = "gloomy@1"

    def read(self, texts: Sequence[str], langs: Sequence[str | None]) -> list[Sentiment]:
        return [answer([0.75, 0.25, 0.0], truncated=False) for _ in zip(texts, langs, strict=True)]


def test_any_model_can_be_measured(folder: Path) -> None:
    (got,) = evaluate(Gloomy(), data.dev_rows(folder)).values()
    assert (got.rows, got.accuracy.value, got.calibration_error.value) == (1, 1.0, 0.0)


def test_the_card_says_what_was_measured() -> None:
    known = figures()
    text = card()
    assert text == (DEFAULT_FOLDER / "CARD.md").read_text(encoding="utf-8")
    for name, one in known["figures"].items():  # type: ignore[attr-defined]
        assert f"| {name} | {one['model']['rows']} | {one['model']['macro_recall'][0]:.3f} [" in text
        assert f"(linear {one['baseline']['macro_recall'][0]:.3f})" in text
    for digest in known["data"].values():  # type: ignore[attr-defined]
        assert digest in text


def test_figures_survive_their_file() -> None:
    raw = figures()["figures"]
    assert plain(compared(raw)) == raw  # type: ignore[arg-type]


def test_a_card_without_figures_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "model.json").write_text('{"version": "x@1"}', encoding="utf-8")
    with pytest.raises(ClassifyError, match="figures"):
        card(tmp_path)
