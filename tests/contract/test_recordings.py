"""The collectors on recorded answers of the real platforms, replayed by a local server. Nothing of them is kept in this repository.

What is expected is counted in the recordings by other means than the collectors': plain looks into JSON, or listed here by hand.
"""

import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from collector.bluesky import Settings as Bluesky
from collector.mastodon import Settings as Mastodon
from collector.rss import Settings as Rss
from core.errors import CollectError, Gone, RateLimited, Unauthorized
from core.table import Secret
from tests.contract.conftest import RECORDINGS
from tests.contract.replaying import Replay, poll
from tests.contract.watching import Watch
from tests.fakes.platform import reply_json
from tests.fakes.server import Reply, Request

# ---- feeds

NOT_FEEDS = {
    "feedparser/illformed/rss_empty_document.xml": "not_a_feed",
    "feedparser/wellformed/cdf/channel_abstract_map_description.xml": "not_a_feed",
    "gofeed/parser/json/invalid/invalid.json": "garbage",
    "gofeed/parser/universal/empty_feed.xml": "empty",
    "gofeed/parser/universal/invalid.json": "garbage",
    "gofeed/parser/universal/unknown_feed.xml": "not_a_feed",
    "miniflux/xml/testdata/iso88591.xml": "not_a_feed",
    "miniflux/xml/testdata/iso88591_utf8_mismatch.xml": "not_a_feed",
    "netnewswire/ScriptingNews.json": "not_a_feed",
    "netnewswire/allthis-partial.json": "garbage",
    "rss-parser/unrecognized.rss": "not_a_feed",
}


def _feeds() -> dict[str, Path]:
    root = RECORDINGS / "rss"
    return {str(path.relative_to(root)): path for path in sorted(root.rglob("*")) if path.is_file() and path.name != "INDEX.md"}


def _feed_reply(path: Path) -> Reply:
    """The file with the Content-Type that it was served with, where it says so."""
    body = path.read_bytes()
    said = re.search(rb"Header:\s*Content-type:\s*([^\r\n]*)", body[:2000], re.IGNORECASE)
    named = said[1].decode("latin-1").strip() if said else "application/feed+json" if path.suffix == ".json" else "application/xml"
    return Reply(200, body, {"Content-Type": named})


def _read_feed(name: str, path: Path) -> Watch:
    replay = Replay("rss", lambda url: Rss(id="feed", kind="rss", url=f"{url}/{path.name}"), datetime(2026, 11, 1, tzinfo=UTC))
    replay.answers[f"/{path.name}"] = lambda request: _feed_reply(path) if not request.query else Reply(200, b"<rss version='2.0'/>")
    return poll(replay)


def test_every_recorded_feed_is_read_or_refused_with_its_reason(capsys: pytest.CaptureFixture[str]) -> None:
    feeds = _feeds()
    items, empty, refused, set_aside = 0, 0, dict[str, str](), Counter[str]()
    for name, path in feeds.items():
        try:
            watch = _read_feed(name, path)
        except CollectError as error:
            refused[name] = error.reason
            assert str(error)
            continue
        items += len(watch.given)
        empty += not watch.given
        set_aside.update(rejected.reason for rejected in watch.pages[0].rejected)
    with capsys.disabled():
        read = f"{len(feeds) - len(refused)}, of them {empty} without entries"
        left = f"refused: {len(refused)} ({dict(Counter(refused.values()))}); entries set aside: {dict(set_aside)}"
        sys.stdout.write(f"\nrecorded feeds: {len(feeds)}; read: {read}; items: {items}\n{left}\n")
    assert len(feeds) == 313
    assert refused == NOT_FEEDS
    assert items > 1200
    assert set(set_aside) <= {"empty_entry", "unreadable"}


def test_a_polish_feed_reads_the_same_whatever_its_encoding() -> None:
    plain = str.maketrans("„”–…\xa0", '""-. ')
    texts = dict[str, str]()
    for name in (name for name in _feeds() if name.startswith("polish/")):
        (item,) = _read_feed(name, _feeds()[name]).given
        assert item.created_at is not None
        texts[name] = re.sub(r"\W+", " ", f"{item.title} {item.text}".translate(plain))
    assert len(texts) == 4
    assert len(set(texts.values())) == 1
    assert sum(next(iter(texts.values())).count(letter) for letter in "ąćęłńóśźż") >= 5


