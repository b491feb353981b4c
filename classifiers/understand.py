"""All that the classifiers say of a batch of posts: language, feeling, findings, near-duplicate signature."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from classifiers.language import LANGUAGES, detect
from classifiers.naming import Naming
from classifiers.rules.context import RuleContext
from classifiers.rules.engine import MAX_POINTS, RuleEngine
from classifiers.signature import signature
from core.types import Feeling, Reading, Understanding

_READER = 1
"""Raised when language detection or the signature changes."""


class Felt(Protocol):
    """One text's sentiment as the model answers it."""

    @property
    def label(self) -> str: ...

    @property
    def negative(self) -> float: ...

    @property
    def neutral(self) -> float: ...

    @property
    def positive(self) -> float: ...

    @property
    def truncated(self) -> bool: ...

    @property
    def complaint(self) -> float | None: ...

    @property
    def praise(self) -> float | None: ...

    @property
    def question(self) -> float | None: ...

    @property
    def abuse(self) -> float | None: ...

    @property
    def topics(self) -> Mapping[str, float]: ...


class SentimentModel(Protocol):
    """The face of every sentiment model."""

    @property
    def version(self) -> str: ...

    def read(self, texts: Sequence[str], langs: Sequence[str]) -> Sequence[Felt]: ...


@dataclass(frozen=True)
class Classifiers:
    """Rules and model together. `sentiment` None: every feeling is neutral and the rules go by words alone. `naming` None: nobody is
    compared."""

    engine: RuleEngine
    sentiment: SentimentModel | None = None
    naming: Naming | None = None

    @classmethod
    def load(cls, context: RuleContext, sentiment: SentimentModel | None = None) -> Classifiers:
        """Compile the packs over a configuration. Raises ConfigError for a pack that cannot be used."""
        return cls(RuleEngine.load(context), sentiment, Naming.of(context))

    def with_engine(self, engine: RuleEngine) -> Classifiers:
        """The same model beside other rules."""
        return replace(self, engine=engine)

    @property
    def version(self) -> str:
        """At most 40 characters; another whenever a pack, the configuration's terms, the model or the reader changes."""
        model = self.sentiment.version if self.sentiment else "none"
        return f"r{_READER}.{self.engine.version}.{hashlib.blake2b(model.encode(), digest_size=6).hexdigest()}"

    def read(self, readings: Sequence[Reading]) -> list[Understanding]:
        """One understanding per reading, in order. Identical texts are felt once."""
        langs = [detect(reading.text, reading.lang) for reading in readings]
        felt = self._feel([reading.text for reading in readings], langs)
        return [self._understand(*row) for row in zip(readings, langs, felt, strict=True)]

    def _feel(self, texts: Sequence[str], langs: Sequence[str]) -> list[Felt | None]:
        if self.sentiment is None:
            return [None] * len(texts)
        pairs = list(zip(texts, (lang if lang in LANGUAGES else "en" for lang in langs), strict=True))
        unique = list(dict.fromkeys(pairs))
        answers = self.sentiment.read([text for text, _ in unique], [lang for _, lang in unique])
        known = dict(zip(unique, answers, strict=True))
        return [known[pair] for pair in pairs]

    def _understand(self, reading: Reading, lang: str, felt: Felt | None) -> Understanding:
        feeling = _feeling(felt) if felt else None
        return Understanding(
            lang=lang,
            feeling=feeling or Feeling(label="neutral", negative=0.0, neutral=1.0, positive=0.0),
            findings=self.engine.read(reading, lang, feeling),
            truncated=len(reading.text) > MAX_POINTS or bool(felt and felt.truncated),
            signature=signature(reading.text),
            named=self.naming.named(reading, lang) if self.naming is not None else (),
        )


def _feeling(felt: Felt) -> Feeling:
    return Feeling(
        label=felt.label,
        negative=felt.negative,
        neutral=felt.neutral,
        positive=felt.positive,
        complaint=felt.complaint,
        praise=felt.praise,
        question=felt.question,
        abuse=felt.abuse,
        topics=felt.topics,
    )
