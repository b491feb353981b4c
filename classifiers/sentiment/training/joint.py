"""Fits how rule and model decide together: `python -m classifiers.sentiment.training.joint --data DIR --model OUT/work/apart`.

The model asked for is the one that learned topics without one series of posts; its say on those is what is weighed. Every row is
read as a reply under our post, or as a post of our side. Prints what five-fold cross-validation gives.
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import nan
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from classifiers.language import LANGUAGES
from classifiers.rules.context import RuleContext
from classifiers.rules.engine import RuleEngine
from classifiers.rules.joint import GRIEVANCE, WEIGHTS_FILE, Evidence, Strength, Weights, evidence_for, family_of, grievance_in
from classifiers.sentiment.answers import STANCES, Sentiment
from classifiers.sentiment.data import ordinary_keys_to_learn_from, ordinary_rows, share_of, training_rows
from classifiers.sentiment.runtime import OnnxSentiment, load
from classifiers.sentiment.stances import Stanced, of_part, stanced_rows
from classifiers.sentiment.topic_rows import KEPT, TOPICS, topic_rows
from classifiers.sentiment.training.figures import parser
from classifiers.sentiment.training.topics import silent_rows, unseen_silent_rows
from classifiers.taxonomy import LABELS
from core.types import Feeling, ItemKind, Reading, Scope, Voice

ORDINARY_POSTS = 5_000
OURS, ORDINARY, CORPORA = "ours", "ordinary", "corpora"
SHARES: Mapping[str, float] = {OURS: 0.6, ORDINARY: 0.2, CORPORA: 0.2}
"""The part of all weight that the posts written for topics, the ordinary ones and the corpora have, whatever their sizes."""
GRIEVANCE_SHARES: Mapping[str, float] = {OURS: 0.3, ORDINARY: 0.1, CORPORA: 0.6}
"""Whether a text complains at all, real tweets to support accounts tell best."""
HOLD = 1e-4
LOWEST, HIGHEST = 0.1, 0.9
"""No label is reported from a probability below the first, whatever it would find, and none needs more than the second."""
RIGHT = 0.5
"""A threshold below which less than this share of the findings is right is not chosen."""
FLAT = 0.02
"""Thresholds whose F1 is less than this apart are alike. On halves of the posts the middle one found .777 of F1 on the other half with
.809 of precision, the best one .773 with .794."""
_ORDER = tuple(Strength)
ANY = "complaint"
"""The label of examples that ask whether a text complains at all."""
_STANCE_TOPICS = {"praise": "praise", "question": "question", "policy.insult": "abuse"}
"""Topics that the corpora of stances say something of."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One text with what is known of it: 1 or 0 for each of `TOPICS`, and for complaints of any kind; NaN where nobody judged."""

    text: str
    lang: str
    voice: Voice
    tells: tuple[float, ...]
    complains: float
    source: str
    key: str


@dataclass(frozen=True, slots=True)
class Example:
    """One text and one label: what speaks for it, and whether it holds."""

    seen: Evidence
    label: str
    holds: bool
    source: str
    key: str


def main(arguments: Sequence[str] | None = None) -> None:
    """Fit the weights that ship."""
    asked = parser("Fit how rule and model decide together.").parse_args(arguments)
    examples = collect(read([*ours(), *others(asked.data)], load(asked.model)))
    families: dict[str, list[Example]] = {}
    for one in examples:
        families.setdefault(GRIEVANCE if one.label == ANY else family_of(one.label), []).append(one)
    told = {}
    heard: set[str] = set()  # kinds of complaints come before complaints of none
    for name, each in families.items():
        apart = read_by_others(each)
        chosen = {ANY: threshold_beside(each, apart, heard)} if name == GRIEVANCE else thresholds(each, apart)
        fitted = fit(each).model_copy(update={"thresholds": chosen})
        if name == "complaint":
            heard = {one.key for one, share in zip(each, apart, strict=True) if share >= fitted.thresholds[one.label]}
        told[name] = fitted.model_dump()
        print(f"{name}: {checked(each, apart, fitted.thresholds)}")  # noqa: T201
    words = json.loads(WEIGHTS_FILE.read_text(encoding="utf-8"))["words"]  # fitted on corpora before there were topics
    WEIGHTS_FILE.write_text(
        json.dumps({"fitted_by": "classifiers.sentiment.training.joint", "families": told, "words": words}, indent=1) + "\n",
        encoding="utf-8",
    )


def ours() -> list[Asked]:
    """Give the posts that the model apart did not learn from."""
    kept = [one for one in topic_rows() if one.series in KEPT]
    complaining = [float(any(label.startswith("complaint.") for label in one.labels)) for one in kept]
    return [Asked(one.text, one.lang, one.voice, one.tells(), some, OURS, one.key) for one, some in zip(kept, complaining, strict=True)]


