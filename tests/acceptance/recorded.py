"""One recorded answer of each platform, and a silent one for the first poll, as a local server gives them."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import yaml

from tests.contract.conftest import RECORDINGS
from tests.fakes.platform import reply_json
from tests.fakes.server import Reply, Request

PLAIN = re.compile(r"[A-Za-z0-9 ,.:'’?!-]{20,}")

Answer = Reply | Callable[[Request], Reply]


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """`table` is the source in the configuration, with {url}; `answers` and `silence` map patterns of paths to replies.

    `newest` is the time of the newest post (aware UTC); `texts` are the posts' texts as the platform wrote them, newest first.
    """

    kind: str
    table: str
    answers: Mapping[str, Answer]
    silence: Mapping[str, Answer]
    newest: datetime
    texts: list[str] = field(default_factory=list)


def every_platform() -> Iterator[Recorded]:
    """All of them."""
    yield mastodon()
    yield bluesky()
    yield feed()
    yield x()
    yield reddit()
    yield facebook()
    yield instagram()


def _source(kind: str, keys: str, scope: str = "mention") -> str:
    return f'[[source]]\nid = "{kind}"\nkind = "{kind}"\nscope = "{scope}"\nbrand = "polna"\nevery = "1s"\n{keys}\n'


def _once(reply: Reply, empty: Reply, *onward: str) -> Callable[[Request], Reply]:
    """The recorded page; whoever asks beyond it, by one of these parameters, gets nothing more."""
    return lambda request: empty if set(onward) & request.query.keys() else reply


def _ordered(posts: list[tuple[datetime, str]]) -> tuple[datetime, list[str]]:
    ordered = sorted(posts, key=lambda one: one[0], reverse=True)
    return ordered[0][0], [text for _, text in ordered]


def mastodon() -> Recorded:
    """The public timeline with the most posts, as a tag's."""
    best: list[dict[str, Any]] = []
    for path in sorted((RECORDINGS / "mastodon").rglob("*.yaml")):
        for exchange in yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader)["interactions"]:
            if exchange["request"]["method"] == "GET" and "/api/v1/timelines/" in exchange["request"]["uri"]:
                body = json.loads(exchange["response"]["body"]["string"])
                best = max(best, body if isinstance(body, list) else [], key=len)
    posts = [(datetime.fromisoformat(one["created_at"]), one["content"]) for one in best if not one.get("reblog")]
    newest, texts = _ordered(posts)
    empty = reply_json([])
    return Recorded(
        kind="mastodon",
        table=_source("mastodon", 'server = "{url}"\ntag = "polna"'),
        answers={r"/api/v1/timelines/tag/polna": _once(reply_json(best), empty, "max_id", "min_id"), r"/api/v1/statuses.*": empty},
        silence={r"/api/v1/timelines/tag/polna": empty},
        newest=newest,
        texts=texts,
    )


def bluesky() -> Recorded:
    """Posts of the server's own snapshots as what a search finds. Their publishers set all times to 1970; here it is one day."""
    text = (RECORDINGS / "bluesky" / "atproto-appview-snapshots" / "posts.json").read_text("utf-8")
    found = json.loads(text.replace('"1970-01-01T00:00:00.000Z"', '"2026-10-01T10:00:00.000Z"'))
    lists = [value if isinstance(value, list) else value.get("posts", []) for value in found.values() if isinstance(value, list | dict)]
    posts = list({post["uri"]: post for group in lists for post in group if isinstance(post, dict) and "record" in post}.values())
    newest, texts = _ordered([(datetime.fromisoformat(post["record"]["createdAt"]), post["record"]["text"]) for post in posts])
    session = reply_json({"accessJwt": "a", "refreshJwt": "r", "did": "did:plc:h", "handle": "h.example"})
    return Recorded(
        kind="bluesky",
        table=_source(
            "bluesky",
            'server = "{url}"\npds = "{url}"\nsearch = "polna"\nhandle = "h.example"\napp_password = { env = "CZUJKA_TEST_SECRET" }',
        ),
        answers={
            r"/xrpc/com\.atproto\.server\..*": session,
            r"/xrpc/app\.bsky\.feed\.searchPosts": _once(reply_json({"posts": posts}), reply_json({"posts": []}), "cursor"),
            r"/xrpc/app\.bsky\.feed\.getPosts": reply_json({"posts": posts}),
        },
        silence={
            r"/xrpc/com\.atproto\.server\..*": session,
            r"/xrpc/app\.bsky\.feed\.searchPosts": reply_json({"posts": []}),
            r"/xrpc/app\.bsky\.feed\.getPosts": reply_json({"posts": []}),
        },
        newest=newest,
        texts=texts,
    )