# ---- Mastodon

CASSETTES = sorted((RECORDINGS / "mastodon").rglob("*.yaml"))
LISTS = re.compile(r"/api/v1/(timelines/[a-z]+(/[^/]+)?|accounts/\d+/statuses|favourites|trends/statuses|statuses/\d+/quotes)$")


def _exchanges() -> Iterator[tuple[str, str, int, dict[str, str], bytes]]:
    """(cassette, path, status, headers, body) of every recorded GET."""
    for path in CASSETTES:
        for exchange in yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader)["interactions"]:
            request, response = exchange["request"], exchange["response"]
            if request["method"] == "GET":
                body = response["body"]["string"]
                headers = {name.lower(): values[0] for name, values in response["headers"].items()}
                asked = "/" + re.sub(r"^https?://[^/]+/", "", request["uri"]).split("?", maxsplit=1)[0]
                yield path.stem, asked, response["status"]["code"], headers, body if isinstance(body, bytes) else body.encode()


def _replies(kept: Iterable[tuple[str, str, int, dict[str, str], bytes]]) -> list[Any]:
    return [
        pytest.param(asked, body, headers, id=f"{name} {asked} {number}") for number, (name, asked, _, headers, body) in enumerate(kept)
    ]


def _statuses(entries: Iterable[Any]) -> list[Any]:
    """The statuses that are to become items: no boosts, and of notifications only mentions."""
    mentions = [entry["status"] if "type" in entry else entry for entry in entries if entry.get("type", "mention") == "mention"]
    return [status for status in mentions if status and not status.get("reblog")]


def _mastodon_replay(make: Callable[[str], Mastodon], statuses: list[Any]) -> Replay:
    """The clock is set to an hour after the newest status."""
    newest = max((datetime.fromisoformat(status["created_at"]) for status in statuses), default=datetime(2026, 8, 1, tzinfo=UTC))
    return Replay("mastodon", make, newest + timedelta(hours=1))


def _paged(body: bytes, headers: dict[str, str]) -> Callable[[Request], Reply]:
    """The recorded page, and nothing older or newer."""
    link = {"Link": headers["link"]} if "link" in headers else {}
    return lambda request: Reply(
        200, b"[]" if {"max_id", "min_id"} & request.query.keys() else body, link if not request.query.keys() & {"max_id", "min_id"} else {}
    )


@pytest.mark.parametrize(
    ("asked", "body", "headers"), _replies(entry for entry in _exchanges() if LISTS.match(entry[1]) and entry[2] == 200)
)
def test_recorded_lists_of_statuses(asked: str, body: bytes, headers: dict[str, str]) -> None:
    statuses = _statuses(json.loads(body))
    replay = _mastodon_replay(lambda url: Mastodon(id="m", kind="mastodon", server=url, tag="hoot"), statuses)
    replay.answers["/api/v1/timelines/tag/hoot"] = _paged(body, headers)
    _check_statuses(poll(replay), statuses, replay.now - timedelta(minutes=5))


