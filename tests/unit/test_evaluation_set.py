"""The evaluation set is what its README says: covered, hard, without doubles, and unseen by rules, demonstration and training."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import yaml

from classifiers.taxonomy import LABELS
from core.types import ItemKind, Scope, Voice

ROOT = Path(__file__).parents[2]
SET = ROOT / "evaluation"
LANGUAGES = ("pl", "en")
FILES = (*(f"{language}.jsonl" for language in LANGUAGES), "neutral_pl.jsonl")
AT_LEAST_EACH = 12
AT_LEAST = {"pl": 850, "en": 1100}
SEEN_ELSEWHERE = ("classifiers", "demo")
Row = dict[str, Any]


def rows(name: str) -> list[Row]:
    return [json.loads(line) for line in (SET / name).read_text(encoding="utf-8").splitlines()]


def words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", text.lower()))


def bare(text: str) -> str:
    return "".join(filter(str.isalnum, text.lower()))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_row_can_be_fed_to_classify_as_it_is(language: str) -> None:
    assert len(rows(f"{language}.jsonl")) >= AT_LEAST[language]
    for row in rows(f"{language}.jsonl"):
        assert row["text"].strip() and row["lang"] == language and row["why"].strip(), row["id"]
        assert row["sentiment"] in {"negative", "neutral", "positive"}, row["id"]
        assert row["scope"] in set(Scope) and row["kind"] in set(ItemKind) and row["voice"] in set(Voice), row["id"]
        assert row["scope"] != "mention" or row["voice"] == "public", row["id"]
        assert row["scope"] not in {"employee", "portal"} or row["voice"] == "ours", row["id"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_labels_stand_in_the_taxonomy_and_suit_the_voice(language: str) -> None:
    for row in rows(f"{language}.jsonl"):
        labels, aimed_at = row["labels"], row["hard_negative_for"]
        assert len(set(labels)) == len(labels) and set(labels) <= set(LABELS), row["id"]
        assert set(aimed_at) <= set(LABELS) and not set(labels) & set(aimed_at), row["id"]
        assert all(row["voice"] in LABELS[label].voices for label in labels), row["id"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_label_is_asked_for_a_dozen_times_and_led_astray_to(language: str) -> None:
    posts = rows(f"{language}.jsonl")
    asked = Counter(label for row in posts for label in row["labels"])
    astray = Counter(label for row in posts for label in row["hard_negative_for"])
    wanted = {label for label in LABELS if not label.startswith("sentiment.")}
    assert {label: asked[label] for label in wanted if asked[label] < AT_LEAST_EACH} == {}
    assert {label for label in wanted if not astray[label]} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_two_of_five_posts_are_near_misses_and_some_are_plain(language: str) -> None:
    posts = rows(f"{language}.jsonl")
    assert sum(bool(row["hard_negative_for"]) for row in posts) >= 0.4 * len(posts)
    assert sum(not row["labels"] and not row["hard_negative_for"] for row in posts) >= 0.1 * len(posts)


def test_ids_are_unique_over_all_files() -> None:
    ids = Counter(row["id"] for name in FILES for row in rows(name))
    assert [id for id, times in ids.items() if times > 1] == []


def test_the_neutral_posts_are_three_hundred() -> None:
    posts = rows("neutral_pl.jsonl")
    assert len(posts) >= 300
    assert all(set(row) == {"id", "text", "lang", "sentiment"} and row["sentiment"] == "neutral" and row["lang"] == "pl" for row in posts)


def test_no_two_posts_say_nearly_the_same() -> None:
    posts = [(row["id"], words(row["text"])) for name in FILES for row in rows(name)]
    near = [
        (one, other)
        for (one, left), (other, right) in combinations(posts, 2)
        if 2 * min(len(left), len(right)) >= max(len(left), len(right)) and 2 * len(left & right) >= len(left | right)
    ]
    assert near == []


def strings(value: object) -> Iterator[str]:
    """Every text inside a document, at any depth."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from strings(inner)


def documents(path: Path) -> Iterator[object]:
    text = path.read_text(encoding="utf-8")
    if path.suffix in {".yaml", ".yml"}:
        yield from yaml.safe_load_all(text)
    elif path.suffix == ".json":
        yield json.loads(text)
    elif path.suffix == ".jsonl":
        yield from (json.loads(line) for line in text.splitlines() if line.strip())
    else:
        yield text.splitlines()


def seen() -> dict[str, str]:
    """What rules' cases, training and the demonstration hold, by its letters and digits alone: where it stands."""
    read = {".yaml", ".yml", ".json", ".jsonl", ".txt", ".tsv", ".csv"}
    paths = (
        path
        for room in SEEN_ELSEWHERE
        for path in sorted((ROOT / room).rglob("*"))
        if path.suffix in read and path.name != "tokenizer.json"
    )
    return {bare(text): path.relative_to(ROOT).as_posix() for path in paths for document in documents(path) for text in strings(document)}


def test_no_post_stands_in_the_rules_cases_the_training_posts_or_the_demonstration() -> None:
    elsewhere = seen()
    assert any(name.endswith(".cases.yaml") for name in elsewhere.values())
    posts = [row for name in FILES for row in rows(name)]
    long_enough = [row for row in posts if len(words(row["text"])) > 3]
    assert {row["id"]: elsewhere[bare(row["text"])] for row in long_enough if bare(row["text"]) in elsewhere} == {}


def weighted(digits: str, weights: tuple[int, ...]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))


def is_pesel(digits: str) -> bool:
    return len(digits) == 11 and weighted(digits, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1)) % 10 == 0


def is_nip(digits: str) -> bool:
    return len(digits) == 10 and weighted(digits, (6, 5, 7, 2, 3, 4, 5, 6, 7)) % 11 == int(digits[-1])


def is_polish_iban(digits: str) -> bool:
    return len(digits) == 26 and int(f"{digits[2:]}2521{digits[:2]}") % 97 == 1


def is_card(digits: str) -> bool:
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return len(digits) == 16 and sum(number // 10 + number % 10 for number in doubled) % 10 == 0


CHECKS = {"leak.pii.pesel": is_pesel, "leak.pii.nip": is_nip, "leak.pii.iban": is_polish_iban, "leak.pii.card": is_card}


@pytest.mark.parametrize("label", CHECKS)
def test_leaked_numbers_of_polish_posts_carry_right_check_digits(label: str) -> None:
    """Invented numbers, yet such as a reader of check digits takes for real ones."""
    for row in rows("pl.jsonl"):
        if label in row["labels"]:
            runs = (re.sub(r"\D", "", run) for run in re.findall(r"\d[\d -]*\d", row["text"]))
            assert any(map(CHECKS[label], runs)), row["id"]