def others(folder: Path) -> list[Asked]:
    """Give ordinary posts that no fit saw, which tell of nothing whoever says them, and the corpora's rows kept for calibration."""
    seen = {row.key for row in (*training_rows(folder), *silent_rows(folder), *unseen_silent_rows(folder))}
    fresh = ordinary_keys_to_learn_from(folder) - seen
    quiet = [row for row in ordinary_rows(folder) if row.key in fresh][:ORDINARY_POSTS]
    voices = [Voice.OURS if index % 4 == 0 else Voice.PUBLIC for index in range(len(quiet))]
    return [
        *(Asked(row.text, row.lang, voice, _silent(voice), 0.0, ORDINARY, row.key) for row, voice in zip(quiet, voices, strict=True)),
        *(
            Asked(row.text, row.lang, Voice.PUBLIC, _by_stance(row), _complains(row), CORPORA, row.key)
            for row in of_part(stanced_rows(folder), "calibrate")
        ),
    ]


def _complains(row: Stanced) -> float:
    """Only the corpus of complaints judged this; in readers' comments nobody complains to us."""
    return row.stances[STANCES.index("complaint")] if row.source == "complaints" else nan


def _silent(voice: Voice) -> tuple[float, ...]:
    return tuple(0.0 if voice in LABELS[name].voices else nan for name in TOPICS)


def _by_stance(row: Stanced) -> tuple[float, ...]:
    """What somebody's stance says of topics: who does not complain to a support account complains of nothing; of which thing, it does not
    say."""
    known: dict[str, float] = dict(zip(STANCES, row.stances, strict=True))
    told = {name: known[_STANCE_TOPICS[name]] for name in _STANCE_TOPICS}
    if _complains(row) == 0.0:
        told |= {name: 0.0 for name in TOPICS if name.startswith("complaint.")}
    return tuple(told.get(name, nan) for name in TOPICS)


def read(rows: Sequence[Asked], model: OnnxSentiment) -> Iterator[tuple[Asked, Feeling]]:
    """Give each row with how the model reads it."""
    answers = model.read([row.text for row in rows], [row.lang for row in rows])
    yield from zip(rows, map(_feeling, answers), strict=True)


def _feeling(one: Sentiment) -> Feeling:
    told = {stance: one.holds(stance) for stance in STANCES}
    return Feeling(label=one.label, negative=one.negative, neutral=one.neutral, positive=one.positive, topics=one.topics, **told)


def collect(rows: Iterator[tuple[Asked, Feeling]]) -> list[Example]:
    """Give an example for each row and each label that somebody judged there."""
    engine = RuleEngine.load(RuleContext())
    return [example for row, feeling in rows for example in _examples(engine, row, feeling)]


def _examples(engine: RuleEngine, row: Asked, feeling: Feeling) -> Iterator[Example]:
    lang = row.lang if row.lang in LANGUAGES else "en"
    strongest: dict[str, Strength] = {}
    sights = [engine.look(reading, lang, feeling) for reading in _readings(row, lang)]
    for one in (one for sight in sights for one in engine.raised(sight)):
        label = one.finding.label
        strongest[label] = min(strongest.get(label, Strength.SILENT), one.strength, key=_ORDER.index)
    for label, holds in zip(TOPICS, row.tells, strict=True):
        seen = evidence_for(label, strongest.get(label, Strength.SILENT), sights[0])
        if seen is not None and not np.isnan(holds):
            yield Example(seen, label, bool(holds), row.source, row.key)
    grievance = grievance_in(sights[0])
    if grievance is not None and row.voice is Voice.PUBLIC and not np.isnan(row.complains):
        yield Example(grievance, ANY, bool(row.complains), row.source, row.key)


def _readings(row: Asked, lang: str) -> list[Reading]:
    """The public replies to us; our side speaks officially and as employees."""
    if row.voice is Voice.PUBLIC:
        return [Reading(text=row.text, lang=lang, voice=row.voice, scope=Scope.OFFICIAL, kind=ItemKind.COMMENT)]
    return [Reading(text=row.text, lang=lang, voice=row.voice, scope=scope) for scope in (Scope.OFFICIAL, Scope.EMPLOYEE)]


