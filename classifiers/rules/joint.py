"""Rule and model decide together: the words that fired and what the model takes the post to tell become one probability.

A family of labels has a bias for each strength of the words, slopes on the model's log-odds (of what the post does, of the label
itself) and a weight for naming us, fitted on labelled posts (`classifiers/sentiment/training/joint.py`). Source: weights of
evidence, Good 1950. Without a model that tells topics the rules decide alone.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from math import exp, log, prod
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from classifiers.rules.sight import Anchor, Sight
from classifiers.taxonomy import LABELS, About
from core.types import Feeling, Finding, Scope, Severity

WEIGHTS_FILE = Path(__file__).with_name("joint.json")
_LEAST, _LEAST_TOPIC = 0.02, 0.001
"""Probabilities nearer to 0 or 1 than this say no more: the model cannot silence strong words without end."""
_CALM, _SURELY = 0.35, 0.6
"""Below the first nobody is displeased; from the second a question is one."""
_DENIED = 0.05
"""Below this the model takes a post not to tell a label; strong words for it are then used otherwise, twenty times of twenty-one."""
_LIKELY, _SURE = 0.7, 0.9
"""From the first the model without words may say what would wake somebody, beside words that do so from the second."""
_SPEAK_ALONE = ("leak", "policy", "account")
"""Families whose strong words keep the score that their rule gives them."""
_FAMILIES = {
    "complaint.": "complaint",
    "crisis.": "crisis",
    "praise": "praise",
    "question": "question",
    "policy.insult": "insult",
    "policy.": "policy",
    "leak.": "leak",
    "account.": "account",
}
_COMPLAINT = "complaint."
_OF_NO_KIND = "complaint.other"
GRIEVANCE = "grievance"
"""The family of what complains of we do not know what; `complaint` is its only label."""
_WORDED = ("leak.pii.", "leak.secret.")
"""What the model says of these without words yields to any words of the same kind: a connection string's password is no second secret."""
_UNMEANT: Mapping[str, tuple[str, ...]] = {"question": ("rhetorical",), "praise": ("sarcasm", "mishaps")}
"""Lists whose words show that a family is not meant, whatever the model takes the post for."""
_SCOPES: Mapping[str, frozenset[Scope]] = {
    "policy.undisclosed": frozenset({Scope.EMPLOYEE, Scope.MENTION, Scope.PORTAL}),
    "account.takeover": frozenset({Scope.OFFICIAL}),
}
"""Where alone the model may say a label without words: an official account discloses itself, and only it can be taken over."""


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


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a label: its words, the log-odds of what the post does and of the label itself, and whether the text names us."""

    strength: Strength
    stance: float
    topic: float
    named: bool


class Weights(BaseModel):
    """Of one family: probability = logistic(bias of the strength + slope · stance + topic · label + named, where the text names us)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    biases: Mapping[Strength, float]
    slope: float
    topic: float
    named: float
    thresholds: Mapping[str, float]
    """From which probability each label of the family is reported."""

    def probability(self, seen: Evidence) -> float:
        raw = self.biases[seen.strength] + self.slope * seen.stance + self.topic * seen.topic + self.named * seen.named
        return 1.0 / (1.0 + exp(-raw))


@cache
def weights() -> Mapping[str, Weights]:
    """The weights that ship, by family."""
    return _weights("families")


@cache
def weights_of_words() -> Mapping[str, Weights]:
    """What strong words of a family are worth where the model has doubts. The family's name is its only label."""
    return _weights("words")


def _weights(part: str) -> dict[str, Weights]:
    return {name: Weights.model_validate(one) for name, one in json.loads(WEIGHTS_FILE.read_text(encoding="utf-8"))[part].items()}


def log_odds(share: float, least: float = _LEAST) -> float:
    share = min(max(share, least), 1.0 - least)
    return log(share / (1.0 - share))


def family_of(label: str) -> str:
    """The family that a label belongs to."""
    return next(family for start, family in _FAMILIES.items() if label.startswith(start))


def stance_of(family: str, feeling: Feeling) -> float | None:
    """The model's probability that speaks for a family, None where none does. A journalist who asks is heard, too: a crisis complains or
    asks."""
    complaint, question = feeling.complaint, feeling.question
    if family == "crisis":
        return None if complaint is None or question is None else max(complaint, question)
    return {"complaint": complaint, "praise": feeling.praise, "question": question, "insult": feeling.abuse}.get(family)


def evidence_for(label: str, strength: Strength, sight: Sight) -> Evidence | None:
    """What is known of a label in this post; None where the model does not tell it: then its words decide."""
    feeling = sight.feeling
    if feeling is None or label not in feeling.topics:
        return None
    stance = stance_of(family_of(label), feeling)
    odds = 0.0 if stance is None else log_odds(stance)
    return Evidence(strength, odds, log_odds(feeling.topics[label], _LEAST_TOPIC), bool(sight.us))


