"""The contract of `classify --jsonl`: what each line gives, and that no line stops the run."""

import json
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifiers.jsonl import classify_lines
from classifiers.rules.cases import CASE_CONTEXT
from classifiers.understand import Classifiers
from core.types import Json

_CLASSIFIERS = Classifiers.load(CASE_CONTEXT)


def _run(lines: Iterable[str | bytes], batch: int = 256) -> tuple[list[Json], int]:
    run = classify_lines(lines, _CLASSIFIERS, batch)
    return list(run), run.errors


def _labels(**line: object) -> list[str]:
    answers, _ = _run([json.dumps(line)])
    return [finding["label"] for finding in answers[0]["findings"]]


def test_a_line_is_answered_as_the_contract_says() -> None:
    text = "😀 co to jest Projekcie Bursztyn?"
    answers, errors = _run([json.dumps({"id": "a1", "text": text, "lang": "pl"})])
    assert errors == 0
    assert len(answers) == 1
    answer = answers[0]
    assert list(answer) == ["id", "lang", "sentiment", "findings", "stances"]
    assert answer["stances"] == dict.fromkeys(("complaint", "praise", "question", "abuse"))
    assert (answer["id"], answer["lang"]) == ("a1", "pl")
    assert list(answer["sentiment"]) == ["label", "negative", "neutral", "positive"]
    (finding,) = answer["findings"]
    assert list(finding) == ["label", "score", "severity", "detector", "start", "end"]
    assert (finding["label"], finding["severity"], finding["detector"]) == ("leak.codename", "high", "leak.codename.full@1")
    assert text[finding["start"] : finding["end"]] == "Projekcie Bursztyn"


def test_order_is_kept_and_blank_lines_are_skipped_whatever_the_batch() -> None:
    lines = [line for number in range(10) for line in (json.dumps({"id": number, "text": f"wpis {number}"}), "", "   \n")]
    for batch in (1, 3, 256):
        answers, errors = _run(lines, batch)
        assert [answer["id"] for answer in answers] == list(range(10))
        assert errors == 0


@pytest.mark.parametrize(
    ("line", "known", "why"),
    [
        ("{", None, "not JSON"),
        ("[1, 2]", None, "expected an object"),
        ('"text"', None, "expected an object"),
        ("null", None, "expected an object"),
        ('{"id": "x"}', "x", "text"),
        ('{"id": "x", "text": null}', "x", "text"),
        ('{"id": 7, "text": 12}', 7, "text"),
        ('{"id": {"a": 1}, "text": "b"}', None, "id"),
        ('{"id": "x", "text": "b", "scope": "moon"}', "x", "scope"),
        ('{"id": "x", "text": "b", "voice": "theirs"}', "x", "voice"),
        ('{"id": "x", "text": "b", "kind": "song"}', "x", "kind"),
        (b'{"id": "x", "text": "\xff\xfe"}', None, "not UTF-8"),
        ("[" * 100_000, None, "not JSON"),
    ],
)
def test_an_unreadable_line_is_answered_in_its_place(line: str | bytes, known: object, why: str) -> None:
    answers, errors = _run(['{"id": "before", "text": "a"}', "", line, '{"id": "after", "text": "b"}'])
    assert errors == 1
    assert [answer["id"] for answer in answers] == ["before", known, "after"]
    assert answers[1]["line"] == 3
    assert why in answers[1]["error"]
    assert "findings" not in answers[1]


def test_scope_and_voice_default_as_the_contract_says() -> None:
    politics = "głosujcie na lewicę"
    assert _labels(text=politics) == []
    for scope in ("official", "employee", "portal"):
        assert _labels(text=politics, scope=scope) == ["policy.politics"]
    assert _labels(text=politics, scope="official", voice="public") == []
    assert _labels(text="paczka nie dotarła od tygodnia", scope="official", voice="public") == ["complaint.delivery"]
    assert _labels(text="paczka nie dotarła od tygodnia", parent_text="Mleczarnia Polna") == ["complaint.delivery"]


def test_what_a_line_may_leave_out_or_say_too_much() -> None:
    assert _labels(id=1, text="", lang=None, author=None, brand=None, extra=[1]) == []
    answers, errors = _run(['{"text": "a", "text": "Projekt Bursztyn"}', b'\xef\xbb\xbf{"id": 1.5, "text": "x", "lang": "tlh"}'])
    assert errors == 0
    assert [finding["label"] for finding in answers[0]["findings"]] == ["leak.codename"]
    assert answers[0]["id"] is None
    assert answers[1]["lang"] in ("pl", "en")
    assert _labels(text="Projekt Bursztyn", author={"name": "Ola", "followers": 12_000}) == ["leak.codename"]


def test_a_huge_line_is_read() -> None:
    answers, errors = _run([json.dumps({"id": 1, "text": "Projekt Bursztyn " + "ż" * 300_000})])
    assert errors == 0
    assert [finding["label"] for finding in answers[0]["findings"]] == ["leak.codename"]


@pytest.mark.parametrize(
    ("line", "known"),
    [
        ('{"id": "\\ud800", "text": "\\ud83d Projekt Bursztyn \\udc00"}', "\ufffd"),
        ('{"id": NaN, "text": "Projekt Bursztyn"}', None),
        ('{"id": 1e999, "text": "Projekt Bursztyn"}', None),
    ],
)
def test_answers_can_be_written_as_utf_8(line: str, known: object) -> None:
    answers, _ = _run([line])
    written = json.dumps(answers[0], ensure_ascii=False, allow_nan=False).encode("utf-8")
    assert json.loads(written)["id"] == known
    assert [finding["label"] for finding in answers[0]["findings"]] == ["leak.codename"]


@settings(max_examples=200)
@given(
    lines=st.lists(
        st.binary(max_size=60) | st.text(max_size=60) | st.fixed_dictionaries({"id": st.text(), "text": st.text()}).map(json.dumps),
        max_size=12,
    )
)
def test_one_answer_for_each_line_that_is_not_blank(lines: list[str | bytes]) -> None:
    answers, errors = _run(lines, batch=5)
    blank = sum(not line.strip() if isinstance(line, str) else _is_blank(line) for line in lines)
    assert len(answers) == len(lines) - blank
    assert errors == sum("error" in answer for answer in answers)


def _is_blank(line: bytes) -> bool:
    try:
        return not line.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        return False