def fit(examples: Sequence[Example]) -> Weights:
    """Fit one family's weights. Words never speak against what they stand for, nor do stronger ones say less than weaker ones; a strength
    that no example has takes its bias from the next weaker one, or else the next stronger."""
    seen, holds, shares = _table(examples, GRIEVANCE_SHARES if examples[0].label == ANY else SHARES)

    def loss(point: NDArray[np.float64]) -> float:
        raw = seen @ point
        return float((shares * (np.logaddexp(0.0, raw) - holds * raw)).sum()) + HOLD * float((point**2).sum())

    rises = [(0.0, 8.0)] * (len(_ORDER) - 1)
    bounds = [*rises, (-8.0, 8.0), (0.0, 3.0), (0.0, 3.0), (-3.0, 3.0)]
    found = minimize(loss, np.zeros(seen.shape[1]), method="L-BFGS-B", bounds=bounds).x
    met = {one.seen.strength for one in examples}
    biases = {strength: round(float(found[at : len(_ORDER)].sum()), 4) for at, strength in enumerate(_ORDER) if strength in met}
    near = {strength: [*_ORDER[at:], *_ORDER[:at][::-1]] for at, strength in enumerate(_ORDER)}
    filled = {strength: next(biases[one] for one in near[strength] if one in biases) for strength in _ORDER}
    slope, topic, named = (round(float(value), 4) for value in found[-3:])
    return Weights(biases=filled, slope=slope, topic=topic, named=named, thresholds={})


def _table(examples: Sequence[Example], parts: Mapping[str, float]) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Give features, answers and weights; the sources have their parts whatever their sizes."""
    seen = np.array([_features(one.seen) for one in examples], dtype=np.float64)
    holds = np.array([one.holds for one in examples], dtype=np.float64)
    sources = np.array([one.source for one in examples])
    shares = np.zeros(len(examples))
    for source, part in parts.items():
        mine = sources == source
        shares[mine] = part / max(mine.sum(), 1)
    return seen, holds, shares / shares.sum()


def _features(seen: Evidence) -> list[float]:
    """What the words say above what the next weaker ones do, the same for all at last, and the rest."""
    at = _ORDER.index(seen.strength)
    return [*(float(at <= step) for step in range(len(_ORDER))), seen.stance, seen.topic, float(seen.named)]


def read_by_others(examples: Sequence[Example]) -> list[float]:
    """Give each example's probability by weights that were fitted without its fifth."""
    folds = [int(share_of(f"check/{one.key}") * 5) for one in examples]
    known = [fit([one for one, at in zip(examples, folds, strict=True) if at != fold]) for fold in range(5)]
    return [known[at].probability(one.seen) for one, at in zip(examples, folds, strict=True)]


def thresholds(examples: Sequence[Example], apart: Sequence[float]) -> dict[str, float]:
    """Give each label's threshold of the best F1 on the posts written for topics, which are as full of near misses as of hits: the middle
    one of those that are as good but for `FLAT`, since the very best is the best by chance."""
    return {
        label: _threshold([(one, share) for one, share in zip(examples, apart, strict=True) if one.label == label])
        for label in _labels(examples)
    }


def threshold_beside(examples: Sequence[Example], apart: Sequence[float], heard: Collection[str]) -> float:
    """Give the threshold for complaints of no kind: the best F1 of complaints of any kind, each source with its part of the weight.

    `heard` are the keys of posts that a kind is told of; the others are told one of no kind from the threshold on.
    """
    _, holds, parts = _table(examples, GRIEVANCE_SHARES)
    known, shares = np.array([one.key in heard for one in examples]), np.array(apart)

    def f1(threshold: float) -> float:
        told = known | (shares >= threshold)
        return float(2.0 * (parts * holds * told).sum() / (parts * (holds + told)).sum())

    return max(_steps(), key=f1)


def _steps() -> Iterator[float]:
    return (round(LOWEST + step / 50, 2) for step in range(round((HIGHEST - LOWEST) * 50) + 1))


def _labels(examples: Sequence[Example]) -> list[str]:
    return list(dict.fromkeys(one.label for one in examples))


def _threshold(known: Sequence[tuple[Example, float]]) -> float:
    own = [(one.holds, share) for one, share in known if one.source == OURS]
    held = sum(holds for holds, _ in own)

    def f1(threshold: float) -> tuple[bool, float]:
        told = [holds for holds, share in own if share >= threshold]
        return sum(told) >= RIGHT * len(told) and bool(told), 2 * sum(told) / max(len(told) + held, 1)

    found = {threshold: f1(threshold) for threshold in _steps()}
    is_right, best = max(found.values())
    near = [threshold for threshold, (right, value) in found.items() if right == is_right and value >= best - FLAT]
    return near[len(near) // 2]


def checked(examples: Sequence[Example], apart: Sequence[float], known: Mapping[str, float]) -> str:
    """Say how right each label is by source on rows that its weights were not fitted on."""
    lines = []
    for label in _labels(examples):
        for source in SHARES:
            each = [
                (one.holds, share >= known[label])
                for one, share in zip(examples, apart, strict=True)
                if one.label == label and one.source == source
            ]
            hits, told, held = each.count((True, True)), sum(said for _, said in each), sum(holds for holds, _ in each)
            if each:
                right, found = hits / max(told, 1), hits / max(held, 1)
                lines.append(f"{label} from {known[label]}, {source}: {held} of {len(each)}, {told} told, {right:.2f}, {found:.2f}")
    return "\n  ".join(lines)


if __name__ == "__main__":
    main()
