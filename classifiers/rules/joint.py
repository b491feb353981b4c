"""Rule and model decide together: the words that fired and what the model takes the post to do become one probability.

A family of labels has a bias for each strength of the words, a slope on the model's log-odds and a weight for naming us, fitted on
labelled posts (`classifiers/sentiment/training/joint.py`). Source: weights of evidence, Good 1950. Without stances the rules decide alone.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from math import exp, log
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from classifiers.rules.sight import Anchor, Sight
from classifiers.taxonomy import LABELS
from core.types import Feeling, Finding, Severity, Voice

WEIGHTS_FILE = Path(__file__).with_name("joint.json")
_ALONE = 0.5
_LEAST = 0.02
"""Probabilities nearer to 0 or 1 than this say no more: the model cannot silence strong words without end."""
_CALM, _SURELY = 0.35, 0.8
"""Below the first nobody is displeased; from the second a question is one."""
_FAMILIES = {"complaint.": "complaint", "crisis.": "crisis", "praise": "praise", "question": "question", "policy.insult": "insult"}
_BY_MODEL = {"complaint": "complaint.other", "praise": "praise", "question": "question", "insult": "policy.insult"}
"""What a family's stance gives when no words speak."""

_UNMEANT: Mapping[str, tuple[str, ...]] = {"question": ("rhetorical",), "praise": ("sarcasm", "mishaps")}
"""Lists whose words show that a family is not meant, whatever the model takes the post for."""


class Strength(StrEnum):
    """STRONG: the words speak alone. FELT: they need a feeling, and it is there. FAINT: it is not. SILENT: no words fired."""

    STRONG = "strong"
    FELT = "felt"
    FAINT = "faint"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Raised:
    """A finding before it is weighed, and how strongly its words speak."""

    finding: Finding
    strength: Strength


class Weights(BaseModel):
    """Of one family: probability = logistic(bias of the strength + slope · log-odds of the stance + named, where the text names us)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    biases: Mapping[Strength, float]
    slope: float
    named: float
    threshold: float
    """From which probability words are reported. The model without words must be right more often than not."""

    def probability(self, strength: Strength, stance: float, *, is_named: bool) -> float:
        return 1.0 / (1.0 + exp(-(self.biases[strength] + self.slope * log_odds(stance) + self.named * is_named)))


@cache
def weights() -> Mapping[str, Weights]:
    """The weights that ship, by family."""
    return {name: Weights.model_validate(one) for name, one in json.loads(WEIGHTS_FILE.read_text(encoding="utf-8"))["families"].items()}


def log_odds(share: float) -> float:
    share = min(max(share, _LEAST), 1.0 - _LEAST)
    return log(share / (1.0 - share))


def family_of(label: str) -> str | None:
    """The family that a label is weighed in; None: its words decide."""
    return next((family for start, family in _FAMILIES.items() if label.startswith(start)), None)


def stance_of(family: str, feeling: Feeling) -> float | None:
    """The model's probability that speaks for a family. A journalist who asks is heard, too: a crisis complains or asks."""
    complaint, question = feeling.complaint, feeling.question
    if family == "crisis":
        return None if complaint is None or question is None else max(complaint, question)
    return {"complaint": complaint, "praise": feeling.praise, "question": question, "insult": feeling.abuse}[family]


def threshold_of(label: str, feeling: Feeling | None) -> float:
    """From which score a label is reported: its family's where the model tells stances, the taxonomy's otherwise."""
    family = family_of(label)
    known = family is not None and feeling is not None and stance_of(family, feeling) is not None
    return weights()[family].threshold if family is not None and known else LABELS[label].threshold


def is_named(sight: Sight) -> bool:
    """The text itself names us, or speaks to us."""
    return bool(sight.us)


