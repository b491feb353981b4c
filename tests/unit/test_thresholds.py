"""What follows from verdicts, on cases counted by hand."""

import pytest

from classifiers.thresholds import Advice, propose_thresholds, propose_trials
from core.intervals import wilson
from core.verdicts import Judged


def judged(*scores: float, right: bool, label: str = "complaint.delivery") -> list[Judged]:
    votes = (1, 0) if right else (0, 1)
    return [
        Judged(finding_id=n, detector=f"{label}.words@1", label=label, score=s, right=votes[0], wrong=votes[1])
        for n, s in enumerate(scores)
    ]


@pytest.mark.parametrize(
    ("hits", "tries", "low", "high"),
    [(0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634), (10, 10, 0.7225, 1.0), (81, 263, 0.2553, 0.3662)],
)
def test_the_interval_is_that_of_the_tables(hits: int, tries: int, low: float, high: float) -> None:
    assert wilson(hits, tries) == pytest.approx((low, high), abs=5e-5)


def test_without_any_case_all_is_possible_and_impossible_counts_are_refused() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    with pytest.raises(ValueError, match="between 0 and 3"):
        wilson(4, 3)


def test_a_threshold_rests_on_enough_verdicts_and_is_the_lowest_that_will_do() -> None:
    wrong = judged(*[0.5, 0.55, 0.6, 0.65, 0.7], right=False)
    right = judged(*[0.8 + n / 100 for n in range(12)], right=True)
    [proposal] = propose_thresholds(wrong + right, target=0.8, minimum=10)
    assert (proposal.advice, proposal.threshold, proposal.verdicts, proposal.right) == (Advice.RAISE, 0.6, 15, 12)
    assert proposal.low == pytest.approx(0.5481, abs=5e-4)


def test_too_few_verdicts_propose_nothing() -> None:
    few = judged(*[0.5] * 9, right=False)
    [proposal] = propose_thresholds(few, minimum=10)
    assert (proposal.advice, proposal.threshold, proposal.verdicts) == (Advice.TOO_FEW, None, 9)
    assert propose_trials(few, minimum=10) == ()


def test_what_is_good_enough_is_kept() -> None:
    [proposal] = propose_thresholds(judged(*[0.9] * 8, right=True) + judged(0.4, 0.4, right=False), target=0.8)
    assert (proposal.advice, proposal.threshold) == (Advice.KEEP, None)


def test_wrong_for_the_ninth_time_of_eleven_puts_the_rule_on_trial() -> None:
    eleven = judged(*[0.9] * 9, right=False, label="policy.insult") + judged(0.9, 0.9, right=True, label="policy.insult")
    [label], [rule] = propose_thresholds(eleven), propose_trials(eleven)
    assert (label.advice, rule.advice) == (Advice.TRIAL, Advice.TRIAL)
    assert (rule.name, rule.verdicts, rule.right) == ("policy.insult.words@1", 11, 2)
    assert rule.high == pytest.approx(0.4770, abs=5e-4)


def test_a_rule_that_may_still_be_good_is_not_put_on_trial() -> None:
    assert propose_trials(judged(*[0.9] * 7, right=True) + judged(0.9, 0.9, 0.9, right=False)) == ()


def test_what_people_disagree_on_evenly_says_nothing() -> None:
    even = [Judged(finding_id=n, detector="a@1", label="question", score=0.9, right=1, wrong=1) for n in range(20)]
    assert propose_thresholds(even) == () and propose_trials(even) == ()