def grievance_in(sight: Sight) -> Evidence | None:
    """What speaks for a complaint of any kind; None where the model does not tell."""
    feeling = sight.feeling
    if feeling is None or feeling.complaint is None or _OF_NO_KIND not in feeling.topics:
        return None
    none = prod(1.0 - share for label, share in feeling.topics.items() if label.startswith(_COMPLAINT))
    return Evidence(Strength.SILENT, log_odds(feeling.complaint), log_odds(1.0 - none, _LEAST_TOPIC), bool(sight.us))


def threshold_of(label: str, feeling: Feeling | None) -> float:
    """From which score a label is reported: its own where the model tells it, the taxonomy's otherwise."""
    known = feeling is not None and label in feeling.topics
    family, usual = family_of(label), LABELS[label].threshold
    words = weights_of_words()[family].thresholds[family] if family in weights_of_words() else usual
    return min(weights()[family].thresholds[label], words) if known else usual


def decide(raised: Iterable[Raised], sight: Sight, known: Mapping[str, Weights] | None = None) -> list[Finding]:
    """Score what the rules raised; add what the model alone is sure of. Findings below their label's threshold are left out."""
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
    seen = evidence_for(one.finding.label, one.strength, sight)
    if seen is None:
        return None if one.strength is Strength.FAINT else one.finding
    family, words = known[family_of(one.finding.label)], _score_of_words(one, seen)
    score = round(family.probability(seen), 4)
    told = score if score >= family.thresholds[one.finding.label] else 0.0
    if not told and not words:
        return None
    return replace(one.finding, score=max(told, words), severity=max(one.finding.severity, _severity_alone(one, seen, sight, family)))


def _severity_alone(one: Raised, seen: Evidence, sight: Sight, family: Weights) -> Severity:
    """How loudly the model would tell a complaint or a crisis without words: words that leave doubts do not make it quieter."""
    label = one.finding.label
    is_likely = family.probability(replace(seen, strength=Strength.SILENT)) >= _LIKELY
    if not is_likely or family_of(label) not in ("complaint", "crisis"):
        return Severity.INFO
    return _severity(label, sight)


def _score_of_words(one: Raised, seen: Evidence) -> float:
    """What strong words, or an author's name, are worth beside a model that is not sure of the label; 0 where that is not enough to be
    reported, or the model denies what words of the text tell."""
    is_denied = seen.topic < log_odds(_DENIED, _LEAST_TOPIC) and one.finding.start is not None
    if one.strength is not Strength.STRONG or is_denied:
        return 0.0
    family = family_of(one.finding.label)
    known = weights_of_words().get(family)
    if known is None or one.finding.start is None:
        return one.finding.score if family in _SPEAK_ALONE else 0.0
    score = round(known.probability(seen), 4)
    return score if score >= known.thresholds[family] else 0.0


def _by_model(found: Iterable[Finding], sight: Sight, known: Mapping[str, Weights]) -> list[Finding]:
    """What no rule has words for and the model is sure enough of, where the post is to us or about us; else that it complains at all."""
    spoken = {finding.label for finding in found if finding.reported}
    anchor = Anchor(sight.us[0][0], sight.us[0][1], 0, 0) if sight.us else Anchor(0, 1, 0, 0)
    told = list(_topics_told(spoken, anchor, sight, known))
    heard = spoken | {finding.label for finding in told}
    return [*told, *_grievance_told(heard, anchor, sight, known)]


def _topics_told(spoken: Collection[str], anchor: Anchor, sight: Sight, known: Mapping[str, Weights]) -> Iterator[Finding]:
    for label in sight.feeling.topics if sight.feeling else ():
        seen, family = evidence_for(label, Strength.SILENT, sight), family_of(label)
        if seen is None or label in spoken or _is_worded(label, spoken) or _is_unmeant(family, sight) or not _may(label, anchor, sight):
            continue
        score = round(known[family].probability(seen), 4)
        if score >= max(known[family].thresholds[label], _least_alone(label, spoken)):
            yield Finding(label=label, score=score, severity=_severity(label, sight), detector=detector(label))


def _grievance_told(spoken: Collection[str], anchor: Anchor, sight: Sight, known: Mapping[str, Weights]) -> Iterator[Finding]:
    grievance = grievance_in(sight)
    if grievance is None or any(map(_outweighs, spoken)) or not _may(_OF_NO_KIND, anchor, sight):
        return
    score = round(known[GRIEVANCE].probability(grievance), 4)
    if score >= known[GRIEVANCE].thresholds["complaint"]:
        yield Finding(label=_OF_NO_KIND, score=score, severity=LABELS[_OF_NO_KIND].severity, detector=detector(_OF_NO_KIND))


def _least_alone(label: str, spoken: Collection[str]) -> float:
    """What would wake somebody must be likely, and beside words that do so already surely there."""
    if LABELS[label].severity < Severity.HIGH:
        return 0.0
    return _SURE if any(LABELS[one].severity >= Severity.HIGH for one in spoken) else _LIKELY