def decide(raised: Iterable[Raised], sight: Sight, known: Mapping[str, Weights] | None = None) -> list[Finding]:
    """Score what the rules raised; add what the model alone is sure of. Findings below their family's threshold are left out."""
    known = weights() if known is None else known
    told = [(each.strength, one) for each in raised if (one := _weighed(each, sight, known)) is not None]
    if not _is_calm_question(told, sight):
        found = [one for _, one in told]
        return [*found, *_by_model(found, sight, known)]
    found = [one for strength, one in told if strength is not Strength.FAINT or family_of(one.label) != "complaint"]
    return [*found, *(one for one in _by_model(found, sight, known) if family_of(one.label) != "complaint")]


def _is_calm_question(told: Iterable[tuple[Strength, Finding]], sight: Sight) -> bool:
    """The post surely asks and shows no displeasure; then faint words are no complaint: "when will my parcel come?" asks."""
    calm = sight.feeling is not None and sight.feeling.negative < _CALM
    return calm and any(one.label == "question" and one.score >= _SURELY for _, one in told)


def _weighed(one: Raised, sight: Sight, known: Mapping[str, Weights]) -> Finding | None:
    family = family_of(one.finding.label)
    stance = stance_of(family, sight.feeling) if family and sight.feeling else None
    if family is None or stance is None:
        return None if one.strength is Strength.FAINT else one.finding
    silent = one.strength is Strength.FAINT and one.finding.label == _BY_MODEL["complaint"]
    strength = Strength.SILENT if silent else one.strength  # to be named is no word of complaint
    score = round(known[family].probability(strength, stance, is_named=is_named(sight)), 4)
    least = max(known[family].threshold, _ALONE) if silent else known[family].threshold
    return replace(one.finding, score=score) if score >= least else None


def _by_model(found: Iterable[Finding], sight: Sight, known: Mapping[str, Weights]) -> Iterator[Finding]:
    """A complaint of no kind, a question, praise or an insult that no rule has words for, where the post is to us or about us."""
    spoken = {family_of(finding.label) for finding in found if finding.reported}
    spoken |= {"complaint", "question"} if "crisis" in spoken else set()
    anchor = Anchor(sight.us[0][0], sight.us[0][1], 0, 0) if sight.us else Anchor(0, 1, 0, 0)
    for family, label in _BY_MODEL.items():
        stance = stance_of(family, sight.feeling) if sight.feeling else None
        if stance is None or family in spoken or not _may(label, anchor, sight) or _is_unmeant(family, sight):
            continue
        score = round(known[family].probability(Strength.SILENT, stance, is_named=is_named(sight)), 4)
        if score >= _ALONE:
            yield Finding(label=label, score=score, severity=_severity(label), detector=detector(family))


def _is_unmeant(family: str, sight: Sight) -> bool:
    lists = _UNMEANT.get(family)
    return lists is not None and bool(sight.listed(*lists))


def _may(label: str, anchor: Anchor, sight: Sight) -> bool:
    if label == "policy.insult":
        return sight.is_place_ours
    return sight.reading.voice is Voice.PUBLIC and sight.is_about_us(anchor, weigh_rivals=True)


def _severity(label: str) -> Severity:
    """A complaint that no words name opens no incident."""
    return min(LABELS[label].severity, Severity.MEDIUM)


def detector(family: str) -> str:
    """The name under which the model speaks without a rule."""
    return f"stance.{family}@1"


BECAUSE: Mapping[str, Mapping[str, str]] = {
    detector("complaint"): {
        "pl": "Wpis brzmi jak skarga, choć nie nazywa żadnego znanego powodu.",
        "en": "The post reads as a complaint, without a reason that is known.",
    },
    detector("praise"): {"pl": "Wpis brzmi jak pochwała.", "en": "The post reads as praise."},
    detector("question"): {"pl": "Wpis brzmi jak pytanie do nas.", "en": "The post reads as a question to us."},
    detector("insult"): {"pl": "Wpis brzmi jak obelga albo groźba.", "en": "The post reads as an insult or a threat."},
}
"""Why the model speaks, in plain words by language."""
