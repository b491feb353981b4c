"""The model that ships: an int8 encoder run by onnxruntime, and n-gram heads of each language, blended and calibrated by language.

Entry point: `load`. Texts are read in batches sorted by length; identical texts are answered once. The encoder's
activations are quantised over a whole batch, so the company that a text is read in moves its probabilities by a per cent or two.
Each core runs batches of its own: cores that share one batch wait for each other at every step of it, a third of the time.
"""

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, ValidationError
from tokenizers import Tokenizer

from classifiers.language import LANGUAGES
from classifiers.sentiment.answers import LABELS, STANCES, UNREAD, Sentiment, answer
from classifiers.sentiment.ngrams import Block, NgramHead, blocks, load_head
from classifiers.sentiment.scales import Scales, scaled
from classifiers.sentiment.text import is_longer_than_read, normalise
from classifiers.sentiment.topics import TopicHead, TopicScale, load_topics
from classifiers.sentiment.windows import Reading, cut
from core.errors import ClassifyError

DEFAULT_FOLDER = Path(__file__).parent / "models" / "default"
MODEL_FILE, TOKENIZER_FILE, STANCES_FILE = "encoder.onnx", "tokenizer.json", "stances.npz"
NGRAMS_FILES = {lang: f"ngrams-{lang}.npz" for lang in LANGUAGES}
TOPICS_FILE, BRANCH_FILE = "topics.npz", "topics.onnx"
DESCRIPTION_FILE = "model.json"
BATCH = 8
"""Larger batches are slower, and hold more."""
STRETCH = 512
"""So many texts are held as features at once."""
SLOW_FUSION = "SkipLayerNormFusion"
"""onnxruntime joins an addition and a normalisation to one step that takes longer than the two."""
OTHER = "other"

Floats = NDArray[np.float32]


class Blend(BaseModel):
    """How the two opinions become probabilities: softmax(encoder · a + ngrams · b + bias). One for each language and for all others."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    encoder: float
    ngrams: float
    bias: tuple[float, float, float]


class Description(BaseModel):
    """What `model.json` says that the runtime needs; the card reads the rest. Without `scales` the model tells no
    stances, without `topics` no topics."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    version: str
    labels: tuple[str, str, str]
    blends: dict[str, Blend]
    scales: dict[str, Scales] = {}
    topics: dict[str, TopicScale] = {}


@dataclass(frozen=True, slots=True)
class Topics:
    """What tells topics: the linear head, the encoder's branch, and how they are weighed in each language."""

    head: TopicHead
    branch: onnxruntime.InferenceSession
    scales: Mapping[str, TopicScale]

    @property
    def size(self) -> int:
        return len(self.head.bias)

    def hints(self, hidden: Floats, mask: NDArray[np.int64]) -> Floats:
        """Run windows through the branch."""
        if not len(hidden):
            return np.zeros((0, self.size), dtype=np.float32)
        told: Floats = self.branch.run(None, {"hidden": hidden, "mask": mask})[0]
        return told

    def read(self, encoded: Floats, counted: Sequence[tuple[Block, Block]], names: Sequence[str]) -> list[Mapping[str, float]]:
        """Give each text's probabilities of the topics, by their names; `names` are those of the scales."""
        shares = [self.scales[name].probabilities(*each) for name, *each in zip(names, encoded, self.head.judged(counted), strict=True)]
        return [dict(zip(self.scales[name].offsets, each.tolist(), strict=True)) for name, each in zip(names, shares, strict=True)]


