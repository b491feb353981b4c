"""Any Hugging Face sequence-classification model with three feelings, behind the same face as the one that ships.

Needs the `torch` extra. Texts go in as they are: such models bring their own ways with handles and links.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from classifiers.sentiment.answers import LABELS, UNREAD, Label, Sentiment, answer
from core.errors import ClassifyError, ConfigError

BATCH = 32
LONGEST_PIECES = 512
_UNNAMED: dict[str, Label] = {f"label_{index}": label for index, label in enumerate(LABELS)}
_SHORT: dict[str, Label] = {"neg": "negative", "neu": "neutral", "pos": "positive"}


@dataclass(frozen=True, slots=True)
class TorchSentiment:
    """A loaded model. `columns` says which of its outputs stand for negative, neutral and positive."""

    version: str
    torch: Any
    tokenizer: Any
    model: Any
    columns: tuple[int, int, int]
    longest: int

    def read(self, texts: Sequence[str], langs: Sequence[str | None]) -> list[Sentiment]:
        """Read texts, one answer each in their order; the model judges the language for itself."""
        if len(texts) != len(langs):
            raise ValueError(f"{len(texts)} texts but {len(langs)} languages")
        asked = sorted({text for text in texts if text.strip()}, key=lambda text: (len(text), text))
        answers = {text: one for start in range(0, len(asked), BATCH) for text, one in self._batch(asked[start : start + BATCH])}
        return [answers.get(text, UNREAD) for text in texts]

    def _batch(self, texts: list[str]) -> list[tuple[str, Sentiment]]:
        whole = self.tokenizer(texts, truncation=False, padding=False, verbose=False)["input_ids"]
        asked = self.tokenizer(texts, truncation=True, max_length=self.longest, padding=True, return_tensors="pt")
        with self.torch.no_grad():
            logits = self.model(**asked).logits[:, list(self.columns)]
        shares = self.torch.softmax(logits.float(), dim=-1).tolist()
        return [(text, answer(row, len(ids) > self.longest)) for text, row, ids in zip(texts, shares, whole, strict=True)]


def load(name: str | Path, *, threads: int = 0) -> TorchSentiment:
    """Load a model by folder, or by the name of one that lies in the local cache; nothing is fetched.

    Raises ConfigError where the extra is not installed, ClassifyError where the model cannot be loaded or has other labels.
    """
    torch, transformers = _installed()
    if threads:
        torch.set_num_threads(threads)
    try:
        tokenizer = transformers.AutoTokenizer.from_pretrained(str(name), local_files_only=True)
        model = transformers.AutoModelForSequenceClassification.from_pretrained(str(name), local_files_only=True)
    except (OSError, ValueError, KeyError) as error:
        raise ClassifyError(
            f"{name}: transformers cannot load it: {error}; name a folder that holds a whole model", reason="bad_model"
        ) from error
    columns = label_columns(model.config.id2label)
    model.eval()
    longest = min(tokenizer.model_max_length, getattr(model.config, "max_position_embeddings", LONGEST_PIECES), LONGEST_PIECES)
    return TorchSentiment(f"{Path(str(name)).name}@torch", torch, tokenizer, model, columns, longest)


def label_columns(names: Mapping[int, str]) -> tuple[int, int, int]:
    """Give the columns of negative, neutral and positive by a model's `id2label`; LABEL_0 to LABEL_2 are taken in that order.

    Raises ClassifyError where they are not three, or other names.
    """
    known = {_label(name): index for index, name in names.items()}
    if len(names) != len(LABELS) or set(known) != set(LABELS):
        wanted = ", ".join(LABELS)
        raise ClassifyError(
            f"labels {', '.join(names.values())}: expected {wanted}, or LABEL_0 to LABEL_2 in that order", reason="bad_model"
        )
    return known["negative"], known["neutral"], known["positive"]


def _label(name: str) -> str:
    plain = name.strip().lower()
    return _UNNAMED.get(plain) or _SHORT.get(plain) or plain


def _installed() -> tuple[Any, Any]:
    try:
        return import_module("torch"), import_module("transformers")
    except ImportError as error:
        raise ConfigError(
            "this model needs the extra `torch` (pip install 'czujka[torch]'); without it the model that ships is used"
        ) from error
