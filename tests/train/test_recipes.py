"""What each fit reads. Run by `make train-check`."""

from classifiers.sentiment.topic_rows import KEPT
from classifiers.sentiment.training.__main__ import FURTHER


def test_no_fit_of_feelings_reads_the_series_that_calibration_rests_on() -> None:
    assert all(one.series.isdisjoint(KEPT) for one in FURTHER)
