"""Posts written to learn topics from, and what stands beside each: `training/own/topics/*.jsonl`.

They come in eight series, each of other people and registers, and each about every label: a to d avoid the words that everybody uses for
the matter, e to g use them, h is mostly about the labels that the others taught least (praise, complaints of service or of no kind,
conduct). The series `KEPT` are kept from the fit that calibration rests on, and teach no feelings.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from math import nan
from pathlib import Path
from typing import Any, Literal

from classifiers.sentiment.answers import LABELS as FEELINGS
from classifiers.sentiment.answers import Label
from classifiers.taxonomy import LABELS
from core.types import Voice

TOPICS_FOLDER = Path(__file__).parent / "training" / "own" / "topics"
Series = Literal["a", "b", "c", "d", "e", "f", "g", "h"]
KEPT: frozenset[Series] = frozenset({"c", "f"})
TOPICS: tuple[str, ...] = (
    "complaint.safety",
    "complaint.outage",
    "complaint.billing",
    "complaint.delivery",
    "complaint.quality",
    "complaint.workplace",
    "complaint.service",
    "complaint.other",
    "question",
    "praise",
    "leak.confidential",
    "leak.finance",
    "leak.pii.address",
    "leak.pii.health",
    "leak.secret.password",
    "leak.internal",
    "policy.insult",
    "policy.politics",
    "policy.competitor",
    "policy.finance_talk",
    "policy.undisclosed",
    "policy.quarrel",
    "policy.copyright",
    "crisis.boycott",
    "crisis.legal",
    "crisis.press",
    "crisis.breach",
    "crisis.conduct",
    "crisis.safety",
    "account.impostor",
    "account.takeover",
)
"""The labels that the model learns, in the order of its outputs. What checksums, lists and shapes settle is not among them."""


@dataclass(frozen=True, slots=True)
class TopicRow:
    """One post with all labels that hold; `near` are labels that it only seems to have."""

    text: str
    lang: str
    voice: Voice
    labels: frozenset[str]
    near: frozenset[str]
    feeling: Label
    series: Series
    key: str

    @property
    def label(self) -> int:
        """The feeling as an index into `answers.LABELS`."""
        return FEELINGS.index(self.feeling)

    def tells(self) -> tuple[float, ...]:
        """Give 1 or 0 for each of `TOPICS`, NaN for those that are never raised for this voice: nobody judged them."""
        return tuple(float(name in self.labels) if self.voice in LABELS[name].voices else nan for name in TOPICS)


def topic_rows(folder: Path = TOPICS_FOLDER) -> list[TopicRow]:
    """Read every post, in the order of files and lines."""
    return [_row(json.loads(line)) for path in sorted(folder.glob("*.jsonl")) for line in path.read_text(encoding="utf-8").splitlines()]


def _row(raw: Mapping[str, Any]) -> TopicRow:
    labels, near = frozenset(raw["labels"]), frozenset(raw["near"])
    return TopicRow(raw["text"], raw["lang"], Voice(raw["voice"]), labels, near, raw["sentiment"], raw["series"], f"topics/{raw['id']}")
