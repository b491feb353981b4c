"""Fits how rule and model decide together: `python -m classifiers.sentiment.training.joint --data DIR --model DIR`.

Every row is read as a reply under our post. The stances of rows that the heads were trained on come from heads fitted without them
(three folds), so that the weights learn how sure the model is of what it has not seen. Prints what five-fold cross-validation gives.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import exp
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from classifiers.language import LANGUAGES
from classifiers.rules.context import RuleContext
from classifiers.rules.engine import RuleEngine
from classifiers.rules.joint import WEIGHTS_FILE, Strength, Weights, family_of, is_named, log_odds, stance_of
from classifiers.sentiment.answers import STANCES, Sentiment
from classifiers.sentiment.data import ordinary_keys_to_learn_from, ordinary_rows, share_of, training_rows
from classifiers.sentiment.runtime import OnnxSentiment, load
from classifiers.sentiment.scales import scaled
from classifiers.sentiment.stances import OWN_SOURCE, Stanced, crisis_keys, of_part, stanced_rows
from classifiers.sentiment.training.figures import parser
from classifiers.sentiment.training.stances import fit_heads, weak_training_rows
from core.types import Feeling, ItemKind, Reading, Scope, Voice

FOLDS = 3
ORDINARY_POSTS = 5_000
ORDINARY = "ordinary"
SHARES: Mapping[str, float] = {OWN_SOURCE: 0.5, ORDINARY: 0.2}
"""The part of all weight that our own posts and the ordinary ones have; the corpora share the rest."""
HOLD = 0.003
LOWEST = 0.3
"""No label is reported from a probability below this, whatever it would find."""
_ORDER = tuple(Strength)


@dataclass(frozen=True, slots=True)
class Example:
    """One row in one family: the strongest words, the stance's log-odds, whether we are named, and whether it is so."""

    strength: Strength
    odds: float
    named: bool
    holds: bool
    source: str
    key: str


def main(arguments: Sequence[str] | None = None) -> None:
    """Fit the weights that ship."""
    asked = parser("Fit how rule and model decide together.").parse_args(arguments)
    rows, feelings = read_apart(asked.data, load(asked.model, threads=1))
    examples = collect(rows, feelings, crisis_keys())
    told = {}
    for family, each in examples.items():
        apart = read_by_others(each)
        one = fit(each).model_copy(update={"threshold": best_threshold(each, apart)})
        told[family] = one.model_dump()
        print(f"{family}, from {one.threshold}: {checked(each, apart, one.threshold)}")  # noqa: T201
    WEIGHTS_FILE.write_text(
        json.dumps({"fitted_by": "classifiers.sentiment.training.joint", "families": told}, indent=1) + "\n", encoding="utf-8"
    )


def read_apart(folder: Path, model: OnnxSentiment) -> tuple[list[Stanced], list[Feeling]]:
    """Give rows with how the model reads them, none with a head that was trained on it."""
    told = stanced_rows(folder)
    weak = weak_training_rows(folder)
    ordinary = _ordinary(folder)
    rows = of_part(told, "train") + of_part(told, "calibrate") + ordinary
    answers = model.read([row.text for row in rows], [row.lang for row in rows])
    votes = model.votes([row.text for row in rows])
    folds = np.array([int(share_of(f"fold/{row.key}") * FOLDS) if row.part == "train" else FOLDS for row in rows])
    for fold in range(FOLDS):
        out = folds == fold
        head = fit_heads([row for row, one in zip(rows, folds, strict=True) if row.part == "train" and one != fold] + weak)
        votes[out] = replace(model, stances=head).votes([row.text for row, one in zip(rows, out, strict=True) if one])
    return rows, [_feeling(one, vote, row.lang, model) for one, vote, row in zip(answers, votes, rows, strict=True)]


def _ordinary(folder: Path) -> list[Stanced]:
    """Give ordinary posts that no head saw, as posts that do nothing."""
    seen = {row.key for row in training_rows(folder)}
    fresh = ordinary_keys_to_learn_from(folder) - seen
    rows = [row for row in ordinary_rows(folder) if row.key in fresh][:ORDINARY_POSTS]
    return [Stanced(row.text, row.lang, (0.0,) * len(STANCES), ORDINARY, row.key, "calibrate") for row in rows]


def _feeling(one: Sentiment, votes: NDArray[np.float32], lang: str, model: OnnxSentiment) -> Feeling:
    shares = np.array([one.negative, one.neutral, one.positive], dtype=np.float32)
    told = dict(zip(STANCES, scaled(votes, shares, model.scales[lang]), strict=True))
    return Feeling(label=one.label, negative=one.negative, neutral=one.neutral, positive=one.positive, **told)


