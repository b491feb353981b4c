"""What a text tells of: a probability for each label of the taxonomy that words alone cannot settle, whoever the text is about.

Two opinions, the encoder's further outputs and a linear head over n-grams, are weighed by two numbers for each language and an offset for
each label (Platt 1999), fitted on another series of posts than those that both learned from.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile
from zlib import error as ZlibError

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from classifiers.sentiment.ngrams import BUCKETS, Block, Floats, Ids, weighted
from core.errors import ClassifyError

HIGHEST = 127
_MEND = "restore the file or train the model again"


class TopicScale(BaseModel):
    """Of one language: logistic(encoder's logit · encoder + n-grams' logit · ngrams + offset of the label)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    encoder: float
    ngrams: float
    offsets: Mapping[str, float]

    def probabilities(self, encoded: Floats, voted: Floats) -> Floats:
        """Give probabilities, shape (..., labels), of both opinions' logits in the order of the offsets."""
        raw = encoded * self.encoder + voted * self.ngrams + np.array(list(self.offsets.values()), dtype=np.float32)
        shares: Floats = 1.0 / (1.0 + np.exp(-raw))
        return shares


@dataclass(frozen=True, slots=True)
class TopicHead:
    """A linear head with many outputs, kept small: `rows` says where the weights of a bucket stand, row 0 is that of buckets that say
    nothing; weights are whole numbers, a label's times its scale.

    Shapes: rows (BUCKETS,), weights (telling buckets + 1, labels), scales (labels,), rarity (BUCKETS,), bias (labels,).
    """

    rows: NDArray[np.int32]
    weights: NDArray[np.int8]
    scales: Floats
    rarity: Floats
    bias: Floats

    @classmethod
    def of(cls, weights: NDArray[np.float64], rarity: Floats, bias: Floats) -> "TopicHead":
        """Round `weights`, shape (BUCKETS, labels), to 127 steps of each label's largest, and keep the rows that still say anything."""
        scales = np.maximum(np.abs(weights).max(axis=0), 1e-6) / HIGHEST
        rounded = np.round(weights / scales).astype(np.int8)
        said = np.flatnonzero(rounded.any(axis=1))
        return cls.packed(said, rounded[said], scales.astype(np.float32), rarity, bias)

    @classmethod
    def packed(cls, said: Ids, weights: NDArray[np.int8], scales: Floats, rarity: Floats, bias: Floats) -> "TopicHead":
        """Make a head of the buckets that say anything and their weights, shape (buckets, labels)."""
        rows = np.zeros(BUCKETS, dtype=np.int32)
        rows[said] = np.arange(1, len(said) + 1)
        return cls(rows, np.concatenate([np.zeros((1, weights.shape[1]), dtype=np.int8), weights]), scales, rarity, bias)

    def judged(self, counted: Sequence[tuple[Block, Block]]) -> Floats:
        """Give logits, shape (texts, labels), for texts whose `blocks` are counted already."""
        features = weighted(counted, self.rarity)
        weights = self.weights[self.rows[features.buckets]].astype(np.float32)
        return self.bias + features.summed(weights, len(counted)) * self.scales

    def save(self, path: Path) -> None:
        """Write the head to one compressed file."""
        said, rarity = np.flatnonzero(self.rows), self.rarity.astype(np.float16)
        np.savez_compressed(path, said=said, weights=self.weights[1:], scales=self.scales, rarity=rarity, bias=self.bias)


def load_topics(path: Path, labels: int) -> TopicHead:
    """Read a head that `save` wrote. Raises ClassifyError where the file is missing, cut short or has not this many labels."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as parts:
            said, weights, scales, rarity, bias = (parts[name] for name in ("said", "weights", "scales", "rarity", "bias"))
    except (OSError, ValueError, KeyError, EOFError, BadZipFile, ZlibError) as error:
        raise ClassifyError(f"{path}: not a usable head of topics ({error}); {_MEND}", reason="bad_model") from error
    if weights.shape != (len(said), labels) or rarity.shape != (BUCKETS,) or not scales.shape == bias.shape == (labels,):
        raise ClassifyError(f"{path}: weights of shape {weights.shape}, expected {labels} labels; {_MEND}", reason="bad_model")
    return TopicHead.packed(said, weights, scales, rarity.astype(np.float32), bias)
