"""What a sentiment model answers, and the face that every one of them shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

Label = Literal["negative", "neutral", "positive"]
LABELS: tuple[Label, Label, Label] = ("negative", "neutral", "positive")
Stance = Literal["complaint", "praise", "question", "abuse"]
STANCES: tuple[Stance, Stance, Stance, Stance] = ("complaint", "praise", "question", "abuse")
"""What a text does, apart from how it feels. Several may hold at once."""


@dataclass(frozen=True, slots=True)
class Sentiment:
    """The feeling of one text: calibrated probabilities that add up to one, and the label of the highest.

    `truncated` says that part of the text was not read. `complaint`, `praise`, `question` and `abuse` are probabilities of their own,
    None where the model has no such head. `topics` are the probabilities of the taxonomy's labels that the model learned.
    """

    label: Label
    negative: float
    neutral: float
    positive: float
    truncated: bool
    complaint: float | None = None
    praise: float | None = None
    question: float | None = None
    abuse: float | None = None
    topics: Mapping[str, float] = field(default_factory=dict, compare=False)

    def of(self, label: Label) -> float:
        """Give the probability of one label."""
        return {"negative": self.negative, "neutral": self.neutral, "positive": self.positive}[label]

    def holds(self, stance: Stance) -> float | None:
        """Give the probability of one stance, None where the model has no such head."""
        return {"complaint": self.complaint, "praise": self.praise, "question": self.question, "abuse": self.abuse}[stance]


class SentimentModel(Protocol):
    """Anything that reads feelings from texts."""

    @property
    def version(self) -> str:
        """The detector's name with its version, such as `sentiment@1`."""
        ...

    def read(self, texts: Sequence[str], langs: Sequence[str | None]) -> list[Sentiment]:
        """Read texts, one answer each in their order; `langs` are two-letter codes or None where unknown."""
        ...


def answer(
    probabilities: Sequence[float], truncated: bool, stances: Sequence[float | None] = (), topics: Mapping[str, float] | None = None
) -> Sentiment:
    """Make an answer of three probabilities in the order of `LABELS`, four in the order of `STANCES` or none, and those of topics."""
    negative, neutral, positive = (float(one) for one in probabilities)
    highest = max(range(len(LABELS)), key=lambda index: probabilities[index])
    complaint, praise, question, abuse = stances or (None,) * len(STANCES)
    return Sentiment(LABELS[highest], negative, neutral, positive, truncated, complaint, praise, question, abuse, topics or {})


UNREAD = Sentiment("neutral", 0.0, 1.0, 0.0, truncated=False)
"""The answer for a text without anything to read."""
