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

from classifiers.sentiment.ngrams import BUCKETS, Block, Floats, weighted
from core.errors import ClassifyError

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
    """A linear head with many outputs, kept small: `rows` says where the weights of a bucket stand, row 0 is that of buckets never seen.

    Shapes: rows (BUCKETS,), weights (seen buckets + 1, labels), rarity (BUCKETS,), bias (labels,).
    """

    rows: NDArray[np.int32]
    weights: NDArray[np.float16]
    rarity: Floats
    bias: Floats

    @classmethod
    def of(cls, weights: NDArray[np.float64], rarity: Floats, bias: Floats) -> "TopicHead":
        """Keep the rows of `weights`, shape (BUCKETS, labels), that say anything."""
        said = np.flatnonzero((weights != 0.0).any(axis=1))
        rows = np.zeros(BUCKETS, dtype=np.int32)
        rows[said] = np.arange(1, len(said) + 1)
        return cls(rows, np.concatenate([np.zeros((1, weights.shape[1])), weights[said]]).astype(np.float16), rarity, bias)

    def judged(self, counted: Sequence[tuple[Block, Block]]) -> Floats:
        """Give logits, shape (texts, labels), for texts whose `blocks` are counted already."""
        return np.array([self._logits(one) for one in counted], dtype=np.float32).reshape(len(counted), len(self.bias))

    def _logits(self, counted: tuple[Block, Block]) -> Floats:
        votes = [values @ self.weights[self.rows[buckets]].astype(np.float32) for buckets, values in weighted(counted, self.rarity)]
        total: Floats = np.sum([self.bias, *votes], axis=0, dtype=np.float32)
        return total

    def save(self, path: Path) -> None:
        """Write the head to one compressed file."""
        said = np.flatnonzero(self.rows)
        np.savez_compressed(path, said=said, weights=self.weights[1:], rarity=self.rarity.astype(np.float16), bias=self.bias)


def load_topics(path: Path, labels: int) -> TopicHead:
    """Read a head that `save` wrote. Raises ClassifyError where the file is missing, cut short or has not this many labels."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as parts:
            said, weights, rarity, bias = (parts[name] for name in ("said", "weights", "rarity", "bias"))
    except (OSError, ValueError, KeyError, EOFError, BadZipFile, ZlibError) as error:
        raise ClassifyError(f"{path}: not a usable head of topics ({error}); {_MEND}", reason="bad_model") from error
    if weights.shape != (len(said), labels) or rarity.shape != (BUCKETS,) or bias.shape != (labels,):
        raise ClassifyError(f"{path}: weights of shape {weights.shape}, expected {labels} labels; {_MEND}", reason="bad_model")
    rows = np.zeros(BUCKETS, dtype=np.int32)
    rows[said] = np.arange(1, len(said) + 1)
    first = np.zeros((1, labels), dtype=np.float16)
    return TopicHead(rows, np.concatenate([first, weights]), rarity.astype(np.float32), bias.astype(np.float32))
