"""Linear heads over hashed words, word pairs and character n-grams: the second opinion on feelings, and all there is on stances.

It knows rare words and endings that the encoder's pieces blur; it costs a tenth of a millisecond a post.
"""

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from classifiers.sentiment.answers import LABELS
from core.errors import ClassifyError

FEELINGS = len(LABELS)
BUCKETS = 1 << 20
SHORTEST, LONGEST = 2, 5
LONGEST_WORD_CHARS = 40
_WORDS = re.compile(r"\w+|[^\w\s]+")
_MEND = "restore the file or train the model again"

Ids = NDArray[np.int64]
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Block:
    """One kind of features of a text: the buckets that they fall in, and how often each occurs there."""

    buckets: Ids
    counts: Ids


def blocks(text: str) -> tuple[Block, Block]:
    """Give a normalised text's words with pairs (lower half of the buckets) and its character n-grams (upper half)."""
    words = [word[:LONGEST_WORD_CHARS] for word in _WORDS.findall(text.lower())]
    pairs = [_bucket(f"{left} {right}", 0) for left, right in pairwise(words)]
    singles = [_bucket(word, 0) for word in words]
    inner = [_inside(word) for word in words]
    return _counted(np.array(singles + pairs, dtype=np.int64)), _counted(np.concatenate(inner) if inner else np.empty(0, dtype=np.int64))


@lru_cache(maxsize=20_000)
def _inside(word: str) -> Ids:
    """Give the buckets of a word's character n-grams, its borders included."""
    edged = f" {word} "
    grams = (edged[at : at + n] for n in range(SHORTEST, LONGEST + 1) for at in range(len(edged) - n + 1))
    return np.array([_bucket(gram, BUCKETS // 2) for gram in grams], dtype=np.int64)


def _bucket(feature: str, first: int) -> int:
    return first + zlib.crc32(feature.encode()) % (BUCKETS // 2)


def _counted(buckets: Ids) -> Block:
    return Block(*np.unique(buckets, return_counts=True))


@dataclass(frozen=True, slots=True)
class Features:
    """The features of several texts, one after another: the text each belongs to, its bucket, and its tf-idf value, of length one over
    the text's block."""

    texts: Ids
    buckets: Ids
    values: Floats

    def summed(self, weights: Floats, texts: int) -> Floats:
        """Sum weights of the features, shape (features, outputs), by their values to shape (texts, outputs)."""
        totals = np.zeros((texts, weights.shape[1]), dtype=np.float32)
        starts = np.flatnonzero(np.diff(self.texts, prepend=-1))
        if len(starts):
            totals[self.texts[starts]] = np.add.reduceat(weights * self.values[:, None], starts, axis=0)
        return totals


def weighted(counted: Sequence[tuple[Block, Block]], rarity: Floats) -> Features:
    """Weigh the texts' features by how often they occur there and how rare they are."""
    parts = [block for both in counted for block in both]
    if not parts:
        return Features(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.float32))
    owners = np.repeat(np.arange(len(parts)), [len(part.buckets) for part in parts])
    buckets = np.concatenate([part.buckets for part in parts])
    values = (1.0 + np.log(np.concatenate([part.counts for part in parts]))) * rarity[buckets]
    lengths = np.sqrt(np.bincount(owners, values**2, minlength=len(parts)))
    return Features(owners // 2, buckets, (values / np.where(lengths, lengths, 1.0)[owners]).astype(np.float32))


@dataclass(frozen=True, slots=True)
class NgramHead:
    """The fitted weights, shape (BUCKETS, outputs), the buckets' rarity (inverse document frequency, 0: unseen) and the biases."""

    weights: NDArray[np.float16]
    rarity: Floats
    bias: Floats

    def logits(self, texts: Sequence[str]) -> Floats:
        """Give logits, shape (texts, outputs), for normalised texts."""
        return self.judged([blocks(text) for text in texts])

    def judged(self, counted: Sequence[tuple[Block, Block]]) -> Floats:
        """Give logits for texts whose `blocks` are counted already, as several heads share them."""
        features = weighted(counted, self.rarity)
        return self.bias + features.summed(self.weights[features.buckets].astype(np.float32), len(counted))

    def save(self, path: Path) -> None:
        """Write the head to one compressed file."""
        np.savez_compressed(path, weights=self.weights, rarity=self.rarity.astype(np.float16), bias=self.bias)


def load_head(path: Path, outputs: int = FEELINGS) -> NgramHead:
    """Read a head that `save` wrote. Raises ClassifyError where the file is missing, cut short or of another shape."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as parts:
            head = NgramHead(parts["weights"], parts["rarity"].astype(np.float32), parts["bias"].astype(np.float32))
    except (OSError, ValueError, KeyError, EOFError, BadZipFile, zlib.error) as error:
        raise ClassifyError(f"{path}: not a usable n-gram head ({error}); {_MEND}", reason="bad_model") from error
    if head.weights.shape != (BUCKETS, outputs) or head.rarity.shape != (BUCKETS,) or head.bias.shape != (outputs,):
        raise ClassifyError(f"{path}: weights of shape {head.weights.shape}, expected {(BUCKETS, outputs)}; {_MEND}", reason="bad_model")
    return head
