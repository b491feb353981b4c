"""Before and after an action: what may be said, and what may not. Expected values are worked out by hand or from printed tables."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.lessons import Effect, Measure, Side, Verdict, windows
from governance.effect import of_answers, of_breaches, of_precision
from reports.learned import effect_line
from reports.wording import Speech

DONE = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize(("days", "length"), [(0, None), (13.99, None), (14, 14), (20, 20), (28, 28), (400, 28)])
def test_both_sides_are_alike_long_from_14_to_28_days(days: float, length: int | None) -> None:
    found = windows(DONE, DONE + days * DAY)
    if length is None:
        assert found is None
    else:
        assert found is not None
        assert (found.start, found.done, found.end) == (DONE - length * DAY, DONE, DONE + length * DAY)


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        ((2, 20), (18, 20), Verdict.BETTER),
        ((18, 20), (2, 20), Verdict.WORSE),
        ((5, 10), (7, 10), Verdict.UNSURE),
        ((5, 10), (0, 0), Verdict.NOTHING),
        ((0, 0), (5, 10), Verdict.NOTHING),
    ],
)
def test_a_rule_is_surely_better_only_where_the_intervals_do_not_meet(
    before: tuple[int, int], after: tuple[int, int], verdict: Verdict
) -> None:
    assert of_precision(before, after)[2] is verdict


def test_the_interval_of_eight_in_ten() -> None:
    side = of_precision((8, 10), (8, 10))[0]
    assert (side.value, round(side.low or 0, 3), round(side.high or 0, 3)) == (0.8, 0.490, 0.943)


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [(20, 5, Verdict.BETTER), (5, 20, Verdict.WORSE), (4, 3, Verdict.UNSURE), (1, 0, Verdict.UNSURE), (0, 0, Verdict.NOTHING)],
)
def test_breaches_a_week(before: int, after: int, verdict: Verdict) -> None:
    old, new, said = of_breaches(before, after, 14 * DAY)
    assert (old.value, new.value, said) == (before / 2, after / 2, verdict)


def test_answers_are_quicker_only_when_that_is_no_chance() -> None:
    hour, ten_minutes = [3600.0 + n for n in range(10)], [600.0 + n for n in range(10)]
    old, new, verdict = of_answers(hour, ten_minutes)
    assert (old.value, new.value, verdict) == (3604.5, 604.5, Verdict.BETTER)
    assert of_answers(ten_minutes, hour)[2] is Verdict.WORSE
    assert of_answers([600.0, 3600.0], [601.0, 3500.0])[2] is Verdict.UNSURE
    assert of_answers([60.0], [6000.0])[2] is Verdict.UNSURE, "one on each side says nothing"
    assert of_answers([], ten_minutes)[2] is Verdict.NOTHING


times = st.lists(st.floats(1, 1e6), min_size=1, max_size=30).map(sorted)


@given(times, times)
def test_the_same_on_both_sides_is_no_change_and_the_other_way_round_is_the_contrary(one: list[float], other: list[float]) -> None:
    assert of_answers(one, one)[2] is Verdict.UNSURE
    contrary = {Verdict.BETTER: Verdict.WORSE, Verdict.WORSE: Verdict.BETTER}
    there, back = of_answers(one, other)[2], of_answers(other, one)[2]
    assert back is contrary.get(there, there)


def test_it_is_told_in_both_languages() -> None:
    early = Effect(verdict=Verdict.EARLY, measure=Measure.BREACHES)
    assert (effect_line(early, Speech("en")), effect_line(early, Speech("pl"))) == ("too early to say", "za wcześnie, by to ocenić")
    sides = {"before": Side(cases=7, value=3.5), "after": Side(cases=1, value=0.5)}
    done = Effect(verdict=Verdict.BETTER, measure=Measure.BREACHES, length=14 * DAY, **sides)
    assert effect_line(done, Speech("en")) == "better: breaches of the clause a week, 3.5 before and 0.5 after (14 days each)"
    assert "3,5 przed i 0,5 po" in effect_line(done, Speech("pl"))
    share = Effect(
        verdict=Verdict.UNSURE,
        measure=Measure.PRECISION,
        length=14 * DAY,
        before=Side(cases=0, value=None),
        after=Side(cases=10, value=0.8, low=0.49, high=0.943),
    )
    assert effect_line(share, Speech("en")).endswith("– before and 80\u00a0% (49\u00a0% – 94\u00a0%) of 10 after (14 days each)")
