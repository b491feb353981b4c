"""Text from outside made usable."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.text import clean_json, fold, html_to_text, strip_controls


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Łódź", "lodz"),
        ("ZAŻÓŁĆ GĘŚLĄ JAŹŃ", "zazolc gesla jazn"),
        ("Straße", "strasse"),
        ("ﬁrma Ⅳ", "firma iv"),
        ("z\u0307o\u0301ł", "zol"),
        ("Đorđe Bjørn", "dorde bjorn"),
        ("日本 Привет", "日本 привет"),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
def test_fold_is_stable_and_leaves_no_marks(text: str) -> None:
    folded = fold(text)
    assert fold(folded) == folded
    assert not any(unicodedata.combining(letter) for letter in folded)


@given(st.text(alphabet=st.characters(codec=None)))
def test_what_is_stripped_can_be_stored(text: str) -> None:
    stripped = strip_controls(text)
    stripped.encode("utf-8")
    assert not set(stripped) & {chr(code) for code in [*range(9), *range(11, 32), 127]}


def test_line_breaks_are_one_kind() -> None:
    assert strip_controls("a\r\nb\rc\x85d\te\x00f") == "a\nb\nc\nd\tef"


def test_clean_json_goes_all_the_way_down() -> None:
    assert clean_json({"a\x00": [{"b": "\ud800"}, 1, None, True]}) == {"a\ufffd": [{"b": "\ufffd"}, 1, None, True]}


MASTODON_LINK = (
    '<p>Patrz <a href="https://polna.example/aktualnosci/2026"><span class="invisible">https://</span>'
    '<span class="ellipsis">polna.example/aktualnosci</span><span class="invisible">/2026</span></a></p>'
)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Raz<br>dwa</p><p>trzy</p>", "Raz\ndwa\n\ntrzy"),
        ("bez znaczników", "bez znaczników"),
        ("a &lt;b&gt; &amp; c &nbsp;d", "a <b> & c d"),
        (MASTODON_LINK, "Patrz https://polna.example/aktualnosci/2026"),
        ('<p><span class="h-card"><a href="https://x.example/@polna">@<span>polna</span></a></span> hej</p>', "@polna hej"),
        ("<ul><li>raz</li> <li>dwa</li></ul>", "raz\ndwa"),
        ('kot <img src="x" alt="rudy kot"> siedzi', "kot rudy kot siedzi"),
        ("przed<script>alert(1)</script><style>p{}</style><!-- cicho -->po", "przedpo"),
        ("<b>niedomknięty <i>i tak", "niedomknięty i tak"),
        ("", ""),
    ],
)
def test_html_as_a_reader_sees_it(html: str, text: str) -> None:
    assert html_to_text(html) == text


def test_deep_markup_is_no_danger() -> None:
    assert html_to_text("<div>" * 50_000 + "dno") == "dno"


@given(st.text(alphabet=st.characters(exclude_categories=["Cc", "Cs", "Cn"])))
def test_any_text_that_is_escaped_comes_back(text: str) -> None:
    import html

    words = text.replace("\u200b", "").split()
    assert html_to_text(f"<p>{html.escape(text)}</p>").split() == words
