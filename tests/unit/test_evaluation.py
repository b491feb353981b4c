"""The measuring itself: counts that were worked out by hand, rows that cannot be read, a page that belongs to what is measured."""

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from classifiers.evaluation import lexicon
from classifiers.evaluation.rows import Row, read
from classifiers.evaluation.score import Counts, Share, family, pages, score
from classifiers.understand import Classifiers
from core.errors import ConfigError
from core.types import Feeling, Finding, Reading, Scope, Severity, Understanding, Voice
from czujka.config import load
from czujka.reading import context_of, model_of

ROOT = Path(__file__).parents[2]


def row(id: str, *labels: str, near: tuple[str, ...] = (), lang: str = "pl") -> Row:
    return Row(
        id, lang, Reading(text=id, lang=lang, scope=Scope.MENTION, voice=Voice.PUBLIC), frozenset(labels), frozenset(near), "neutral"
    )


def says(*labels: str, reported: bool = True) -> Understanding:
    severity = {label: Severity.CRITICAL if label.startswith("leak") else Severity.MEDIUM for label in labels}
    found = tuple(Finding(label=x, score=0.9, severity=severity[x], detector="x@1", reported=reported) for x in labels)
    return Understanding(lang="pl", feeling=Feeling(label="neutral", negative=0.1, neutral=0.8, positive=0.1), findings=found)


ROWS = [
    row("a", "complaint.delivery"),
    row("b", "complaint.delivery"),
    row("c", "complaint.billing"),
    row("d", near=("leak.codename",)),
    row("e", near=("leak.codename",)),
    row("f", "leak.codename", lang="en"),
    row("g", lang="en"),
]
READ = [
    says("complaint.delivery"),
    says("complaint.billing"),
    says("complaint.billing", "complaint.delivery"),
    says("leak.codename"),
    says(),
    says("leak.codename", reported=False),
    says(),
]


def test_counts_are_those_of_a_hand() -> None:
    scored = score(ROWS, READ)
    assert scored.labels["all"]["complaint.delivery"] == Counts(right=1, false=1, missed=1)
    assert scored.labels["all"]["complaint.billing"] == Counts(right=1, false=1, missed=0)
    assert scored.labels["pl"]["leak.codename"] == Counts(right=0, false=1, missed=0)
    assert scored.labels["en"]["leak.codename"] == Counts(right=0, false=0, missed=1), "what is not reported is not found"
    assert scored.families["all"]["complaint"] == Counts(right=3, false=0, missed=0)
    assert scored.near["leak.codename"] == Share(1, 2)
    assert scored.false_pages["all"] == Share(1, 6)
    assert scored.missed_pages["all"] == Share(1, 1)
    assert scored.confused == [("complaint.delivery", "complaint.billing", 1)]
    assert [one.row.id for one in scored.mistakes] == ["d", "f", "b", "c"]


def test_what_is_found_but_told_too_quietly_pages_nobody() -> None:
    leaked = row("h", "leak.codename")
    loud = says("leak.codename")
    quiet = replace(loud, findings=tuple(replace(one, severity=Severity.MEDIUM) for one in loud.findings))
    assert score([leaked], [loud]).missed_pages["all"] == Share(0, 1)
    assert score([leaked], [quiet]).missed_pages["all"] == Share(1, 1)
    assert score([leaked], [quiet]).labels["all"]["leak.codename"] == Counts(right=1, false=0, missed=0)


def test_shares_and_means() -> None:
    counts = Counts(right=3, false=1, missed=2)
    assert (counts.support, counts.precision, counts.recall, counts.f1) == (5, 0.75, 0.6, pytest.approx(6 / 9))
    assert Counts().precision is None
    value, low, high = score(ROWS, READ).macro_f1["all"]
    assert value == pytest.approx((2 / 4 + 2 / 3 + 0) / 3)
    assert low <= value <= high
    assert score(ROWS[:1], READ[:1]).macro_f1["all"] == (1.0, 1.0, 1.0)


def test_what_pages_is_what_the_taxonomy_calls_high() -> None:
    assert pages("leak.codename") and pages("crisis.safety")
    assert not pages("question") and not pages("complaint.delivery")
    assert family("leak.pii.pesel") == "leak"


def test_a_lexicon_is_as_simple_as_it_says() -> None:
    answers = lexicon.read(["Fatalna obsługa, nigdy więcej", "Polecam, świetnie!", "jutro wtorek", "świetny, ale zepsuty"])
    assert answers.argmax(axis=1).tolist() == [0, 2, 1, 1]
    assert np.allclose(answers.sum(axis=1), 1)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"id": "1", "text": "x", "lang": "pl", "labels": ["complaint.late"]}', "'complaint.late' is no label"),
        ('{"id": "1", "text": "x", "lang": "pl", "sentiment": "angry"}', "negative, neutral or positive was expected"),
        ('{"id": "1", "lang": "pl"}', "text: Field required"),
        ('{"text": "x", "lang": "pl"}', "id: Field required"),
        ('{"id": "1", "text": "x", "lang": "pl", "scope": "street"}', "scope"),
        ("not json", "no JSON object"),
        ("[1]", "row"),
    ],
)
def test_a_row_that_cannot_be_read_is_named_with_its_line(tmp_path: Path, line: str, said: str) -> None:
    good = json.dumps({"id": "0", "text": "dobry", "lang": "pl"})
    (tmp_path / "pl.jsonl").write_text(f"{good}\n\n{line}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=re.escape(said)) as refused:
        read(tmp_path / "pl.jsonl")
    assert "pl.jsonl, line 3" in str(refused.value)


def test_the_page_on_quality_belongs_to_the_rules_and_the_model_that_ship() -> None:
    settings = load(ROOT / "evaluation" / "czujka.toml")
    shown = re.search(r"Rules and model: `([^`]+)`", (ROOT / "docs" / "quality.md").read_text(encoding="utf-8"))
    assert shown is not None
    assert shown[1] == Classifiers.load(context_of(settings), model_of(settings)).version, "`make eval` writes it anew"
