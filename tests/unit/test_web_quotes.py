"""A quoted post: what fired is marked, what must not be seen is not, whatever the text."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.records import EvidenceItem
from core.types import Finding, ItemKind, Quote, Scope, Severity, Voice
from core.wanted import words_of
from web.evidence import MASK, one_line, show, web_address
from web.security import Limiter, local_path

NOW = datetime(2026, 11, 20, 1, 14, tzinfo=UTC)


def item(text: str, *marks: tuple[int, int, str, Severity]) -> EvidenceItem:
    findings = tuple(
        Finding(label=label, score=1, severity=severity, detector=f"{label}@1", start=a, end=b) for a, b, label, severity in marks
    )
    quote = Quote(item_id=1, platform="x", author="@a", reach=None, text=text, url="", created_at=NOW)
    return EvidenceItem(
        item_id=1,
        quote=quote,
        scope=Scope.MENTION,
        voice=Voice.PUBLIC,
        kind=ItemKind.POST,
        lang="pl",
        feeling=None,
        findings=findings,
        collected_at=NOW,
    )


def test_marks_stand_where_the_rule_fired() -> None:
    shown = show(item("co to jest Projekcie Bursztyn?", (11, 29, "leak.codename", Severity.CRITICAL)))
    assert [(piece.text, piece.label) for piece in shown.pieces] == [
        ("co to jest ", ""),
        ("Projekcie Bursztyn", "leak.codename"),
        ("?", ""),
    ]
    assert not shown.masked


def test_of_two_marks_on_the_same_words_the_more_severe_shows() -> None:
    shown = show(item("abcdefgh", (0, 8, "complaint.other", Severity.LOW), (2, 4, "crisis.safety", Severity.CRITICAL)))
    assert [(piece.text, piece.label) for piece in shown.pieces] == [("ab", ""), ("cd", "crisis.safety"), ("efgh", "")]


def test_personal_data_win_over_any_other_mark() -> None:
    shown = show(item("jego PESEL 44051401359!", (0, 23, "crisis.breach", Severity.CRITICAL), (11, 22, "leak.pii.pesel", Severity.LOW)))
    assert "4405" not in "".join(piece.text for piece in shown.pieces)
    assert shown.masked
    revealed = show(item("jego PESEL 44051401359!", (11, 22, "leak.pii.pesel", Severity.LOW)), revealed=True)
    assert "".join(piece.text for piece in revealed.pieces) == "jego PESEL 44051401359!"
    assert not revealed.masked


def test_a_long_post_is_cut_around_what_fired() -> None:
    text = "a" * 5000 + " haslo123 " + "b" * 5000
    shown = show(item(text, (5001, 5009, "leak.codename", Severity.HIGH)), limit=200)
    whole = "".join(piece.text for piece in shown.pieces)
    assert whole.startswith("…")
    assert whole.endswith("…")
    assert "haslo123" in whole
    assert len(whole) < 210
    assert shown.rest


@given(
    st.text(max_size=400),
    st.lists(
        st.tuples(st.integers(-5, 420), st.integers(-5, 420), st.sampled_from(["leak.pii.phone", "leak.secret", "praise", "crisis.legal"])),
        max_size=8,
    ),
    st.sampled_from([None, 1, 50, 600]),
)
def test_nothing_hidden_ever_shows_and_nothing_else_is_lost(text: str, spans: list[tuple[int, int, str]], limit: int | None) -> None:
    letters = "".join(chr(0x4E00 + n) for n in range(len(text)))
    shown = show(item(letters, *((a, b, label, Severity.HIGH) for a, b, label in spans)), limit=limit)
    whole = "".join(piece.text for piece in shown.pieces)
    hidden = {
        n for a, b, label in spans if label.startswith("leak.") and 0 <= a < min(b, len(letters)) for n in range(a, min(b, len(letters)))
    }
    seen = {ord(letter) - 0x4E00 for letter in whole.replace(MASK, "").replace("…", "")}
    assert not seen & hidden
    if limit is None and not hidden:
        assert whole == letters


@pytest.mark.parametrize(
    ("address", "fit"),
    [
        ("https://mastodon.social/@a/1", True),
        ("http://localhost:8080/x?y=1#z", True),
        ("javascript:alert(1)", False),
        ("JaVaScRiPt:alert(1)", False),
        ("data:text/html,x", False),
        ("//evil.example", False),
        ("https://", False),
        ("https://a/\u202ee", False),
        ("https://a/ b", False),
        ('https://a/"onmouseover=', False),
        ("https://[bad", False),
        ("ftp://a/b", False),
        ("https://a/" + "x" * 2000, False),
        ("", False),
    ],
)
def test_only_web_addresses_become_links(address: str, fit: bool) -> None:
    assert web_address(address) == (address if fit else "")


def test_a_list_quotes_one_line() -> None:
    assert one_line("raz\n\ndwa \u202e trzy\x00") == "raz dwa trzy"
    assert len(one_line("słowo " * 100)) <= 140


@pytest.mark.parametrize("path", ["//evil", "/\\evil", "evil", "", "/a b", "/a\nb", "http://a", "/" + "a" * 2000, "/a\\b"])
def test_redirects_stay_here(path: str) -> None:
    assert local_path(path) == "/"
    assert local_path("/incidents?show=all#x") == "/incidents?show=all#x"


def test_a_limiter_counts_each_address_and_forgets() -> None:
    limiter = Limiter(tries=2, window=timedelta(minutes=1), cap=2)
    assert [limiter.take("a", NOW) for _ in range(3)] == [True, True, False]
    assert limiter.take("b", NOW)
    assert not limiter.take("a", NOW + timedelta(seconds=59))
    assert limiter.take("a", NOW + timedelta(seconds=60))
    limiter.take("c", NOW)
    assert len(limiter._seen) == 2


def test_words_lose_the_vowel_by_which_they_are_inflected_but_not_in_quotation_marks() -> None:
    assert words_of('paczka ŻÓŁĆ sery "kurier stary" Polna') == ["paczk", "zolc", "sery", "kurier", "stary", "poln"]
    assert words_of('"" !!! "') == []


def test_a_long_text_is_cut_around_what_was_searched_for() -> None:
    shown = show(item("x " * 2000 + "paczki " + "y " * 2000), limit=100, words=["paczk"])
    assert [piece.text for piece in shown.pieces if piece.found] == ["paczki"]
    assert sum(len(piece.text) for piece in shown.pieces) <= 102
