"""The pages' words: every message has a Polish translation, times and numbers read well, colours can be read."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from string import Formatter
from zoneinfo import ZoneInfo

import pytest
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st
from jinja2.ext import babel_extract

from alerts.reasons import PageReason, Why
from core.records import Event
from web.advice import REASONS, event_reason
from web.growth import growth
from web.wording import Speech, pick_language

WEB = Path(__file__).parents[2] / "web"
KEYWORDS = {"say": None, "msg": None, "count": (1, 2)}
NOW = datetime(2026, 11, 20, 1, 14, tzinfo=UTC)


def speech(language: str) -> Speech:
    return Speech(language, ZoneInfo("Europe/Warsaw"), NOW)


def messages() -> Iterator[tuple[str, ...]]:
    """Every message of templates and code, with its plural where it has one."""
    for path in WEB.rglob("*.py"):
        with path.open("rb") as file:
            for _, found, _, _ in extract("python", file, KEYWORDS):
                yield (found,) if isinstance(found, str) else tuple(found)
    for path in (WEB / "templates").glob("*.html"):
        with path.open("rb") as file:
            for _, function, said, _ in babel_extract(file, list(KEYWORDS), [], {"trim_blocks": "true"}):
                parts = (said,) if isinstance(said, str) else tuple(part for part in said or () if part)
                yield parts[:2] if function == "count" else parts[:1]


def names(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_every_message_has_a_polish_translation_with_the_same_names() -> None:
    with (WEB / "locale" / "pl.po").open("rb") as file:
        catalog = read_po(file, locale="pl")
    found = set(messages())
    assert len(found) > 150
    for message in found:
        entry = catalog.get(message[0])
        assert entry is not None, f"no translation: {message[0]!r}"
        forms = [str(form or "") for form in (entry.string if isinstance(entry.string, tuple | list) else (entry.string,))]
        assert len(forms) == (3 if len(message) == 2 else 1), message
        assert all(forms), message
        for form in forms:
            assert names(form) <= names("".join(message)), message
            assert names(message[0]) - {"n"} == names(form) - {"n"}, message


def test_no_translation_is_left_over() -> None:
    with (WEB / "locale" / "pl.po").open("rb") as file:
        known = {entry.id if isinstance(entry.id, str) else entry.id[0] for entry in read_po(file, locale="pl") if entry.id}
    assert known == {message[0] for message in messages()}


def test_templates_hold_no_words_of_their_own() -> None:
    for path in (WEB / "templates").glob("*.html"):
        text = re.sub(
            r"{%.*?%}|{{.*?}}|{#.*?#}|<(script|style|kbd|svg)\b.*?</\1>|<[^>]*>", " ", path.read_text(encoding="utf-8"), flags=re.DOTALL
        )
        words = set(re.findall(r"[^\W\d_]{3,}", text)) - {"Czujka", "Polski", "English", "doctype", "html"}
        assert not words, f"{path.name}: {words} should be said in both languages"


def test_every_reason_of_an_event_has_words() -> None:
    silent = {Why.WANTS_ANSWER, Why.UNDER_OUR_POST, Why.WE_ANSWERED, PageReason.CONCERNED}
    assert {reason.value for kind in (Why, PageReason) for reason in kind} - {reason.value for reason in silent} <= set(REASONS)


@pytest.mark.parametrize(
    ("cookie", "accept", "expected"),
    [
        ("en", "pl", "en"),
        ("xx", "pl,en;q=0.5", "pl"),
        (None, "de, en;q=0.8, pl;q=0.9", "pl"),
        (None, "en-GB", "en"),
        (None, "PL", "pl"),
        (None, "pl;q=0, en;q=0.1", "en"),
        (None, "de", "pl"),
        (None, None, "pl"),
        (None, "en;q=x, ;;,", "pl"),
    ],
)
def test_a_reader_gets_the_language_that_they_ask_for(cookie: str | None, accept: str | None, expected: str) -> None:
    assert pick_language(cookie, accept, "pl") == expected


@given(st.text(max_size=300))
def test_any_header_gives_a_language(header: str) -> None:
    assert pick_language(None, header, "pl") in ("pl", "en")


@pytest.mark.parametrize(
    ("length", "english", "polish"),
    [
        (timedelta(seconds=45), "45 s", "45 s"),
        (timedelta(minutes=4, seconds=59), "4 min", "4 min"),
        (timedelta(hours=2, minutes=5), "2 h 5 min", "2 godz. 5 min"),
        (timedelta(hours=8, minutes=5), "8 h", "8 godz."),
        (timedelta(days=1, hours=4), "1 d 4 h", "1 dzień 4 godz."),
        (timedelta(days=23), "23 d", "23 dni"),
        (timedelta(seconds=-5), "0 s", "0 s"),
    ],
)
def test_durations(length: timedelta, english: str, polish: str) -> None:
    assert speech("en").span(length) == english
    assert speech("pl").span(length) == polish


def test_times_are_local_and_exact_for_those_who_look_closer() -> None:
    shown = str(speech("pl").ago(NOW - timedelta(minutes=4)))
    assert shown.startswith('<time datetime="2026-11-20T01:10:00Z" title="pt. 20 listopada 2026, 02:10 (Europe/Warsaw)">4 min temu<')
    assert ">in 10 min<" in str(speech("en").ago(NOW + timedelta(minutes=10)))
    assert ">just now<" in str(speech("en").ago(NOW))
    assert speech("en").clock(NOW) == "02:14"
    assert speech("en").clock(NOW - timedelta(hours=3)) == "19 Nov 23:14"


@pytest.mark.parametrize(
    ("followers", "shown"),
    [
        (None, "zasięg nieznany"),
        (0, "0 obserwujących"),
        (1, "1 obserwujący"),
        (12_400, "12 tys. obserwujących"),
        (1_260, "1,3 tys. obserwujących"),
        (999_499, "999 tys. obserwujących"),
        (999_500, "1 mln obserwujących"),
    ],
)
def test_reach_is_told_in_round_numbers(followers: int | None, shown: str) -> None:
    assert speech("pl").reach(followers) == shown


@given(st.lists(st.timedeltas(min_value=timedelta(hours=-1), max_value=timedelta(days=60)), max_size=60))
def test_growth_counts_every_past_post_once(ages: list[timedelta]) -> None:
    past = [age for age in ages if age >= timedelta()]
    found = growth([NOW - age for age in ages], NOW)
    if len(past) < 3:
        assert found is None
        return
    assert found is not None
    assert sum(found.bars) == len(past)
    assert len(found.bars) <= 25
    assert found.bars[0] > 0
    assert found.last_hour == sum(age <= timedelta(hours=1) for age in past)


def palette(css: str) -> dict[str, dict[str, str]]:
    """Custom properties of both themes, the dark one over the light one."""
    light, dark = (dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block)) for block in re.findall(r":root {(.*?)}", css, re.DOTALL)[:2])
    return {"light": light, "dark": light | dark}


def luminance(colour: str) -> float:
    """Source: WCAG 2.2, relative luminance."""
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Source: WCAG 2.2, contrast ratio."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_the_formula_knows_black_on_white() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_colour_of_text_can_be_read_on_every_ground(theme: str) -> None:
    colours = palette((WEB / "static" / "czujka.css").read_text(encoding="utf-8"))[theme]
    severities = ("critical", "high", "medium", "low", "info")
    pairs = [(text, ground) for text in ("ink", "soft", *severities) for ground in ("paper", "card")]
    pairs += [("ink", f"{one}-tint") for one in severities] + [(one, f"{one}-tint") for one in severities]
    pairs += [("ink", "press"), ("soft", "press"), ("card", "ink")]
    for text, ground in pairs:
        assert contrast(colours[text], colours[ground]) >= 4.5, f"{text} on {ground}: {contrast(colours[text], colours[ground]):.2f}"


def test_no_colour_is_used_that_the_palette_does_not_name() -> None:
    css = (WEB / "static" / "czujka.css").read_text(encoding="utf-8")
    rules = re.sub(r":root {.*?}", "", css, flags=re.DOTALL)
    assert not re.findall(r"#[0-9a-fA-F]{3,8}\b(?![^{]*{)", re.sub(r"[^{}]+{", "{", rules))


def test_the_history_says_by_which_channels_button_somebody_acted() -> None:
    clicked = Event(at=NOW, actor="anna", kind="acknowledged", reason="by_hand", detail={"from": "open", "channel": "slack-pr"})
    assert event_reason(clicked, speech("pl")) == "przyciskiem w slack-pr"
    assert event_reason(replace(clicked, detail={"from": "open"}), speech("pl")) == ""
