"""The bench frame: bounds, exponents, and that every bench is found by its name."""

import pytest
from click.testing import CliRunner

from bench.__main__ import line, main, names
from bench.frame import Figure, exponent, in_turns, ratios


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
