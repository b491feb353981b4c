"""Posts to learn from are read with names in front of some and behind others, and hold what they held."""

import random

from classifiers.sentiment.training.fronts import fronted

TEXT = "Ser był cały spleśniały, chcę zwrotu pieniędzy"


def test_a_quarter_has_names_beside_it_mostly_in_front_and_the_text_stays_whole() -> None:
    dice = random.Random(5)
    told = [fronted(TEXT, dice) for _ in range(4_000)]
    beside = [one for one in told if one != TEXT]
    assert 900 < len(beside) < 1_100
    assert all(one.startswith(f"{TEXT} ") != one.endswith(f" {TEXT}") for one in beside)
    in_front = [one for one in beside if one.endswith(TEXT)]
    assert 0.6 < len(in_front) / len(beside) < 0.8
    assert {"#", "@", "."} <= {one[0] for one in in_front}