def _outweighs(label: str) -> bool:
    """Beside a complaint, or what is worse than one, a complaint of no kind says nothing more."""
    return label not in ("praise", "question")


def _is_worded(label: str, spoken: Collection[str]) -> bool:
    return any(label.startswith(kind) and any(one.startswith(kind) for one in spoken) for kind in _WORDED)


def _is_unmeant(family: str, sight: Sight) -> bool:
    lists = _UNMEANT.get(family)
    return lists is not None and bool(sight.listed(*lists))


def _may(label: str, anchor: Anchor, sight: Sight) -> bool:
    """Whether the model may say a label without words: for this voice, in this place, and about us, or in a place of ours."""
    row, scopes = LABELS[label], _SCOPES.get(label)
    if sight.reading.voice not in row.voices or (scopes is not None and sight.reading.scope not in scopes):
        return False
    if row.about is About.NEVER:
        return sight.is_place_ours or bool(sight.us)
    return sight.is_about_us(anchor, weigh_rivals=True)


def _severity(label: str, sight: Sight) -> Severity:
    """Only where somebody tells of himself, speaks to us or names us, anywhere in the text, does the model page without words."""
    usual, is_spoken = LABELS[label].severity, bool(sight.listed("oneself", "you"))
    return usual if is_spoken or not sight.is_hearsay(None) else min(usual, Severity.MEDIUM)


def detector(label: str) -> str:
    """The name under which the model speaks without a rule."""
    return f"topic.{label}@1"


_READS_AS: Mapping[str, tuple[str, str]] = {
    "complaint.safety": ("a report that somebody was hurt or is in danger", "zgłoszenie szkody na zdrowiu albo zagrożenia"),
    "complaint.outage": ("a report that something of ours is down", "zgłoszenie awarii"),
    "complaint.billing": ("a complaint about money", "skarga na rozliczenia"),
    "complaint.delivery": ("a complaint about a delivery", "skarga na dostawę"),
    "complaint.quality": ("a complaint about something faulty", "skarga na wadliwy towar albo usługę"),
    "complaint.workplace": ("a complaint about us as an employer", "skarga na nas jako pracodawcę"),
    "complaint.service": ("a complaint about how somebody was treated", "skarga na obsługę"),
    "complaint.other": ("a complaint without a reason that is known", "skarga, choć nie nazywa żadnego znanego powodu"),
    "question": ("a question to us", "pytanie do nas"),
    "praise": ("praise", "pochwała"),
    "leak.confidential": ("something confidential", "coś poufnego"),
    "leak.finance": ("figures or plans of ours that are not public", "nasze niepubliczne wyniki albo plany"),
    "leak.pii.address": ("a private person's address", "czyjś prywatny adres"),
    "leak.pii.health": ("news of a private person's health", "wiadomość o czyimś zdrowiu"),
    "leak.secret.password": ("a password of ours", "hasło do naszego systemu"),
    "leak.internal": ("something from inside the company", "coś z wnętrza firmy"),
    "policy.insult": ("an insult or a threat", "obelga albo groźba"),
    "policy.politics": ("party politics or religion", "polityka partyjna albo religia"),
    "policy.competitor": ("running a competitor or a customer down", "oczernianie konkurenta albo klienta"),
    "policy.finance_talk": ("talk about our finances or pay", "rozmowa o naszych finansach albo płacach"),
    "policy.undisclosed": ("praise of us by our own people who do not say so", "pochwała nas przez naszych ludzi, którzy tego nie mówią"),
    "policy.quarrel": ("a quarrel with a customer", "kłótnia z klientem"),
    "policy.copyright": ("somebody's work used without leave", "użycie czyjegoś dzieła bez zgody"),
    "crisis.boycott": ("a call to turn away from us", "wezwanie do bojkotu"),
    "crisis.legal": ("an announcement of legal steps", "zapowiedź kroków prawnych"),
    "crisis.press": ("a journalist's question or announcement", "pytanie albo zapowiedź dziennikarza"),
    "crisis.breach": ("a claim that our data were taken", "twierdzenie, że wykradziono nasze dane"),
    "crisis.conduct": ("an accusation against our people", "oskarżenie naszych ludzi"),
    "crisis.safety": ("a report that several people were harmed", "zgłoszenie szkody u wielu osób"),
    "account.impostor": ("an account that poses as us", "konto, które się pod nas podszywa"),
    "account.takeover": ("a post that is not ours", "wpis, którego byśmy nie napisali"),
}


BECAUSE: Mapping[str, Mapping[str, str]] = {
    detector(label): {"pl": f"Wpis brzmi jak {polish}.", "en": f"The post reads as {english}."}
    for label, (english, polish) in _READS_AS.items()
}
"""Why the model speaks, in plain words by language."""
