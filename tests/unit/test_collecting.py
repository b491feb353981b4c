"""What collectors share: the sieve for terms, the overlap window, typed looks, facets, and settings that say what is wrong."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from collector import SOURCES
from collector.atproto import read_post
from collector.fediverse import links
from collector.overlap import unseen
from collector.reading import Unlike, as_utc, identifier, maybe_count, moment, text
from collector.terms import mentions
from core.http import Answer
from core.types import Item, ItemKind, Voice

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("Byłem w MLECZARNI POLNEJ wczoraj", True),
        ("mleczarnia-polna znów podnosi ceny", True),
        ("W Mleczarni na Polnej drodze", False),
        ("kocham #polna!", True),
        ("ulica polna, #polnaja", False),
        ("spolnaj", False),
        ("Zażółcony ser z zolczarni", False),
        ("PZU płaci", True),
        ("PZUch", False),
    ],
)
def test_mentions(said: str, found: bool) -> None:
    assert mentions(said, ("Mleczarnia Polna", "#polna", "PZU")) is found


def test_a_term_without_letters_finds_nothing() -> None:
    assert not mentions("cokolwiek !!!", ("!!!", ""))


def item(external_id: str, said: str = "a") -> Item:
    return Item(platform="x", external_id=external_id, kind=ItemKind.POST, text=said, voice=Voice.PUBLIC, created_at=None)


def test_the_window_passes_on_what_is_new_or_changed() -> None:
    fresh, window = unseen([item("1"), item("2")], None)
    assert [one.external_id for one in fresh] == ["1", "2"]
    fresh, window = unseen([item("2", "changed"), item("1"), item("3")], window)
    assert [one.external_id for one in fresh] == ["2", "3"]
    assert unseen([item("2", "changed")], window)[0] == ()


@given(st.lists(st.text(min_size=1), unique=True, max_size=30), st.integers(1, 40))
def test_the_window_keeps_the_newest(ids: list[str], limit: int) -> None:
    _, window = unseen([item(one) for one in ids], [], limit)
    assert len(window) == min(len(ids), limit)
    assert unseen([item(one) for one in ids[-limit:]], window, limit)[0] == ()


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_looks_into_anything_give_their_type_or_say_what_came(raw: Any) -> None:
    for look, kind in ((text, str), (identifier, str), (moment, datetime)):
        try:
            assert isinstance(look(raw), kind)
        except Unlike as unlike:
            assert "expected" in str(unlike)
    assert maybe_count(raw) is None or isinstance(raw, int)


def test_times_are_utc() -> None:
    assert moment({"a": ["2026-03-10T13:00:00+01:00"]}, "a", 0) == NOW
    assert as_utc(datetime(2026, 3, 10, 12, 0)) == NOW  # noqa: DTZ001 - a time without a zone is the point
    with pytest.raises(Unlike):
        as_utc(datetime(1, 1, 1, tzinfo=UTC))


def test_paging_ids_are_read_from_links_and_the_addresses_are_not_followed() -> None:
    header = '<https://evil.example/api?limit=40&max_id=7>; rel="next", <https://a.example/?min_id=9&x=1>; rel="prev"'
    assert links(Answer(200, {"link": header}, b"", "")) == {"next": "7", "prev": "9"}
    assert links(Answer(200, {"link": "<<;>, rel=next"}, b"", "")) == {}


def bluesky(said: str, *facets: tuple[int, int, str], **record: Any) -> Item:
    links = [{"index": {"byteStart": start, "byteEnd": end}, "features": [{"uri": uri}]} for start, end, uri in facets]
    whole = {"text": said, "createdAt": "2026-03-10T11:00:00Z", "facets": links} | record
    view = {"uri": "at://did:x/app.bsky.feed.post/1", "author": {"did": "did:x", "handle": "x.example"}, "record": whole}
    return read_post(view | {"indexedAt": "2026-03-10T11:30:00Z"}, NOW, lambda _: False)


def test_links_are_counted_in_bytes() -> None:
    said = "żółć: polna.example/akt… i tu"
    start = len("żółć: ".encode())
    end = start + len("polna.example/akt…".encode())
    assert bluesky(said, (start, end, "https://polna.example/aktualnosci")).text == "żółć: https://polna.example/aktualnosci i tu"
    assert bluesky("patrz tu", (6, 8, "https://polna.example/")).text == "patrz tu (https://polna.example/)"


@given(st.text(max_size=20), st.lists(st.tuples(st.integers(-5, 60), st.integers(-5, 60), st.just("https://a.example/")), max_size=4))
def test_facets_that_point_anywhere_lose_no_text(said: str, facets: list[tuple[int, int, str]]) -> None:
    shown = bluesky(said, *facets).text
    shown.encode("utf-8")
    assert facets or shown.split() == bluesky(said).text.split()


@pytest.mark.parametrize(
    ("claimed", "believed"),
    [
        ("2026-03-10T11:00:00Z", datetime(2026, 3, 10, 11, 0, tzinfo=UTC)),
        ("2026-03-10T11:45:00Z", datetime(2026, 3, 10, 11, 30, tzinfo=UTC)),
        ("2031-01-01T00:00:00Z", datetime(2026, 3, 10, 11, 30, tzinfo=UTC)),
        ("soon", datetime(2026, 3, 10, 11, 30, tzinfo=UTC)),
    ],
)
def test_a_claim_of_the_future_is_not_believed(claimed: str, believed: datetime) -> None:
    assert bluesky("x", createdAt=claimed).created_at == believed


@pytest.mark.parametrize(
    ("kind", "values", "said"),
    [
        ("rss", {}, "url"),
        ("rss", {"url": "not an address"}, "url"),
        ("mastodon", {}, "exactly one was expected of: tag"),
        ("mastodon", {"tag": "a", "account": "b"}, "exactly one was expected of: tag"),
        ("mastodon", {"notifications": True}, "notifications need a token"),
        ("mastodon", {"tag": "a", "token": "s3cr3t"}, "a secret is never written in clear"),
        ("bluesky", {}, "exactly one was expected of: account, search"),
        ("bluesky", {"search": "x"}, "a search needs handle"),
    ],
)
def test_settings_say_what_was_expected(kind: str, values: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError) as caught:
        SOURCES.get(kind).Settings.model_validate({"id": "a", "kind": kind} | values)
    assert said in str(caught.value)
