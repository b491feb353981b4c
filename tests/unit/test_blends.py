"""How the encoder and the n-gram heads are blended: by language, with our own posts as a tenth, rare classes weighed up."""

import numpy as np
import pytest

from classifiers.sentiment.data import Row
from classifiers.sentiment.runtime import Blend, Floats, blended
from classifiers.sentiment.training.calibrate import OWN_SHARE, OWN_SOURCE, fit_blend

NEGATIVE, NEUTRAL, POSITIVE = range(3)


def rows(source: str, *labels: int) -> list[Row]:
    return [Row(f"{source} {number}", "en", label, source, f"{source}/{number}") for number, label in enumerate(labels)]


def silent(count: int) -> Floats:
    return np.zeros((count, 3), dtype=np.float32)


def shares(blend: Blend) -> Floats:
    """What is answered where both opinions are silent: the part of each class in the weights that it was fitted with."""
    return blended(silent(1), silent(1), blend)[0]


@pytest.mark.parametrize("own", [10, 1000])
def test_our_own_posts_have_their_share_however_many_they_are(own: int) -> None:
    known = rows("tweets", *[NEGATIVE, POSITIVE] * 100) + rows(OWN_SOURCE, *[NEUTRAL] * own)
    found = shares(fit_blend(silent(len(known)), silent(len(known)), known, class_power=0.0))
    assert found[NEUTRAL] == pytest.approx(OWN_SHARE, abs=0.02)
    assert found[NEGATIVE] == pytest.approx(found[POSITIVE], abs=0.02)


def test_without_posts_of_our_own_every_row_counts_alike() -> None:
    known = rows("tweets", *[NEGATIVE] * 20, *[NEUTRAL] * 120, *[POSITIVE] * 60)
    assert shares(fit_blend(silent(200), silent(200), known, class_power=0.0)) == pytest.approx([0.1, 0.6, 0.3], abs=0.03)


def test_with_full_power_classes_weigh_alike_counted_as_they_are_weighed() -> None:
    known = rows("tweets", *[NEGATIVE] * 10, *[NEUTRAL] * 60, *[POSITIVE] * 30) + rows(OWN_SOURCE, *[NEGATIVE] * 500, *[NEUTRAL] * 500)
    assert shares(fit_blend(silent(1100), silent(1100), known, class_power=1.0)) == pytest.approx([1 / 3] * 3, abs=0.02)


def test_the_opinion_that_is_right_is_heard() -> None:
    known = rows("tweets", *[NEGATIVE, NEUTRAL, POSITIVE] * 50)
    right = np.eye(3, dtype=np.float32)[[row.label for row in known]]
    blend = fit_blend(right, silent(150), known, class_power=0.5)
    assert blend.encoder > 1.0
    assert (blended(right, silent(150), blend).argmax(axis=1) == [row.label for row in known]).all()