def collect(rows: Sequence[Stanced], feelings: Sequence[Feeling], crises: frozenset[str]) -> dict[str, list[Example]]:
    """Give the examples of each family; a row says something of a family whose stance is known."""
    engine = RuleEngine.load(RuleContext())
    found: dict[str, list[Example]] = {"complaint": [], "crisis": [], "praise": [], "question": [], "insult": []}
    for row, feeling in zip(rows, feelings, strict=True):
        lang = row.lang if row.lang in LANGUAGES else "en"
        sight = engine.look(
            Reading(text=row.text, lang=lang, scope=Scope.OFFICIAL, voice=Voice.PUBLIC, kind=ItemKind.COMMENT), lang, feeling
        )
        strongest: dict[str, Strength] = {}
        for one in engine.raised(sight):
            family = family_of(one.finding.label)
            if family and not (one.strength is Strength.FAINT and one.finding.label == "complaint.other"):
                strongest[family] = min(strongest.get(family, Strength.SILENT), one.strength, key=_ORDER.index)
        for family, holds in _truths(row, crises):
            stance = stance_of(family, feeling)
            if stance is not None and (family != "crisis" or family in strongest):
                strength = strongest.get(family, Strength.SILENT)
                found[family].append(Example(strength, log_odds(stance), is_named(sight), holds, row.source, row.key))
    return found


def _truths(row: Stanced, crises: frozenset[str]) -> Iterator[tuple[str, bool]]:
    for family, stance in (("complaint", "complaint"), ("praise", "praise"), ("question", "question"), ("insult", "abuse")):
        index = STANCES.index(stance)
        if row.is_known(index) and not (family == "complaint" and row.key in crises):
            yield family, bool(row.stances[index])
    if row.is_known(0):
        yield "crisis", row.key in crises or bool(row.stances[0])


def fit(examples: Sequence[Example]) -> Weights:
    """Fit one family's weights; a strength that no example has takes its bias from the next weaker one, or else the next stronger."""
    seen, holds, shares = _table(examples)

    def loss(point: NDArray[np.float64]) -> float:
        raw = seen @ point
        return float((shares * (np.logaddexp(0.0, raw) - holds * raw)).sum()) + HOLD * float((point**2).sum())

    bounds = [(-8.0, 8.0)] * len(_ORDER) + [(0.0, 3.0), (-3.0, 3.0)]
    found = [round(float(value), 4) for value in minimize(loss, np.zeros(seen.shape[1]), method="L-BFGS-B", bounds=bounds).x]
    met = {one.strength for one in examples}
    biases = {strength: bias for strength, bias in zip(_ORDER, found, strict=False) if strength in met}
    near = {strength: [*_ORDER[at:], *_ORDER[:at][::-1]] for at, strength in enumerate(_ORDER)}
    filled = {strength: next(biases[one] for one in near[strength] if one in biases) for strength in _ORDER}
    return Weights(biases=filled, slope=found[-2], named=found[-1], threshold=0.5)


def _table(examples: Sequence[Example]) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Give features, answers and weights; the sources' parts are `SHARES` whatever their sizes."""
    seen = np.array([[*(one.strength is strength for strength in _ORDER), one.odds, one.named] for one in examples], dtype=np.float64)
    holds = np.array([one.holds for one in examples], dtype=np.float64)
    kinds = [one.source if one.source in SHARES else "corpora" for one in examples]
    parts = {**SHARES, "corpora": 1.0 - sum(SHARES.values())}
    shares = np.array([parts[kind] / kinds.count(kind) for kind in kinds])
    return seen, holds, shares / shares.sum()


def read_by_others(examples: Sequence[Example]) -> list[float]:
    """Give each example's probability by weights that were fitted without its fifth."""
    folds = [int(share_of(f"check/{one.key}") * 5) for one in examples]
    known = [fit([one for one, at in zip(examples, folds, strict=True) if at != fold]) for fold in range(5)]
    return [
        1.0 / (1.0 + exp(-(known[at].biases[one.strength] + known[at].slope * one.odds + known[at].named * one.named)))
        for one, at in zip(examples, folds, strict=True)
    ]


def best_threshold(examples: Sequence[Example], apart: Sequence[float]) -> float:
    """Give the threshold of the best F1 on our own posts, which are as full of near misses as of hits; no lower than `LOWEST`."""
    own = [(one.holds, share) for one, share in zip(examples, apart, strict=True) if one.source == OWN_SOURCE]

    def f1(threshold: float) -> float:
        told = [holds for holds, share in own if share >= threshold]
        return 2 * sum(told) / max(len(told) + sum(holds for holds, _ in own), 1)

    return max((round(LOWEST + step / 50, 2) for step in range(21)), key=f1)


def checked(examples: Sequence[Example], apart: Sequence[float], threshold: float) -> str:
    """Say how right the family is by source on rows that its weights were not fitted on."""
    lines = []
    for source in dict.fromkeys(one.source for one in examples):
        each = [(one.holds, share >= threshold) for one, share in zip(examples, apart, strict=True) if one.source == source]
        hits, told, held = each.count((True, True)), sum(said for _, said in each), sum(holds for holds, _ in each)
        right, found = hits / max(told, 1), hits / max(held, 1)
        lines.append(f"{source}: {len(each)} rows, {held} hold, {told} told, precision {right:.2f}, recall {found:.2f}")
    return "; ".join(lines)


if __name__ == "__main__":
    main()
