"""X, Reddit, Facebook and Instagram on recorded answers, replayed by a local server. Nothing of them is kept in this repository.

What is expected is counted in the recordings by plain looks into JSON.
"""

import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest

from collector.facebook import Settings as Facebook
from collector.instagram import Settings as Instagram
from collector.reddit import Settings as Reddit
from collector.x import Settings as X
from core.errors import BadResponse, BudgetSpent, CollectError, Gone, RateLimited, Unauthorized
from core.table import Secret
from tests.contract import replaying
from tests.contract.conftest import RECORDINGS
from tests.contract.replaying import Replay
from tests.contract.watching import Watch
from tests.fakes.platform import expect, reply_json
from tests.fakes.server import Reply, Request

SECRET = Secret(env="CZUJKA_TEST_SECRET")


@pytest.fixture(autouse=True)
def _token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CZUJKA_TEST_SECRET", "a-token")


def poll(replay: Replay) -> Watch:
    """As ever; and each post has its moment, in UTC."""
    watch = replaying.poll(replay)
    assert all(item.created_at is not None and item.created_at.utcoffset() == timedelta(0) for item in watch.given)
    return watch


def refuses(replay: Replay, reply: Reply, wanted: type[CollectError]) -> CollectError:
    with replay:
        replay.server.overrule(reply)
        watch = Watch(replay)
        with pytest.raises(wanted) as caught:
            watch.ask()
        watch.http.close()
    assert type(caught.value) is wanted
    return caught.value


