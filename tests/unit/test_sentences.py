"""The sentences that do not say what they feel: many, each once, and none of them in another set."""

import json
from collections import Counter
from pathlib import Path

from classifiers.language import LANGUAGES
from classifiers.sentiment.answers import LABELS
from classifiers.sentiment.data import Row
from classifiers.sentiment.sentences import sentences, source_of
from classifiers.sentiment.text import normalise
from classifiers.sentiment.topic_rows import topic_rows

EVALUATION = [Path("evaluation") / name for name in ("en.jsonl", "pl.jsonl", "neutral_pl.jsonl")]
LEAST = {"pl": 9_000, "en": 6_000}


def letters(text: str) -> str:
    return "".join(letter for letter in normalise(text).lower() if letter.isalnum())


def every() -> list[Row]:
    return [row for part in sentences() for row in part]


def test_they_are_many_and_feel_differently() -> None:
    for lang in LANGUAGES:
        rows = [row for row in every() if row.lang == lang]
        assert len(rows) >= LEAST[lang]
        assert {row.source for row in rows} == {source_of(lang)}
        counts = Counter(row.label for row in rows)
        assert min(counts[label] for label in range(len(LABELS))) >= len(rows) / 4


def test_an_eighth_of_each_language_is_kept_from_training() -> None:
    learned, kept = sentences()
    for lang in LANGUAGES:
        part = sum(row.lang == lang for row in kept)
        assert 0.10 < part / (part + sum(row.lang == lang for row in learned)) < 0.14


def test_no_sentence_stands_twice_or_in_what_is_measured_on() -> None:
    texts = [letters(row.text) for row in every()]
    assert len(set(texts)) == len(texts)
    asked = {letters(json.loads(line)["text"]) for path in EVALUATION for line in path.read_text(encoding="utf-8").splitlines()}
    assert len(asked) > 2_000
    assert asked.isdisjoint(texts)
    assert {letters(row.text) for row in topic_rows()}.isdisjoint(texts)
