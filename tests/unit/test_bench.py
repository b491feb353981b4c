"""The bench frame: bounds, exponents, and that every bench is found by its name."""

import pytest
from click.testing import CliRunner

from alerts.series import Point
from bench.__main__ import line, main, names
from bench.frame import Figure, exponent, in_turns, ratios
from bench.nab import PROFILES, Labelled, false_alarms, score


def test_the_median_decides_whether_a_bound_is_kept() -> None:
    assert Figure("a", (19.0, 21.0, 22.0), "times", at_least=20).is_kept
    assert not Figure("a", (18.0, 19.9, 90.0), "times", at_least=20).is_kept
    assert not Figure("a", (0.5, 2.1, 2.2), "times", at_most=2).is_kept
    assert line(Figure("a", (1.0, 3.0, 2.0), "times", at_most=2.5)).split() == ["a", "1.00", "2.00", "3.00", "times", "≤", "2.5", "kept"]
    assert line(Figure("a", (9.0,), "MB", at_most=2)).endswith("BROKEN")


@pytest.mark.parametrize("power", [0.5, 1.0, 2.0])
def test_the_exponent_of_a_power_is_found(power: float) -> None:
    sizes = (1_000, 10_000, 100_000)
    assert exponent(sizes, [3e-7 * size**power for size in sizes]) == pytest.approx(power)


def test_works_take_turns_and_the_first_round_does_not_count() -> None:
    order: list[str] = []
    times = in_turns(lambda: order.append("a"), lambda: order.append("b"), rounds=3)
    assert order == ["a", "b"] * 4
    assert [len(each) for each in times] == [3, 3]
    assert ratios((6.0, 8.0), (3.0, 2.0)) == (2.0, 4.0)


def test_every_bench_is_found_by_its_name() -> None:
    assert "rules" in names()
    assert not {"frame", "__main__"} & set(names())


def test_a_bench_that_is_not_there_is_wrong_use() -> None:
    with CliRunner().isolation() as (_, err, _both):
        assert main(["nothing"]) == 2
        assert "no bench nothing" in err.getvalue().decode()


def test_the_benchmark_of_detection_is_scored_as_published() -> None:
    """By hand, from the weights: a window found at its first row is worth 1, half-way 0.848 / 0.987, missed -1 or -2; a row far from any
    window costs its full weight; what lies in the probation counts for nothing."""
    one = Labelled("a", tuple(Point(300.0 * index, 0.0, 0) for index in range(10_000)), ((2_000, 2_099), (6_000, 6_099)))
    standard, low_fp, low_fn = PROFILES
    assert score({"a": []}, [one], standard) == 0
    assert score({"a": [2_000, 6_000]}, [one], standard) == pytest.approx(100)
    assert score({"a": [749, 2_000, 2_001, 2_050, 6_000]}, [one], low_fn) == pytest.approx(100)
    assert score({"a": [2_050, 6_000]}, [one], standard) == pytest.approx(100 * (0.84828 / 0.98661 + 3) / 4, abs=1e-3)
    assert score({"a": [1_000, 2_000, 6_000]}, [one], standard) == pytest.approx(100 - 100 * 0.11 / 4)
    assert score({"a": [1_000, 2_000, 6_000]}, [one], low_fp) == pytest.approx(100 - 100 * 0.22 / 4)
    assert score({"a": [2_000]}, [one], low_fn) == pytest.approx(50)
    assert score({"a": [2_000, 2_100, 6_000]}, [one], standard) == pytest.approx(100, abs=0.1)
    assert false_alarms([749, 1_000, 2_050, 9_000], one) == 2