@dataclass(frozen=True, slots=True)
class OnnxSentiment:
    """The shipped model, loaded. Safe to share between threads."""

    version: str
    tokenizer: Tokenizer
    session: onnxruntime.InferenceSession
    heads: Mapping[str, NgramHead]
    blends: dict[str, Blend]
    stances: NgramHead | None
    scales: dict[str, Scales]
    topics: Topics | None
    workers: Executor

    def read(self, texts: Sequence[str], langs: Sequence[str | None]) -> list[Sentiment]:
        """Read texts, one answer each in their order; `langs` are two-letter codes or None where unknown.

        A text without a letter is in no language: emoji become their English names.
        """
        asked = [(text, self._blend_name(lang) if any(map(str.isalpha, text)) else OTHER) for text, lang in zip(texts, langs, strict=True)]
        todo, answers = sorted(set(asked)), dict[tuple[str, str], Sentiment]()
        for start in range(0, len(todo), STRETCH):
            answers |= self._answers(todo[start : start + STRETCH])
        return [answers[one] for one in asked]

    def logits(self, texts: Sequence[str], langs: Sequence[str | None]) -> tuple[Floats, Floats]:
        """Give the encoder's logits of the feelings and the n-gram heads', both (texts, 3); blends are fitted on both."""
        readings = self._readings(map(normalise, texts))
        feelings, _ = self._encoding(readings, [False] * len(texts))()
        return feelings, self._voted([blocks(reading.text) for reading in readings], langs)

    def votes(self, texts: Sequence[str]) -> Floats:
        """Give the stance head's logits, shape (texts, 4), zeros for a model that has none; scales are fitted on them."""
        counted = [blocks(reading.text) for reading in self._readings(map(normalise, texts))]
        return self.stances.judged(counted) if self.stances else np.zeros((len(texts), len(STANCES)), dtype=np.float32)

    def topic_logits(self, texts: Sequence[str], langs: Sequence[str | None]) -> tuple[Floats, Floats]:
        """Give the branch's logits of the topics and the head's, both (texts, topics); scales are fitted on both.
        None of them for a model without topics."""
        readings = self._readings(map(normalise, texts))
        _, encoded = self._encoding(readings, [self.is_branched(self._blend_name(lang)) for lang in langs])()
        voted = self.topics.head.judged([blocks(reading.text) for reading in readings]) if self.topics else np.zeros_like(encoded)
        return encoded, voted

    def _voted(self, counted: Sequence[tuple[Block, Block]], langs: Sequence[str | None]) -> Floats:
        """Let each language's n-gram head vote on its texts, and all of them on texts of any other."""
        votes, heard = np.zeros((len(counted), len(LABELS)), dtype=np.float32), np.zeros((len(counted), 1), dtype=np.float32)
        for name, head in self.heads.items():
            asked = [index for index, lang in enumerate(langs) if lang == name or lang not in self.heads]
            votes[asked] += head.judged([counted[index] for index in asked])
            heard[asked] += 1
        return votes / heard

    def is_branched(self, name: str) -> bool:
        """Whether the branch has a say on texts of a language."""
        return self.topics is not None and self.topics.scales[name].encoder > 0.0

    def _readings(self, plain: Iterable[str]) -> list[Reading]:
        """Cut normalised texts into windows."""
        texts = list(plain)
        return [cut(text, code) for text, code in zip(texts, self.tokenizer.encode_batch(texts), strict=True)]

    def _blend_name(self, lang: str | None) -> str:
        name = (lang or OTHER).lower()[:2]
        return name if name in self.blends else OTHER

    def _answers(self, asked: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Sentiment]:
        plain = {text: normalise(text) for text, _ in asked}
        readable = [one for one in asked if plain[one[0]]]
        answers = dict.fromkeys(asked, UNREAD)
        if readable:
            readings = self._readings(plain[text] for text, _ in readable)
            names = [name for _, name in readable]
            encoding = self._encoding(readings, list(map(self.is_branched, names)))
            counted = [blocks(reading.text) for reading in readings]
            voted, told = self._voted(counted, names), self.stances.judged(counted) if self.stances else None
            encoded, hinted = encoding()
            topics = self.topics.read(hinted, counted, names) if self.topics else [{}] * len(names)
            for index, (text, name) in enumerate(readable):
                shares = blended(encoded[index], voted[index], self.blends[name])
                held = () if told is None else scaled(told[index], shares, self.scales[name])
                answers[text, name] = answer(shares.tolist(), readings[index].is_cut or is_longer_than_read(text), held, topics[index])
        return answers

    def _encoding(self, readings: Sequence[Reading], branched: Sequence[bool]) -> Callable[[], tuple[Floats, Floats]]:
        """Begin to run every window, the short ones together, and those of `branched` texts through the branch too; what is given
        waits for the logits.

        A text feels as its windows do on average, by their length, and tells what any of them tells. Shapes (texts, 3) and
        (texts, topics), zeros where the branch was not asked.
        """
        windows = [window for reading in readings for window in reading.windows]
        asked = np.array([one for reading, one in zip(readings, branched, strict=True) for _ in reading.windows], dtype=bool)
        logits = np.zeros((len(windows), len(LABELS)), dtype=np.float32)
        hints = np.zeros((len(windows), self.topics.size if self.topics else 0), dtype=np.float32)

        def run(batch: list[int]) -> None:
            ids, mask = padded([windows[index] for index in batch])
            logits[batch], hidden = self.session.run(None, {"ids": ids, "mask": mask})
            some = np.flatnonzero(asked[batch])
            if self.topics:
                hints[np.array(batch)[some]] = self.topics.hints(hidden[some], mask[some])

        running = self.workers.map(run, batches(windows))
        sizes = np.array([len(window) for window in windows], dtype=np.float32)
        starts = np.cumsum([0, *(len(reading.windows) for reading in readings)])[:-1]

        def finish() -> tuple[Floats, Floats]:
            list(running)
            if not len(starts):
                return logits, hints
            sums, lengths = np.add.reduceat(logits * sizes[:, None], starts, axis=0), np.add.reduceat(sizes, starts)
            return (sums / lengths[:, None]).astype(np.float32), np.maximum.reduceat(hints, starts, axis=0)

        return finish


