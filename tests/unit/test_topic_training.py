"""How opinions on topics become probabilities, and how they weigh beside words: fitted on rows whose answer is known."""

from math import log

import numpy as np
import pytest

from classifiers.rules.joint import Evidence, Strength
from classifiers.sentiment.topic_rows import TOPICS, TopicRow
from classifiers.sentiment.training.joint import (
    ANY,
    CORPORA,
    HIGHEST,
    LOWEST,
    ORDINARY,
    OURS,
    Example,
    checked,
    fit,
    threshold_beside,
    thresholds,
)
from classifiers.sentiment.training.topics import counted_topics, fit_topic_scale, tells_by_chance, tells_no_complaint
from core.types import Voice

DICE = np.random.default_rng(4)


def example(number: int, odds: float, *, holds: bool, source: str = OURS, strength: Strength = Strength.SILENT) -> Example:
    return Example(Evidence(strength, 0.0, odds, named=False), "crisis.legal", holds, source, f"row/{number}")


def drawn(count: int, strength: Strength = Strength.SILENT, lift: float = 0.0) -> list[Example]:
    """Rows whose chance is the logistic of their log-odds and a lift for their words."""
    odds = DICE.normal(-1.0, 2.0, count)
    chances = 1.0 / (1.0 + np.exp(-(odds + lift)))
    return [
        example(n, float(each), holds=bool(DICE.random() < chance), strength=strength)
        for n, (each, chance) in enumerate(zip(odds, chances, strict=True))
    ]


def test_weights_find_what_words_and_topics_are_worth() -> None:
    found = fit([*drawn(4_000), *drawn(4_000, Strength.STRONG, lift=2.0)])
    assert found.topic == pytest.approx(1.0, abs=0.15)
    assert found.biases[Strength.STRONG] - found.biases[Strength.SILENT] == pytest.approx(2.0, abs=0.3)
    assert found.biases[Strength.FAINT] == found.biases[Strength.SILENT]


def test_a_threshold_is_that_of_the_best_f1_on_the_posts_written_for_it() -> None:
    rows = [example(n, 0.0, holds=n < 6) for n in range(10)] + [example(20 + n, 0.0, holds=False, source=ORDINARY) for n in range(50)]
    apart = [0.7, 0.65, 0.6, 0.55, 0.5, 0.45, 0.43, 0.3, 0.2, 0.1] + [0.9] * 50
    assert thresholds(rows, apart)["crisis.legal"] == 0.44


def test_of_thresholds_that_are_alike_the_middle_one_is_chosen() -> None:
    """.32 to .60 miss one of a hundred at most; that .32 misses none is chance."""
    rows = [example(n, 0.0, holds=n < 100) for n in range(200)]
    assert thresholds(rows, [0.33] + [0.61] * 99 + [0.31] * 100)["crisis.legal"] == 0.46


def test_a_complaint_of_no_kind_is_told_from_where_complaints_are_found_best_beside_those_of_a_kind() -> None:
    rows = [example(n, 0.0, holds=n in (0, 1, 2, 3, 5)) for n in range(10)]
    rows += [example(20 + n, 0.0, holds=n == 0, source=CORPORA) for n in range(4)]
    apart = [0.9, 0.2, 0.7, 0.6, 0.5, 0.4, 0.3, 0.3, 0.3, 0.3, 0.62, 0.1, 0.1, 0.1]
    assert threshold_beside(rows, apart, heard={"row/1"}) == 0.32
    crowd = [example(40 + n, 0.0, holds=False, source=ORDINARY) for n in range(40)]
    assert threshold_beside([*rows, *crowd], [*apart, *[0.5] * 40], heard={"row/1"}) == 0.52


def test_no_threshold_leaves_its_bounds() -> None:
    rows = [example(n, 0.0, holds=True) for n in range(4)]
    assert LOWEST <= thresholds(rows, [0.01, 0.02, 0.03, 0.99])["crisis.legal"] <= HIGHEST
    assert LOWEST <= thresholds(rows, [0.95, 0.96, 0.97, 0.99])["crisis.legal"] <= HIGHEST


def test_what_is_checked_is_told_by_source() -> None:
    rows = [example(1, 0.0, holds=True), example(2, 0.0, holds=False), example(3, 0.0, holds=False, source=CORPORA)]
    said = checked(rows, [0.9, 0.8, 0.2], {"crisis.legal": 0.5})
    assert said == "crisis.legal from 0.5, ours: 1 of 2, 2 told, 0.50, 1.00\n  crisis.legal from 0.5, corpora: 0 of 1, 0 told, 0.00, 0.00"
    assert ANY not in TOPICS


def test_a_scale_gives_back_the_chances_that_made_the_answers() -> None:
    encoded, voted = (DICE.normal(-1.0, 2.0, (6_000, 2)).astype(np.float32) for _ in range(2))
    chances = 1.0 / (1.0 + np.exp(-(0.5 * encoded + 1.5 * voted + np.array([0.5, -0.5]))))
    wanted = (DICE.random(chances.shape) < chances).astype(float)
    wanted[:1_000, 1] = np.nan
    found = fit_topic_scale(encoded, voted, wanted, ("praise", "question"))
    assert (found.encoder, found.ngrams) == (pytest.approx(0.5, abs=0.1), pytest.approx(1.5, abs=0.15))
    assert found.offsets["praise"] > 0.2 > -0.2 > found.offsets["question"]
    assert np.abs(found.probabilities(encoded, voted) - chances).mean() < 0.02


def test_an_opinion_that_says_nothing_weighs_nothing_on_the_answers() -> None:
    voted = DICE.normal(0.0, 2.0, (3_000, 1)).astype(np.float32)
    wanted = (DICE.random(voted.shape) < 1.0 / (1.0 + np.exp(-voted))).astype(float)
    found = fit_topic_scale(np.zeros_like(voted), voted, wanted, ("praise",))
    assert float(found.probabilities(np.zeros(1, dtype=np.float32), np.full(1, log(3), dtype=np.float32))[0]) == pytest.approx(
        0.75, abs=0.04
    )


def test_of_a_tweet_by_chance_only_what_is_rare_is_known() -> None:
    told = dict(zip(TOPICS, tells_by_chance(), strict=True))
    assert told["leak.finance"] == told["crisis.legal"] == told["account.impostor"] == told["complaint.safety"] == 0.0
    assert np.isnan([told["praise"], told["question"], told["complaint.service"], told["policy.insult"]]).all()


def test_of_a_tweet_that_is_no_complaint_only_that_is_known() -> None:
    told = dict(zip(TOPICS, tells_no_complaint(), strict=True))
    assert {name for name, each in told.items() if each == 0.0} == {name for name in TOPICS if name.startswith("complaint.")}
    assert np.isnan([told["question"], told["policy.insult"]]).all()


def test_the_card_counts_posts_by_topic_and_those_of_none() -> None:
    labels = ({"praise"}, {"praise", "question"}, set())
    rows = [TopicRow("text", "en", Voice.PUBLIC, frozenset(each), frozenset(), "neutral", "a", "topics/1") for each in labels]
    counts = counted_topics(rows, 7)
    assert (counts["praise"], counts["question"], counts["crisis.legal"], counts["none of them"]) == (2, 1, 0, 1)
    assert counts["English tweets that are no complaints"] == 7
