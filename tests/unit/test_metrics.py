"""Metrics: bounded labels, names with units, a fresh reference."""

import re
from pathlib import Path

import pytest

from core import metrics
from tests.fakes.measured import value

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "metrics.md"


def test_counts_what_was_added() -> None:
    before = value("czujka_items_collected_total", source="metrics-test", scope="mention") or 0
    metrics.ITEMS.add(3, source="metrics-test", scope="mention")
    metrics.ITEMS.add(source="metrics-test", scope="mention")
    assert value("czujka_items_collected_total", source="metrics-test", scope="mention") == before + 4


def test_text_from_outside_cannot_become_a_label() -> None:
    before = value("czujka_findings_total", label="praise", severity="other") or 0
    metrics.ERRORS.add(stage="collect", reason='<b>kasia"}\nhacked 1')
    metrics.FINDINGS.add(label="praise", severity="apocalyptic")
    text = metrics.render().decode()
    assert "kasia" not in text
    assert "apocalyptic" not in text
    assert value("czujka_findings_total", label="praise", severity="other") == before + 1


def test_a_label_has_at_most_its_cap_of_values() -> None:
    bound = metrics.Bound(None, 3)
    assert [bound.fold(f"v{n}") for n in range(5)] == ["v0", "v1", "v2", "other", "other"]
    assert bound.fold("v1") == "v1"


def test_what_is_gone_from_a_level_is_zero() -> None:
    metrics.INCIDENTS.replace({("high", "open"): 2, ("low", "acknowledged"): 1})
    metrics.INCIDENTS.replace({("high", "open"): 1})
    assert value("czujka_incidents", severity="high", state="open") == 1
    assert value("czujka_incidents", severity="low", state="acknowledged") == 0


def test_wrong_labels_are_refused_with_what_was_expected() -> None:
    with pytest.raises(ValueError, match="source, scope were expected, source came"):
        metrics.ITEMS.add(source="m")


def test_a_negative_duration_counts_as_none() -> None:
    before = value("czujka_stage_seconds_bucket", stage="assess", le="0.005") or 0
    metrics.STAGE_SECONDS.observe(-5, stage="assess")
    assert value("czujka_stage_seconds_bucket", stage="assess", le="0.005") == before + 1


def test_names_carry_our_prefix_and_a_unit_and_every_label_is_bounded() -> None:
    units = re.compile(
        r"_(total|seconds|rows|used|limit|ratio|number)$|^czujka_(incidents|conversations|conversations_late|duties_late|ills|verdicts|replies_waiting|pictures_unseen|canary_late|signals|crises)$"
    )
    for metric in metrics.ALL:
        assert metric.name.startswith("czujka_")
        assert units.search(metric.name), metric.name
        assert (metric.kind == "counter") == metric.name.endswith("_total")


def test_the_reference_is_fresh() -> None:
    assert REFERENCE.read_text(encoding="utf-8") == metrics.reference_markdown(), "write docs/reference/metrics.md again"
    for metric in metrics.ALL:
        assert f"`{metric.name}`" in REFERENCE.read_text(encoding="utf-8")