def blended(encoder: Floats, ngrams: Floats, blend: Blend) -> Floats:
    """Make probabilities of the two opinions; the last axis holds the labels."""
    scores = encoder * blend.encoder + ngrams * blend.ngrams + np.array(blend.bias, dtype=np.float32)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    shares: Floats = powers / powers.sum(axis=-1, keepdims=True)
    return shares


def batches(windows: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """Give the indices of windows in batches of like length, the longest first; the same windows in any order give the same batches."""
    order = sorted(range(len(windows)), key=lambda index: (len(windows[index]), windows[index]), reverse=True)
    for start in range(0, len(order), BATCH):
        yield order[start : start + BATCH]


def padded(windows: Sequence[Sequence[int]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give piece ids and mask, shape (windows, pieces), as long as the longest window."""
    longest = max(map(len, windows))
    ids = np.zeros((len(windows), longest), dtype=np.int64)
    mask = np.zeros_like(ids)
    for index, window in enumerate(windows):
        ids[index, : len(window)] = window
        mask[index, : len(window)] = 1
    return ids, mask


def load(folder: Path | None = None, *, threads: int = 0) -> OnnxSentiment:
    """Load a model folder (None: the one that ships); `threads` run the encoder side by side, 0 for one a core.

    Raises ClassifyError, naming the file and the mend, where a file is missing, cut short, or does not fit the others.
    """
    folder = folder or DEFAULT_FOLDER
    description = _description(folder / DESCRIPTION_FILE)
    model = OnnxSentiment(
        version=description.version,
        tokenizer=_tokenizer(folder / TOKENIZER_FILE),
        session=_session(folder / MODEL_FILE),
        heads={lang: load_head(folder / file) for lang, file in NGRAMS_FILES.items()},
        stances=load_head(folder / STANCES_FILE, len(STANCES)) if description.scales else None,
        blends=description.blends,
        scales=description.scales,
        topics=_topics(folder, description.topics) if description.topics else None,
        workers=ThreadPoolExecutor(threads or os.cpu_count(), thread_name_prefix="sentiment"),
    )
    _prove(model, folder)
    return model


def _description(path: Path) -> Description:
    try:
        description = Description.model_validate_json(_bytes(path))
    except ValidationError as error:
        raise _unusable(path, f"not a model's description: {error.errors()[0]['msg']}") from error
    if description.labels != LABELS or OTHER not in description.blends:
        raise _unusable(path, f"labels {description.labels}, blends {sorted(description.blends)}; expected {LABELS} and a blend {OTHER!r}")
    if description.scales and set(description.scales) != set(description.blends):
        raise _unusable(
            path, f"scales for {sorted(description.scales)}; expected one for each blend, {sorted(description.blends)}, or none"
        )
    told = description.topics
    if told and (set(told) != set(description.blends) or len({tuple(scale.offsets) for scale in told.values()}) != 1):
        raise _unusable(path, f"topics for {sorted(told)}; expected the same for each blend, {sorted(description.blends)}, or none")
    return description


def _topics(folder: Path, scales: Mapping[str, TopicScale]) -> Topics:
    head = load_topics(folder / TOPICS_FILE, len(scales[OTHER].offsets))
    return Topics(head, _session(folder / BRANCH_FILE), scales)


def _tokenizer(path: Path) -> Tokenizer:
    try:
        return Tokenizer.from_str(_bytes(path).decode())
    except Exception as error:  # tokenizers raises a bare Exception
        raise _unusable(path, f"not a tokenizer: {error}") from error


def _session(path: Path) -> onnxruntime.InferenceSession:
    """Load a network by its path (from bytes it would be held twice), to run on the thread that asks."""
    if not path.is_file():
        raise _unusable(path, "No such file")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"], disabled_optimizers=[SLOW_FUSION])
    except Exception as error:  # onnxruntime's errors share no public base class
        raise _unusable(path, f"onnxruntime cannot load it: {error}") from error


def _prove(model: OnnxSentiment, folder: Path) -> None:
    """Read one text, so that files that do not belong together are found at start and not at night."""
    try:
        read = model.read(["Czujka is awake."], ["en"])
    except Exception as error:  # onnxruntime's errors share no public base class
        raise _unusable(folder, f"its files do not belong together: {error}") from error
    if not np.isfinite([read[0].negative, read[0].neutral, read[0].positive]).all():
        raise _unusable(folder, "it answers with numbers that are none")


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise _unusable(path, error.strerror or str(error)) from error


def _unusable(path: Path, why: str) -> ClassifyError:
    mend = "restore the file, name another model in the configuration, or train again with `make train`"
    return ClassifyError(f"{path}: {why}; {mend}", reason="bad_model")


def figures(folder: Path | None = None) -> dict[str, object]:
    """Give all that `model.json` says: data, hashes, figures. Raises ClassifyError where it cannot be read."""
    path = (folder or DEFAULT_FOLDER) / DESCRIPTION_FILE
    try:
        known: dict[str, object] = json.loads(_bytes(path))
    except ValueError as error:
        raise _unusable(path, f"not JSON: {error}") from error
    return known
