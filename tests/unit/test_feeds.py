"""Feeds as sites really write them: dates, encodings, identities."""

import time
from dataclasses import replace
from datetime import UTC, datetime

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.feeds import Entry, read_feed
from collector.feeds.dates import parse_date
from collector.feeds.encoding import as_utf8
from collector.feeds.identity import recognise
from core.errors import BadResponse
from core.http import Answer


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


# ---- dates


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Tue, 10 Mar 2026 12:30:00 +0100", utc(2026, 3, 10, 11, 30)),
        ("Tue, 10 Mar 2026 12:30:00 GMT", utc(2026, 3, 10, 12, 30)),
        ("Tue, 10 Mar 2026 12:30:00 CET", utc(2026, 3, 10, 11, 30)),
        ("Wed, 10 Jun 2026 12:30:00 CEST", utc(2026, 6, 10, 10, 30)),
        ("Tue, 10 Mar 26 12:30 EST", utc(2026, 3, 10, 17, 30)),
        ("Tue Mar 10 12:30:00 CEST 2026", utc(2026, 3, 10, 10, 30)),
        ("wt., 10 mar 2026 12:30:00 +0100", utc(2026, 3, 10, 11, 30)),
        ("śr, 7 paź 2026 12:30:00 +0200", utc(2026, 10, 7, 10, 30)),
        ("10 października 2026 r., godz. 9.05", utc(2026, 10, 10, 7, 5)),
        ("10 stycznia 2026 12:30", utc(2026, 1, 10, 11, 30)),
        ("sobota, 10 LISTOPAD 2026", utc(2026, 11, 9, 23, 0)),
        ("10.03.2026 12:30", utc(2026, 3, 10, 11, 30)),
        ("March 10, 2026 2:30 pm", utc(2026, 3, 10, 14, 30)),
        ("2026-03-10T12:30:00Z", utc(2026, 3, 10, 12, 30)),
        ("2026-03-10T12:30:00.123456+01:00", utc(2026, 3, 10, 11, 30)),
        ("2026-03-10 12:30", utc(2026, 3, 10, 12, 30)),
        ("20260310T123000Z", utc(2026, 3, 10, 12, 30)),
        ("2026-03", utc(2026, 3, 1)),
        ("Thu, 31 Dec 2026 23:59:60 GMT", utc(2027, 1, 1)),
        ("Thu, 31 Dec 2026 24:00:00 GMT", utc(2027, 1, 1)),
        ("Tue, 10 Mar 1970 12:30:00 GMT", None),
        ("9999-12-31T23:59:59-12:00", None),
        ("32 marca 2026", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_dates(text: str, read: datetime | None) -> None:
    assert parse_date(text) == read


def test_what_we_cannot_read_is_left_to_feedparser_in_utc() -> None:
    assert parse_date("den 10:e mars", time.strptime("2026-03-10 12:30", "%Y-%m-%d %H:%M")) == utc(2026, 3, 10, 12, 30)


@given(st.text(max_size=80))
def test_any_text_is_a_date_or_none(text: str) -> None:
    read = parse_date(text)
    assert read is None or (read.tzinfo is UTC and read.year >= 1990)


@given(st.integers(800_000_000, 3_700_000_000))
def test_written_dates_come_back(epoch_s: int) -> None:
    whole = datetime.fromtimestamp(epoch_s, UTC)
    assert parse_date(whole.isoformat()) == whole
    assert parse_date(whole.strftime("%d %b %Y %H:%M:%S +0000")) == whole


# ---- encodings

SENTENCE = "Zażółć gęślą jaźń. Świeży śledź źle się czuł, więc Ślązak wziął łyżkę i ćwierć żółtej gąski."


@pytest.mark.parametrize("written", ["utf-8", "windows-1250", "iso-8859-2"])
@pytest.mark.parametrize("label", ["", "utf-8", "windows-1250", "iso-8859-2"])
@pytest.mark.parametrize("where", ["declaration", "header"])
def test_polish_is_read_whatever_the_label(written: str, label: str, where: str) -> None:
    declaration = f' encoding="{label}"' if label and where == "declaration" else ""
    charset = f"; charset={label}" if label and where == "header" else ""
    body = f"""<?xml version="1.0"{declaration}?><rss version="2.0"><channel><title>x</title>
<item><guid>1</guid><title>{SENTENCE}</title></item></channel></rss>"""
    headers = httpx.Headers({"Content-Type": f"application/rss+xml{charset}"})
    feed = read_feed(Answer(200, headers, body.encode(written), "https://example.com/feed"))
    assert [entry.title for entry in feed.entries] == [SENTENCE]


@pytest.mark.parametrize("written", ["iso-8859-1", "iso-8859-5", "windows-1251", "big5", "utf-16"])
def test_other_encodings_are_left_as_labelled(written: str) -> None:
    text = {"iso-8859-1": "Größe für Ärger", "big5": "中文報紙", "utf-16": "żółw"}.get(written, "Привет, мир")
    assert as_utf8(f'<?xml version="1.0" encoding="{written}"?><rss>{text}</rss>'.encode(written), "application/xml") is None


# ---- identities


def entry(guid: str = "", link: str = "", text: str = "Tekst") -> Entry:
    return Entry(guid=guid, link=link, title="Tytuł", text=text)


def test_an_entry_is_known_by_its_id_then_its_link_then_its_content() -> None:
    first = entry("1", "https://a.example/1")
    ((_, found),), known = recognise([first], (), 1, "a.example")
    assert (found.external_id, found.is_new, found.is_news) == ("a.example#1", True, True)
    for changed in (first, replace(first, guid="tag:new"), replace(first, guid="", link=""), replace(first, link="https://a.example/x")):
        ((_, again),), _ = recognise([changed], known, 2, "a.example")
        assert (again.external_id, again.is_new, again.is_news) == ("a.example#1", False, False)
    ((_, edited),), _ = recognise([replace(first, text="Poprawka")], known, 2, "a.example")
    assert (edited.external_id, edited.is_new, edited.is_news) == ("a.example#1", False, True)


def test_entries_that_share_what_should_tell_them_apart_are_kept_apart() -> None:
    same_guid = [entry("0", "https://a.example/1", "raz"), entry("0", "https://a.example/2", "dwa")]
    same_link = [entry("", "https://a.example/", "raz"), entry("", "https://a.example/", "dwa")]
    same_text = [entry("1", "https://a.example/1"), entry("2", "https://a.example/2")]
    for entries in (same_guid, same_link, same_text):
        recognised, known = recognise(entries, (), 1, "a.example")
        assert len({found.external_id for _, found in recognised}) == 2
        again, _ = recognise(entries[::-1], known, 2, "a.example")
        assert [found.is_news for _, found in again] == [False, False]


def test_a_new_entry_at_an_old_address_is_new_while_the_old_one_is_shown() -> None:
    old = entry("1", "https://a.example/live", "raz")
    _, known = recognise([old], (), 1, "a.example")
    recognised, _ = recognise([old, entry("2", "https://a.example/live2", "raz")], known, 2, "a.example")
    assert [(found.external_id, found.is_new) for _, found in recognised] == [("a.example#1", False), ("a.example#2", True)]


# ---- whole feeds


def test_a_web_page_names_its_feed() -> None:
    page = b'<!doctype html><html><head><link rel="alternate" type="application/rss+xml" href="/feed.xml"></head><body>Hej</body></html>'
    with pytest.raises(BadResponse, match=r"a web page; its feed is https://example\.com/feed\.xml") as caught:
        read_feed(Answer(200, httpx.Headers({"Content-Type": "text/html"}), page, "https://example.com/"))
    assert caught.value.reason == "not_a_feed"


def test_a_body_that_names_a_file_opens_no_file() -> None:
    with pytest.raises(BadResponse):
        read_feed(Answer(200, httpx.Headers(), b"pyproject.toml", "https://example.com/"))