@pytest.mark.parametrize(
    ("asked", "body", "headers"), _replies(entry for entry in _exchanges() if entry[1] == "/api/v1/notifications" and entry[2] == 200)
)
def test_recorded_notifications(asked: str, body: bytes, headers: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CZUJKA_TEST_SECRET", "token")
    statuses = _statuses(json.loads(body))
    replay = _mastodon_replay(_mentions_of_us, statuses)
    replay.answers["/api/v1/notifications"] = _paged(body, headers)
    _check_statuses(poll(replay), statuses, replay.now - timedelta(minutes=5))


@pytest.mark.parametrize(("asked", "body", "headers"), _replies(entry for entry in _exchanges() if entry[1].endswith("/context")))
def test_recorded_contexts(asked: str, body: bytes, headers: dict[str, str]) -> None:
    under = json.loads(body)["descendants"]
    root_id = asked.split("/")[-2]
    like = next(iter(under), None) or next(status for entry in _exchanges() if LISTS.match(entry[1]) for status in json.loads(entry[4]))
    root = {**like, "id": root_id, "uri": f"https://social.example/statuses/{root_id}", "in_reply_to_id": None, "reblog": None}
    replay = _mastodon_replay(lambda url: Mastodon(id="m", kind="mastodon", server=url, account="us", scope="official"), [root, *under])
    replay.answers["/api/v1/accounts/lookup"] = reply_json({"id": "1"})
    replay.answers["/api/v1/accounts/1/statuses"] = _paged(json.dumps([root]).encode(), {})
    replay.answers[asked] = Reply(200, body)
    watch = poll(replay)
    _check_statuses(watch, [root, *under], replay.now - timedelta(minutes=5))
    assert {watch.items[status["uri"]].thread_id for status in under} <= {root["uri"]}


def _mentions_of_us(url: str) -> Mastodon:
    return Mastodon(id="m", kind="mastodon", server=url, notifications=True, token=Secret(env="CZUJKA_TEST_SECRET"))


def _check_statuses(watch: Watch, statuses: list[Any], now: datetime) -> None:
    young = {status["uri"] for status in statuses if datetime.fromisoformat(status["created_at"]) >= now - timedelta(days=30)}
    assert sorted(item.external_id for item in watch.given) == sorted(young)
    assert watch.rejected == []
    for item in watch.given:
        assert item.created_at is not None
        assert "<" not in item.text or "&lt;" in str(item.raw["content"])


def test_the_recorded_lists_are_many() -> None:
    bodies = [
        body for _, asked, status, _, body in _exchanges() if status == 200 and (LISTS.match(asked) or asked == "/api/v1/notifications")
    ]
    assert len(bodies) >= 30
    assert sum(len(_statuses(json.loads(body))) for body in bodies) > 100


@pytest.mark.parametrize(
    ("status", "body"), sorted({(status, body) for _, asked, status, _, body in _exchanges() if "/timelines/" in asked and status >= 400})
)
def test_recorded_refusals_of_mastodon(status: int, body: bytes) -> None:
    _refuses(
        Replay("mastodon", lambda url: Mastodon(id="m", kind="mastodon", server=url, tag="hoot"), datetime(2026, 8, 2, tzinfo=UTC)),
        Reply(status, body),
        {401: Unauthorized, 404: Gone, 422: Unauthorized}[status],
    )


# ---- Bluesky


def _bluesky(name: str) -> dict[str, Any]:
    """A recorded file. Its times were all set to 1970 by those who published it: they are set to one day here."""
    text = (RECORDINGS / "bluesky" / name).read_text("utf-8")
    return dict(json.loads(text.replace('"1970-01-01T00:00:00.000Z"', '"2026-10-01T10:00:00.000Z"')))


NOW = datetime(2026, 10, 2, tzinfo=UTC)
FEEDS = {
    f"{name} {test}": entries
    for name in ("author-feed", "list-feed")
    for test, entries in _bluesky(f"atproto-appview-snapshots/{name}.json").items()
}
POSTS = {
    f"{name} {test}": [found]
    if isinstance(found, dict) and "uri" in found and "record" in found
    else found.get("posts", [])
    if isinstance(found, dict)
    else found
    for name in ("posts", "quotes")
    for test, found in _bluesky(f"atproto-appview-snapshots/{name}.json").items()
}
THREADS = {
    test: found.get("thread", found)
    for name in ("thread", "blocks")
    for test, found in _bluesky(f"atproto-appview-snapshots/{name}.json").items()
} | {"embedded media": _bluesky("atproto-python/thread_view_post_with_embed_media.json")}


def _account(url: str) -> Bluesky:
    return Bluesky(id="b", kind="bluesky", account="polna.example", server=url, pds=url, scope="official")


def _search(url: str) -> Bluesky:
    password = Secret(env="CZUJKA_TEST_SECRET")
    return Bluesky(id="b", kind="bluesky", search="x", handle="h.example", app_password=password, server=url, pds=url)


def _again(posts: list[Any]) -> Callable[[Request], Reply]:
    return lambda request: reply_json(
        {"posts": [post for post in posts if post["uri"] in {value for name, value in request.pairs if name == "uris"}]}
    )


@pytest.mark.parametrize("entries", FEEDS.values(), ids=FEEDS.keys())
def test_recorded_author_feeds(entries: list[Any]) -> None:
    posts = [entry["post"] for entry in entries if "reason" not in entry]
    replay = Replay("bluesky", _account, NOW)
    replay.answers |= {
        "/xrpc/app.bsky.feed.getAuthorFeed": reply_json({"feed": entries}),
        "/xrpc/app.bsky.feed.getPosts": _again(posts),
        "/xrpc/app.bsky.feed.getPostThread": reply_json({"thread": {"post": {}, "replies": []}}),
    }
    _check_posts(poll(replay), posts)


@pytest.mark.parametrize("posts", POSTS.values(), ids=POSTS.keys())
def test_recorded_posts_as_search_results(posts: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CZUJKA_TEST_SECRET", "app-password")
    replay = Replay("bluesky", _search, NOW)
    replay.answers |= {
        "/xrpc/com.atproto.server.createSession": reply_json({"accessJwt": "a", "refreshJwt": "r"}),
        "/xrpc/app.bsky.feed.searchPosts": reply_json({"posts": posts, "hitsTotal": len(posts)}),
        "/xrpc/app.bsky.feed.getPosts": _again(posts),
    }
    _check_posts(poll(replay), posts)


def _below(node: Any) -> list[Any]:
    return [post for reply in node.get("replies", []) if "post" in reply for post in (reply["post"], *_below(reply))]


@pytest.mark.parametrize("thread", THREADS.values(), ids=THREADS.keys())
def test_recorded_threads(thread: Any) -> None:
    root = {
        "uri": "at://did:plc:us/app.bsky.feed.post/root",
        "author": {"did": "did:plc:us", "handle": "polna.example"},
        "record": {"$type": "app.bsky.feed.post", "text": "początek", "createdAt": "2026-10-01T09:00:00Z"},
        "indexedAt": "2026-10-01T09:00:01Z",
    }
    posts = [root, *_below(thread)]
    replay = Replay("bluesky", _account, NOW)
    replay.answers |= {
        "/xrpc/app.bsky.feed.getAuthorFeed": reply_json({"feed": [{"post": root}]}),
        "/xrpc/app.bsky.feed.getPosts": _again(posts),
        "/xrpc/app.bsky.feed.getPostThread": reply_json({"thread": thread}),
    }
    _check_posts(poll(replay), posts)


def _check_posts(watch: Watch, posts: list[Any]) -> None:
    assert sorted(item.external_id for item in watch.given) == sorted({post["uri"] for post in posts})
    assert watch.rejected == []
    assert watch.deleted == []
    assert all(item.created_at is not None for item in watch.given)


def test_the_recorded_posts_are_many() -> None:
    assert sum(len(entries) for entries in FEEDS.values()) > 50
    assert sum(len(_below(thread)) for thread in THREADS.values()) >= 14


@pytest.mark.parametrize(
    ("name", "status", "wanted"),
    [("400-ExpiredToken", 400, Unauthorized), ("400-ExpiredToken-revoked", 400, Unauthorized), ("429-RateLimitExceeded", 429, RateLimited)],
)
def test_recorded_refusals_of_bluesky(name: str, status: int, wanted: type[CollectError]) -> None:
    body = (RECORDINGS / "bluesky" / "extracted" / f"{name}.json").read_bytes()
    _refuses(Replay("bluesky", _account, NOW), Reply(status, body), wanted)


def _refuses(replay: Replay, reply: Reply, wanted: type[CollectError]) -> None:
    with replay:
        replay.server.overrule(reply)
        watch = Watch(replay)
        with pytest.raises(wanted):
            watch.ask()
        watch.http.close()