def load(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def given(watch: Watch) -> list[str]:
    return sorted(item.external_id for item in watch.given)


# ---- X


def _x_pages() -> dict[str, Any]:
    """Every recorded answer of a list endpoint, one line or file each."""
    pages: dict[str, Any] = {}
    for path in sorted((RECORDINGS / "x" / "twarc").glob("*.jsonl")):
        if "compliance" in path.name or "count" in path.name or "streaming" in path.name:
            continue
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            pages[f"{path.name}:{number}"] = json.loads(line)
    for path in sorted((RECORDINGS / "x").glob("tweepy-decoded/*.json")):
        if any(word in path.name for word in ("users_tweets", "mentions", "search", "home_timeline")):
            pages[path.name] = load(path)
    for path in sorted((RECORDINGS / "x" / "python-twitter" / "apis").rglob("*.json")):
        if path.parent.name in {"searches", "timeline"}:
            pages[path.name] = load(path)
    return {name: page.get("body", page) for name, page in pages.items() if isinstance(page.get("body", page).get("data"), list)}


X_PAGES = _x_pages()


def _x(url: str) -> X:
    return X(id="x", kind="x", query="words", token=SECRET, server=url)


def _posted(post: Any) -> datetime:
    """By the id, as X documents it: milliseconds since November 2010 above 22 bits."""
    return datetime.fromtimestamp(((int(post["id"]) >> 22) + 1_288_834_974_657) / 1000, UTC)


@pytest.mark.parametrize("name", X_PAGES)
def test_recorded_pages_of_x(name: str) -> None:
    page = X_PAGES[name]
    posts = page["data"]
    replay = Replay("x", _x, max(_posted(post) for post in posts) + timedelta(minutes=10))
    alone = page | {"meta": {key: value for key, value in page.get("meta", {}).items() if key != "next_token"}}

    def again(request: Request) -> Reply:
        asked = request.query["ids"].split(",")
        found = [post for post in posts if post.get("edit_history_tweet_ids", [post["id"]])[0] in asked]
        return reply_json({"data": found, "includes": page.get("includes", {})})

    replay.answers |= {"/2/tweets/search/recent": reply_json(alone), "/2/tweets": again}
    watch = poll(replay)
    assert given(watch) == sorted({post.get("edit_history_tweet_ids", [post["id"]])[0] for post in posts})
    assert watch.rejected == []
    users = {user["id"]: user["username"] for user in page.get("includes", {}).get("users", [])}
    for item in watch.given:
        assert item.author.handle == users.get(item.author.id, "")
        assert "&amp;" not in item.text


def test_the_recorded_pages_of_x_are_many() -> None:
    assert len(X_PAGES) >= 15
    assert sum(len(page["data"]) for page in X_PAGES.values()) > 300


def test_a_recorded_repost_carries_the_whole_text() -> None:
    page = X_PAGES["kpop.jsonl:1"]
    passed_on = {post["id"]: post for post in page["data"] if any(one["type"] == "retweeted" for one in post.get("referenced_tweets", []))}
    included = {post["id"]: post["text"] for post in page["includes"]["tweets"]}
    replay = Replay("x", _x, max(_posted(post) for post in page["data"]) + timedelta(minutes=10))
    alone = page | {"meta": {}}
    replay.answers |= {"/2/tweets/search/recent": reply_json(alone), "/2/tweets": reply_json({"meta": {"result_count": 0}})}
    watch = poll(replay)
    assert len(passed_on) == 78
    whole = [
        watch.items[post_id].text.split(": ", 1)[1] for post_id, post in passed_on.items() if post["referenced_tweets"][0]["id"] in included
    ]
    assert len(whole) >= 50
    assert all(not text.endswith("…") for text in whole) or sum(text.endswith("…") for text in whole) < 5


@pytest.mark.parametrize(
    ("name", "status", "wanted"),
    [
        ("400-invalid-request", 400, BadResponse),
        ("403-about-blank", 403, Unauthorized),
        ("403-client-not-enrolled", 403, Unauthorized),
        ("403-legacy-453", 403, Unauthorized),
        ("429-about-blank", 429, RateLimited),
        ("429-usage-capped", 429, BudgetSpent),
    ],
)
def test_recorded_refusals_of_x(name: str, status: int, wanted: type[CollectError]) -> None:
    body = (RECORDINGS / "x" / "errors" / f"{name}.json").read_bytes()
    now = datetime(2026, 10, 2, tzinfo=UTC)
    reset = {"x-rate-limit-reset": str(int(now.timestamp()) + 300), "x-rate-limit-remaining": "39999"}
    error = refuses(Replay("x", _x, now), Reply(status, body, reset), wanted)
    if wanted is RateLimited:
        assert error.retry_at == now + timedelta(minutes=5)
    if wanted is BudgetSpent:
        assert error.retry_at == datetime(2026, 11, 1, tzinfo=UTC)


# ---- Reddit


def _listings() -> dict[str, list[Any]]:
    """Every recorded Listing of comments, posts and messages, by cassette and path."""
    found: dict[str, list[Any]] = {}
    for path in sorted((RECORDINGS / "reddit" / "praw").glob("*.json")):
        for exchange in load(path).get("interactions", []):
            body = _body(exchange)
            if isinstance(body, dict) and body.get("kind") == "Listing":
                things = [thing for thing in body["data"]["children"] if thing["kind"] in {"t1", "t3", "t4"}]
                where = urlsplit(exchange["request"]["uri"]).path
                if things:
                    found.setdefault(f"{path.stem} {where}", things)
    return found


def _body(exchange: Any) -> Any:
    try:
        return json.loads(exchange["response"]["body"].get("string") or "null")
    except ValueError:
        return None


LISTINGS = _listings()


def _reddit(url: str) -> Reddit:
    return Reddit(id="r", kind="reddit", search="x", client_id="app", client_secret=SECRET, server=url, oauth_server=url)


def _reddit_replay(make: Callable[[str], Reddit], things: list[Any]) -> Replay:
    newest = max(thing["data"]["created_utc"] for thing in things)
    replay = Replay("reddit", make, datetime.fromtimestamp(newest, UTC) + timedelta(minutes=10))
    token = {"access_token": "t", "expires_in": 3600, "scope": "*", "token_type": "bearer"}

    def info(request: Request) -> Reply:
        asked = request.query["id"].split(",")
        return reply_json({"kind": "Listing", "data": {"children": [thing for thing in things if thing["data"]["name"] in asked]}})

    replay.answers |= {"/api/v1/access_token": reply_json(token), "/api/info": info}
    return replay


def _is_gone(thing: Any) -> bool:
    body = thing["data"].get("body") or thing["data"].get("selftext") or ""
    return body in {"[deleted]", "[removed]"} or bool(thing["data"].get("removed_by_category"))


@pytest.mark.parametrize("name", LISTINGS)
def test_recorded_listings_of_reddit(name: str) -> None:
    things = LISTINGS[name]
    replay = _reddit_replay(_reddit, things)
    replay.answers["/search"] = reply_json({"kind": "Listing", "data": {"children": things, "after": None}})
    since = replay.now.timestamp() - 30 * 86400
    young = [thing for thing in things if thing["data"]["created_utc"] >= since]
    watch = poll(replay)
    assert given(watch) == sorted({thing["data"]["name"] for thing in young if not _is_gone(thing)})
    assert set(watch.deleted) == {thing["data"]["name"] for thing in young if _is_gone(thing)}
    assert watch.rejected == []


def test_the_recorded_listings_of_reddit_are_many() -> None:
    assert len(LISTINGS) >= 25
    assert sum(len(things) for things in LISTINGS.values()) > 400


def _trees() -> dict[str, list[Any]]:
    """Every recorded page of a post with its comments: [post, tree]."""
    return {
        f"{path.stem} {number}": body
        for path in sorted((RECORDINGS / "reddit" / "praw").glob("*.json"))
        for number, exchange in enumerate(load(path).get("interactions", []))
        if "/comments/" in exchange["request"]["uri"] and isinstance(body := _body(exchange), list) and len(body) == 2
    }


TREES = _trees()


def _comments(things: Iterable[Any]) -> list[Any]:
    found = []
    for thing in things:
        if thing["kind"] == "t1":
            replies = thing["data"]["replies"]
            found += [thing, *_comments(replies["data"]["children"] if replies else [])]
    return found


@pytest.mark.parametrize("name", TREES)
def test_recorded_trees_of_reddit(name: str) -> None:
    """The post is made ours and new, so that its tree is asked for; what the tree leaves out is not there to be had."""
    first, tree = TREES[name]
    post = json.loads(json.dumps(first["data"]["children"][0]))
    comments = _comments(tree["data"]["children"])
    newest = max([thing["data"]["created_utc"] for thing in (post, *comments)])
    post["data"]["created_utc"] = newest
    replay = _reddit_replay(
        lambda url: Reddit(id="r", kind="reddit", account="us", client_id="app", client_secret=SECRET, server=url, oauth_server=url),
        [post, *comments],
    )
    overview = {"kind": "Listing", "data": {"children": [post], "after": None}}
    more = {"json": {"errors": [], "data": {"things": []}}}
    replay.answers |= {
        "/user/us/overview": reply_json(overview),
        f"/comments/{post['data']['id']}": reply_json([first, tree]),
        "/api/morechildren": reply_json(more),
    }
    watch = poll(replay)
    found = [post, *comments]
    assert given(watch) == sorted({thing["data"]["name"] for thing in found if not _is_gone(thing)})
    assert {item.thread_id for item in watch.given if item.parent_id} <= {post["data"]["name"]}


def test_the_recorded_trees_of_reddit_hold_many_comments() -> None:
    assert len(TREES) >= 10
    assert sum(len(_comments(tree["data"]["children"])) for _, tree in TREES.values()) > 200


# ---- Facebook and Instagram


def _batch(known: set[str]) -> Callable[[Request], Reply]:
    def answer(request: Request) -> Reply:
        asked = json.loads(parse_qs(request.body.decode())["batch"][0])
        ids = [one["relative_url"].split("/", 1)[1].removesuffix("?fields=id") for one in asked]
        expect(set(ids) <= known, "only what was given")
        return reply_json([{"code": 200, "body": "{}"} for _ in ids])

    return answer


def _facebook(url: str) -> Facebook:
    return Facebook(id="f", kind="facebook", page="4", token=SECRET, server=url)


def _graph(folder: str) -> dict[str, Any]:
    root = RECORDINGS / folder
    return {str(path.relative_to(root)): load(path) for path in sorted(root.rglob("*.json"))}


def _after(first: Any, second: Any) -> Callable[[Request], Reply]:
    """The first page, and the second to whoever comes with the words of the first one's `next`."""
    wanted = dict(parse_qsl(urlsplit(first["paging"]["next"]).query))
    words = {name: value for name, value in wanted.items() if name in {"after", "until", "__paging_token", "since"}}

    def answer(request: Request) -> Reply:
        asked = {name: value for name, value in request.query.items() if name in {"after", "until", "__paging_token", "since"}}
        if not asked:
            return reply_json(first)
        expect(asked == words, f"{words}")
        return reply_json({**second, "paging": {}})

    return answer


FEEDS = ["feed_fields", "feeds_default_fields"]


@pytest.mark.parametrize("name", FEEDS)
def test_recorded_feeds_of_facebook(name: str) -> None:
    pages = _graph("facebook/facebook/apidata/posts")
    first, second = pages[f"{name}_p1.json"], pages[f"{name}_p2.json"]
    posts = [*first["data"], *second["data"]]
    newest = max(datetime.strptime(post["created_time"], "%Y-%m-%dT%H:%M:%S%z") for post in posts)
    replay = Replay("facebook", _facebook, newest.astimezone(UTC) + timedelta(minutes=10))
    young = {post["id"] for post in posts if datetime.strptime(post["created_time"], "%Y-%m-%dT%H:%M:%S%z") >= newest - timedelta(days=29)}
    replay.answers |= {"/v23.0/4": reply_json({"id": "4", "name": "P"}), "/v23.0/4/feed": _after(first, second)}
    replay.answers |= {f"/v23.0/{post}/comments": reply_json({"data": []}) for post in young} | {"/v23.0/": _batch(young)}
    watch = poll(replay)
    assert set(given(watch)) >= young
    assert len(given(watch)) == len(set(given(watch)))
    assert watch.rejected == []


def test_recorded_pictures_of_facebook_can_be_fetched_and_nobody_described_them() -> None:
    """An album's pictures one by one; what Facebook calls their title or description repeats the post."""
    post = next(one for one in _graph("facebook/facebook/models").values() if "subattachments" in json.dumps(one))
    photos = [one["media"]["image"]["src"] for one in post["attachments"]["data"][0]["subattachments"]["data"]]
    newest = datetime.strptime(post["created_time"], "%Y-%m-%dT%H:%M:%S%z").astimezone(UTC)
    replay = Replay("facebook", _facebook, newest + timedelta(minutes=10))
    replay.answers |= {
        "/v23.0/4": reply_json({"id": "4", "name": "P"}),
        "/v23.0/4/feed": reply_json({"data": [post]}),
        f"/v23.0/{post['id']}/comments": reply_json({"data": []}),
        "/v23.0/": _batch({post["id"]}),
    }
    [item] = [item for item in poll(replay).given if item.external_id == post["id"]]
    assert len(photos) > 1
    assert [(one.url, one.alt, one.is_to_read) for one in item.attachments] == [(src, "", True) for src in photos]
    assert item.text == post["message"]


def test_recorded_comments_of_facebook_have_ids_though_none_was_asked_for() -> None:
    pages = _graph("facebook/facebook/apidata/comments")
    first, second = pages["comments_p1.json"], pages["comments_p2.json"]
    comments = [*first["data"], *second["data"]]
    linked = [parse_qs(urlsplit(comment["permalink_url"]).query) for comment in comments]
    ids = {(link.get("reply_comment_id") or link["comment_id"])[0] for link in linked}
    newest = max(datetime.strptime(comment["created_time"], "%Y-%m-%dT%H:%M:%S%z") for comment in comments).astimezone(UTC)
    post: dict[str, Any] = {"id": "4_10158407654328553", "message": "post", "created_time": newest.isoformat(), "from": {"id": "4"}}
    replay = Replay("facebook", _facebook, newest + timedelta(minutes=10))
    replay.answers |= {
        "/v23.0/4": reply_json({"id": "4", "name": "P"}),
        "/v23.0/4/feed": reply_json({"data": [post]}),
        f"/v23.0/{post['id']}/comments": _after(first, second),
        "/v23.0/": _batch({post["id"], *(f"10158407654328553_{comment}" for comment in ids)}),
    }
    watch = poll(replay)
    assert set(given(watch)) == {post["id"], *(f"10158407654328553_{comment}" for comment in ids)}
    assert {item.thread_id for item in watch.given if item.parent_id} == {str(post["id"])}


GRAPH_ERRORS = {
    str(path.relative_to(RECORDINGS)): load(path)
    for folder in ("facebook", "instagram")
    for path in sorted((RECORDINGS / folder).rglob("*.json"))
    if isinstance(load(path), dict) and isinstance(load(path).get("error"), dict)
}


@pytest.mark.parametrize("name", GRAPH_ERRORS)
def test_recorded_refusals_of_facebook(name: str) -> None:
    error = GRAPH_ERRORS[name]["error"]
    kinds: dict[int, tuple[type[CollectError], ...]] = {190: (Unauthorized,), 4: (RateLimited,), 100: (BadResponse, Gone)}
    body = json.dumps(GRAPH_ERRORS[name]).encode()
    now = datetime(2026, 10, 2, tzinfo=UTC)
    wanted = kinds[error["code"]]
    is_gone = error.get("error_subcode") == 33 or "does not exist" in error["message"]
    refuses(Replay("facebook", _facebook, now), Reply(400, body), wanted[-1] if is_gone else wanted[0])


def test_there_are_recorded_refusals_of_facebook() -> None:
    assert {error["error"]["code"] for error in GRAPH_ERRORS.values()} >= {4, 100, 190}


def _instagram(**more: Any) -> Callable[[str], Instagram]:
    return lambda url: Instagram(id="i", kind="instagram", account="178", token=SECRET, server=url, **more)


def test_recorded_media_of_instagram() -> None:
    pages = _graph("instagram/instagram/apidata/users")
    media = [*pages["medias_p1.json"]["data"], *pages["medias_p2.json"]["data"]]
    newest = max(datetime.strptime(one["timestamp"], "%Y-%m-%dT%H:%M:%S%z") for one in media).astimezone(UTC)
    ids = {one["id"] for one in media}
    replay = Replay("instagram", _instagram(), newest + timedelta(minutes=10))
    replay.answers |= {
        "/v23.0/178": reply_json({"id": "178", "username": "us"}),
        "/v23.0/178/media": _after(pages["medias_p1.json"], pages["medias_p2.json"]),
        "/v23.0/": _batch(ids),
    }
    replay.answers |= {f"/v23.0/{one}/comments": reply_json({"data": []}) for one in ids}
    watch = poll(replay)
    albums = {one["id"]: one["children"]["data"] for one in media if "children" in one}
    shown = {key: [(one.kind, one.url) for one in watch.items[key].attachments] for key in albums if key in watch.items}
    assert shown and all(
        pictures == [(one["media_type"].lower(), one["media_url"]) for one in albums[key]] for key, pictures in shown.items()
    )
    young = {one["id"] for one in media if datetime.strptime(one["timestamp"], "%Y-%m-%dT%H:%M:%S%z") > newest - timedelta(days=29)}
    assert young <= set(given(watch)) <= ids
    assert watch.rejected == []


def test_recorded_comments_of_instagram() -> None:
    pages = _graph("instagram/instagram/apidata/medias")
    first, second = pages["comments_p1.json"], pages["comments_p2.json"]
    comments = [*first["data"], *second["data"]]
    newest = max(datetime.strptime(one["timestamp"], "%Y-%m-%dT%H:%M:%S%z") for one in comments).astimezone(UTC)
    post = {"id": "900", "caption": "post", "timestamp": newest.isoformat(), "username": "us", "media_type": "IMAGE"}
    ids = {"900", *(one["id"] for one in comments)}
    replay = Replay("instagram", _instagram(), newest + timedelta(minutes=10))
    replay.answers |= {
        "/v23.0/178": reply_json({"id": "178", "username": "us"}),
        "/v23.0/178/media": reply_json({"data": [post]}),
        "/v23.0/900/comments": _after(first, second),
        "/v23.0/": _batch(ids),
    }
    assert set(given(poll(replay))) == ids


def test_recorded_mentions_of_instagram_come_wrapped_in_our_own_account() -> None:
    pages = _graph("instagram/instagram/apidata/users")
    media, comment = pages["mentioned_media.json"]["mentioned_media"], pages["mentioned_comment.json"]["mentioned_comment"]
    newest = max(datetime.strptime(one["timestamp"], "%Y-%m-%dT%H:%M:%S%z") for one in (media, comment)).astimezone(UTC)

    def account(request: Request) -> Reply:
        if "mentioned_media" in request.query["fields"]:
            return reply_json(pages["mentioned_media.json"])
        if "mentioned_comment" in request.query["fields"]:
            return reply_json(pages["mentioned_comment.json"])
        return reply_json({"id": "178", "username": "us"})

    make = _instagram(posts=False, mentioned_media=(media["id"],), mentioned_comments=(comment["id"],))
    replay = Replay("instagram", make, newest + timedelta(minutes=10))
    replay.answers |= {"/v23.0/178": account, "/v23.0/": _batch({media["id"], comment["id"]})}
    watch = poll(replay)
    assert set(given(watch)) <= {media["id"], comment["id"]}
    assert watch.items[comment["id"]].text == comment["text"]
