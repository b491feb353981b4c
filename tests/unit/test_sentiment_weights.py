"""The tests of the model depend on what it learned: with its weights shuffled they fail."""

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from classifiers.sentiment.answers import LABELS
from classifiers.sentiment.ngrams import load_head
from classifiers.sentiment.runtime import DEFAULT_FOLDER, MODEL_FILE, NGRAMS_FILES, load
from tests.unit.sentiment_posts import POSTS

GRAPH, INITIALIZER, RAW_DATA = 7, 5, 9
"""Field numbers in ONNX's protobuf: ModelProto.graph, GraphProto.initializer, TensorProto.raw_data."""
SMALL_BYTES = 100_000
"""Larger tensors are int8 weights; smaller ones hold floats, which shuffled bytes would turn into no numbers at all."""
BYTES = 2


def number(raw: bytes, at: int) -> tuple[int, int]:
    """Read a protobuf variable-length number; give it and where the next byte lies."""
    value = shift = 0
    while True:
        value |= (raw[at] & 0x7F) << shift
        shift, at = shift + 7, at + 1
        if raw[at - 1] < 0x80:
            return value, at


def fields(raw: bytes, start: int, end: int, wanted: int) -> Iterator[tuple[int, int]]:
    """Give where the wanted length-delimited fields of a message begin and end."""
    at = start
    while at < end:
        key, at = number(raw, at)
        size, after = number(raw, at) if key & 7 in (0, BYTES) else ({1: 8, 5: 4}[key & 7], at)
        at = after + (size if key & 7 != 0 else 0)
        if key == wanted << 3 | BYTES:
            yield after, at


def weights(raw: bytes) -> list[tuple[int, int]]:
    """Give where the large tensors of an ONNX file begin and end."""
    tensors = [tensor for graph in fields(raw, 0, len(raw), GRAPH) for tensor in fields(raw, *graph, INITIALIZER)]
    spans = [span for tensor in tensors for span in fields(raw, *tensor, RAW_DATA)]
    return [(start, end) for start, end in spans if end - start > SMALL_BYTES]


def shuffle_encoder(path: Path) -> int:
    raw = np.frombuffer(path.read_bytes(), dtype=np.uint8).copy()
    spans = weights(raw.tobytes())
    for start, end in spans:
        np.random.default_rng(start).shuffle(raw[start:end])
    path.write_bytes(raw.tobytes())
    return sum(end - start for start, end in spans)


def shuffle_ngrams(folder: Path) -> None:
    for file in NGRAMS_FILES.values():
        head = load_head(folder / file)
        np.random.default_rng(1).shuffle(head.weights)
        head.save(folder / file)


def right(probabilities: Sequence[Sequence[float]]) -> float:
    labels = [LABELS[int(np.argmax(row))] for row in probabilities]
    return sum(label == wanted for label, (_, wanted, _) in zip(labels, POSTS, strict=True)) / len(POSTS)


def accuracy(folder: Path) -> float:
    answers = load(folder, threads=1).read([text for _, _, text in POSTS], [lang for lang, _, _ in POSTS])
    return right([(one.negative, one.neutral, one.positive) for one in answers])


def opinions(folder: Path) -> tuple[float, float]:
    """How often the encoder alone and the n-gram heads alone are right."""
    encoder, ngrams = load(folder, threads=1).logits([text for _, _, text in POSTS], [lang for lang, _, _ in POSTS])
    return right(encoder.tolist()), right(ngrams.tolist())


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DEFAULT_FOLDER, tmp_path / "model"))


def test_nearly_the_whole_file_is_weights(copied: Path) -> None:
    size = (copied / MODEL_FILE).stat().st_size
    assert shuffle_encoder(copied / MODEL_FILE) > 0.95 * size


def test_shuffled_weights_know_nothing(copied: Path) -> None:
    assert accuracy(copied) >= 0.9
    shuffle_encoder(copied / MODEL_FILE)
    shuffle_ngrams(copied)
    assert accuracy(copied) < 0.6


def test_both_opinions_count(copied: Path) -> None:
    assert min(opinions(copied)) >= 0.8
    shuffle_encoder(copied / MODEL_FILE)
    assert opinions(copied)[0] < 0.6
    shuffle_ngrams(copied)
    assert opinions(copied)[1] < 0.6


def test_the_model_fits_into_the_repository() -> None:
    assert sum(file.stat().st_size for file in DEFAULT_FOLDER.iterdir()) < 60 * 2**20