def feed() -> Recorded:
    """The Atom feed that feedparser's project keeps of a whole real site, or the largest with dates."""
    import feedparser

    best: tuple[int, bytes, list[tuple[datetime, str]]] = (0, b"", [])
    for path in sorted((RECORDINGS / "rss").rglob("*.xml")):
        if not 5_000 < path.stat().st_size < 200_000:
            continue
        body = path.read_bytes()
        entries = [e for e in feedparser.parse(body).entries if e.get("published_parsed") and PLAIN.fullmatch(e.get("title", ""))]
        dated = [(datetime(*e["published_parsed"][:6], tzinfo=UTC), e["title"]) for e in entries]
        if len(dated) > best[0] and b"utf-8" in body[:100].lower():
            best = (len(dated), body, dated)
    newest, texts = _ordered(best[2])
    headers = {"Content-Type": "application/xml"}
    return Recorded(
        kind="rss",
        table=_source("rss", 'url = "{url}/feed.xml"'),
        answers={r"/feed\.xml": Reply(200, best[1], headers)},
        silence={r"/feed\.xml": Reply(200, b"<rss version='2.0'><channel><title>x</title></channel></rss>", headers)},
        newest=newest,
        texts=texts,
    )


def x() -> Recorded:
    """A whole page of a recent search."""
    page = json.loads((RECORDINGS / "x" / "twarc" / "brexit.jsonl").read_text("utf-8").splitlines()[0])
    page.pop("__twarc", None)
    page["meta"].pop("next_token", None)
    own = [post for post in page["data"] if not post["text"].startswith("RT @")]
    newest, texts = _ordered([(datetime.fromisoformat(post["created_at"]), post["text"]) for post in own])
    empty = reply_json({"meta": {"result_count": 0}})
    return Recorded(
        kind="x",
        table=_source("x", 'server = "{url}"\nquery = "polna"\ntoken = { env = "CZUJKA_TEST_SECRET" }\nrecheck = "52w"'),
        answers={
            r"/2/tweets/search/recent": _once(reply_json(page), empty, "since_id", "next_token", "pagination_token"),
            r"/2/tweets": empty,
        },
        silence={r"/2/tweets/search/recent": empty, r"/2/tweets": empty},
        newest=newest,
        texts=texts,
    )


def facebook() -> Recorded:
    """A page's feed and nothing under it."""
    body = json.loads((RECORDINGS / "facebook/facebook/apidata/posts/feed_fields_p1.json").read_text("utf-8"))
    return _graph("facebook", "page", body, "message", "created_time", r"feed|posts|published_posts")


def instagram() -> Recorded:
    """The media in which an account is tagged."""
    body = json.loads((RECORDINGS / "instagram/instagram/apidata/users/tagged_medias.json").read_text("utf-8"))
    return _graph("instagram", "account", body, "caption", "timestamp", "tags")


def _graph(kind: str, named: str, body: dict[str, Any], text: str, time: str, edge: str) -> Recorded:
    body.pop("paging", None)
    posts = [(datetime.strptime(row[time], "%Y-%m-%dT%H:%M:%S%z"), row.get(text, "")) for row in body["data"]]
    newest, texts = _ordered(posts)
    empty = reply_json({"data": []})
    account = reply_json({"id": "77", "name": "Polna", "username": "polna"})

    def still_there(request: Request) -> Reply:
        """A batch of questions whether posts are still there: they are."""
        asked = json.loads(parse_qs(request.body.decode())["batch"][0])
        return reply_json([{"code": 200, "body": json.dumps({"id": one["relative_url"].split("/")[1].split("?")[0]})} for one in asked])

    return Recorded(
        kind=kind,
        table=_source(kind, f'server = "{{url}}"\n{named} = "77"\ntoken = {{ env = "CZUJKA_TEST_SECRET" }}\nmentions = true', "official"),
        answers={
            rf"/v[\d.]+/77/(?:{edge})": _once(reply_json(body), empty, "after"),
            r"/v[\d.]+/77": account,
            r"/v[\d.]+/?": still_there,
            r"/v[\d.]+/.*": empty,
        },
        silence={r"/v[\d.]+/77": account, r"/v[\d.]+/?": still_there, r"/v[\d.]+/.*": empty},
        newest=newest,
        texts=texts,
    )


def reddit() -> Recorded:
    """A subreddit's newest submissions."""
    listing = next(
        json.loads(exchange["response"]["body"]["string"])
        for exchange in json.loads((RECORDINGS / "reddit/praw/TestSubredditListings.test_new.json").read_text("utf-8"))["interactions"]
        if urlsplit(exchange["request"]["uri"]).path.rstrip("/").endswith("/new")
    )
    listing["data"]["after"] = None
    rows = [child["data"] for child in listing["data"]["children"]]
    newest, texts = _ordered([(datetime.fromtimestamp(row["created_utc"], UTC), f"{row['title']}\n{row['selftext']}") for row in rows])
    empty = reply_json({"kind": "Listing", "data": {"children": [], "after": None, "before": None}})
    token = reply_json({"access_token": "t", "token_type": "bearer", "expires_in": 3600, "scope": "*"})
    return Recorded(
        kind="reddit",
        table=_source(
            "reddit",
            'server = "{url}"\noauth_server = "{url}"\nclient_id = "c"\nclient_secret = { env = "CZUJKA_TEST_SECRET" }\n'
            'subreddits = ["polna"]\ncomments = false\neverything = true',
        ),
        answers={
            r"/api/v1/access_token": token,
            r"/r/polna/new/?": _once(reply_json(listing), empty, "after", "before"),
            r"/api/info/?": reply_json(listing),
            r"/.*": empty,
        },
        silence={r"/api/v1/access_token": token, r"/.*": empty},
        newest=newest,
        texts=texts,
    )
