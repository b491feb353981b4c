"""What a text becomes before the model reads it: each case written out by hand."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.sentiment.text import LONGEST_CHARS, is_longer_than_read, normalise


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Zażółć gęślą jaźń", "Zazolc gesla jazn"),
        ("ŁÓDŹ łódź", "LODZ lodz"),
        ("patrz https://example.com/a?b=1 tutaj", "patrz tutaj"),
        ("www.example.com fajne", "fajne"),
        ("@Jan_Kowalski ma rację", "@user ma racje"),
        ("pisz na biuro@example.com", "pisz na biuro@example.com"),
        ("RT @ala: super!", "super!"),
        ("#BestDayEver dziś", "# Best Day Ever dzis"),
        ("#czarny_protest", "# czarny protest"),
        ("super 😍!", "super smiling heart shaped eyes !"),
        ("👍🏽", "good"),
        ("🇵🇱 gol", "gol"),
        ("nieeeeeeee!!!!!!", "nieee!!!"),
        ("zero\u200bwidth\u00a0space", "zerowidth space"),
        ("𝓗𝓮𝓵𝓵𝓸", "Hello"),
        ("I\\u2019ll &amp; you", "I'll & you"),
        ("„cudzysłów”", '"cudzyslow"'),
        ("nie chciał em , była m , mogła by m", "nie chcialem , bylam , moglabym"),
        ("zauważy li śmy to", "zauwazylismy to"),
        ("dobrze : )", "dobrze :)"),
        (" \t\n ", ""),
        ("", ""),
    ],
)
def test_texts_become_plain(text: str, plain: str) -> None:
    assert normalise(text) == plain


@given(st.text(max_size=300))
def test_plain_texts_have_one_line_and_no_diacritics(text: str) -> None:
    plain = normalise(text)
    assert "\n" not in plain
    assert plain == plain.strip()
    assert not set("ąćęłńóśźżĄĆĘŁŃÓŚŹŻ\u200b\u0301") & set(plain)


def test_a_long_text_keeps_its_beginning_and_its_end() -> None:
    plain = normalise("Start " + "środek " * 5_000 + "koniec")
    assert plain.startswith("Start ")
    assert plain.endswith(" koniec")
    assert len(plain) <= LONGEST_CHARS + 1
    assert is_longer_than_read("a" * (LONGEST_CHARS + 1))
    assert not is_longer_than_read("a" * LONGEST_CHARS)


@pytest.mark.parametrize(
    "text", ["#aA" * 33_000, "@" * 100_000, "\\u00" * 25_000, "ł em " * 20_000, "&" * 100_000, "😀 " * 50_000, ": " * 50_000]
)
def test_hostile_texts_cost_no_more_than_plain_ones(text: str) -> None:
    started = time.process_time()
    normalise(text)
    assert time.process_time() - started < 1.0
