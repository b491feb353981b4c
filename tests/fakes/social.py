"""Platforms that can be written to, over real HTTP: each keeps what it took, refuses what the real one refuses, and shows it when read.

`took` is the other side's ledger, a text for each reply that is shown; `likes` and `hidden` are ids.
"""

import json
import os
import signal
from abc import abstractmethod
from datetime import UTC, datetime
from html import escape
from queue import Queue
from typing import Any, ClassVar
from urllib.parse import parse_qsl

from core.http import Http
from core.replies import Target
from core.settings import SourceSettings
from tests.fakes.server import Manner, Reply, Request, Server

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
TOKEN = "s3cr3t-t0ken-for-the-tests"


def shown(document: Any, status: int = 200) -> Reply:
    return Reply(status, json.dumps(document).encode(), {"Content-Type": "application/json"})


class Social:
    """One platform. Use as a context manager; where `silent` is set it takes the next write and gives no answer, in that manner.

    A process whose id is put into `strikes` is killed when its next write was taken, before it is answered. `now` is by the platform's
    clock; while it `hides_from_reading` what it took is not shown when the thread is read. `refusals` are given to writes in turn, the
    last one for ever.
    """

    kind: ClassVar[str]
    limit: ClassVar[int]
    likes_posts: ClassVar[bool] = True
    hides: ClassVar[bool] = False

    def __init__(self) -> None:
        self.took: list[str] = []
        self.likes: list[str] = []
        self.hidden: list[str] = []
        self.silent: Manner | None = None
        self.gone = False
        self.refusals: list[Reply] = []
        self.hides_from_reading = False
        self.now = NOW
        self.strikes: Queue[int] | None = None
        self.server = Server(self.serve)

    def __enter__(self) -> "Social":
        self.server.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.__exit__()
        assert self.server.complaints == [], self.server.complaints

    def serve(self, request: Request) -> Reply:
        if self.refusals and request.method != "GET" and not _signs_in(request):
            return self.refusals.pop(0) if len(self.refusals) > 1 else self.refusals[0]
        answer = self.answer(request)
        writes = request.method != "GET" and answer.status < 300 and not _signs_in(request)
        if writes and self.strikes is not None:
            os.kill(self.strikes.get(timeout=60), signal.SIGKILL)
            self.strikes = None
            return Reply(manner="slam")
        if writes and self.silent:
            manner, self.silent = self.silent, None
            return Reply(manner=manner)
        return answer

    @abstractmethod
    def answer(self, request: Request) -> Reply: ...

    @abstractmethod
    def settings(self) -> SourceSettings:
        """A source that may answer."""

    @abstractmethod
    def target(self) -> Target:
        """A post of a customer's."""

    def shared(self) -> dict[str, Any]:
        return {"id": "there", "kind": self.kind, "answer": True}


def _signs_in(request: Request) -> bool:
    return request.path.endswith(("Session", "access_token"))


def post(kind: str, external_id: str, **raw: Any) -> Target:
    return Target(
        item_id=1,
        source_id="there",
        platform=kind,
        external_id=external_id,
        author="kasia@other.example",
        parent_id=None,
        thread_id=None,
        created_at=NOW,
        raw=raw,
    )


def http(timeout_s: float = 30.0) -> Http:
    return Http(allow_private=["127.0.0.0/8"], timeout_s=timeout_s)


class MastodonThere(Social):
    """Knows a write again by its key. Source: docs.joinmastodon.org, "statuses API methods"."""

    kind = "mastodon"
    limit = 500

    def __init__(self) -> None:
        super().__init__()
        self.keys: dict[str, dict[str, Any]] = {}

    def settings(self) -> SourceSettings:
        from collector.mastodon import Settings

        raw = {**self.shared(), "server": self.server.url, "account": "polna", "token": {"env": "CZUJKA_TEST_TOKEN"}, "ours": ["polna"]}
        return Settings.model_validate(raw)

    def target(self) -> Target:
        return post("mastodon", "https://other.example/statuses/7", id="7", visibility="unlisted")

    def answer(self, request: Request) -> Reply:
        assert request.headers["authorization"] == f"Bearer {TOKEN}"
        if self.gone:
            return shown({"error": "Record not found"}, 404)
        if request.path == "/api/v1/statuses/7/favourite":
            self.likes.append("7")
            return shown({"id": "7"})
        if request.path == "/api/v1/statuses/7/context":
            return shown({"ancestors": [], "descendants": [] if self.hides_from_reading else list(self.keys.values())})
        assert (request.method, request.path) == ("POST", "/api/v1/statuses"), request.path
        return self._status(json.loads(request.body), request.headers["idempotency-key"])

    def _status(self, body: dict[str, Any], key: str) -> Reply:
        assert body["in_reply_to_id"] == "7"
        assert body["visibility"] == "unlisted"
        if key not in self.keys:
            self.took.append(body["status"])
            number = str(100 + len(self.took))
            content = f"<p>{escape(body['status'])}</p>"
            uri = f"https://social.example/users/polna/statuses/{number}"
            status = {"id": number, "uri": uri, "content": content, "in_reply_to_id": "7", "created_at": self.now.isoformat()}
            self.keys[key] = status
        return shown(self.keys[key])


class GraphThere(Social):
    """What Facebook and Instagram share: comments under a thing, shown when read; a repeat is a second comment."""

    words: ClassVar[str]
    moment: ClassVar[str]
    edge: ClassVar[str]
    under = "11_22"

    def target(self) -> Target:
        return post(self.kind, "11_22")

    def answer(self, request: Request) -> Reply:
        assert request.headers["authorization"] == f"Bearer {TOKEN}"
        if self.gone:
            return shown({"error": {"message": "Unsupported get request", "code": 100, "error_subcode": 33}}, 400)
        if request.method == "GET":
            assert request.path == f"/v23.0/{self.under}{self.edge}"
            said = [
                {"id": f"11_{100 + n}", self.words: text, self.moment: self.now.isoformat()} for n, text in enumerate(self.took, start=1)
            ]
            return shown({"data": [] if self.hides_from_reading else said})
        form = dict(parse_qsl(request.body.decode(), keep_blank_values=True))
        return self._posted(request.path.removeprefix("/v23.0/11_22"), form)

    def _posted(self, edge: str, form: dict[str, str]) -> Reply:
        if edge == self.edge:
            self.took.append(form["message"])
            return shown({"id": f"11_{100 + len(self.took)}"})
        if edge == "/likes":
            self.likes.append("11_22")
        else:
            assert edge == "", edge
            assert form in ({"is_hidden": "true"}, {"hide": "true"})
            self.hidden.append("11_22")
        return shown({"success": True})


class FacebookThere(GraphThere):
    """Source: Graph API, "Object Comments", "Comment"."""

    kind, limit, hides = "facebook", 8000, True
    words, moment, edge = "message", "created_time", "/comments"

    def settings(self) -> SourceSettings:
        from collector.facebook import Settings

        return Settings.model_validate({**self.shared(), "server": self.server.url, "page": "polna", "token": {"env": "CZUJKA_TEST_TOKEN"}})


class InstagramThere(GraphThere):
    """What answers an answer is shown under the comment that began it. Source: Instagram Platform, "IG Comment", "IG User Mentions"."""

    kind, limit, hides, likes_posts = "instagram", 300, True, False
    words, moment, edge = "text", "timestamp", "/replies"

    def __init__(self) -> None:
        super().__init__()
        self.mentions: list[dict[str, str]] = []

    def _posted(self, edge: str, form: dict[str, str]) -> Reply:
        if edge != "/v23.0/17/mentions":
            return super()._posted(edge, form)
        self.mentions.append({name: value for name, value in form.items() if name != "message"})
        self.took.append(form["message"])
        return shown({"id": f"11_{100 + len(self.took)}"})

    def settings(self) -> SourceSettings:
        from collector.instagram import Settings

        return Settings.model_validate({**self.shared(), "server": self.server.url, "account": "17", "token": {"env": "CZUJKA_TEST_TOKEN"}})


class XThere(Social):
    """Source: X API v2, "Manage Posts", "Hide replies", "Search Posts"."""

    kind, limit, hides, likes_posts = "x", 280, True, False

    def settings(self) -> SourceSettings:
        from collector.x import Settings

        return Settings.model_validate(
            {**self.shared(), "server": self.server.url, "account": "polna", "token": {"env": "CZUJKA_TEST_TOKEN"}}
        )

    def target(self) -> Target:
        return post("x", "77")

    def answer(self, request: Request) -> Reply:
        assert request.headers["authorization"] == f"Bearer {TOKEN}"
        if self.gone:
            return shown({"title": "Not Found Error"}, 404)
        if request.path == "/2/tweets/search/recent":
            assert request.query["query"] == "in_reply_to_tweet_id:77"
            said = [
                {"id": str(100 + n), "text": f"@kasia {text}", "created_at": self.now.isoformat()}
                for n, text in enumerate(self.took, start=1)
            ]
            return shown({"data": said} if said and not self.hides_from_reading else {"meta": {"result_count": 0}})
        body = json.loads(request.body)
        if (request.method, request.path) == ("PUT", "/2/tweets/77/hidden"):
            assert body == {"hidden": True}
            self.hidden.append("77")
            return shown({"data": {"hidden": True}})
        assert (request.method, request.path, body["reply"]) == ("POST", "/2/tweets", {"in_reply_to_tweet_id": "77"})
        self.took.append(body["text"])
        return shown({"data": {"id": str(100 + len(self.took)), "text": body["text"]}}, 201)


class BlueskyThere(Social):
    """An account's home: records by name, each put as often as one likes. Source: the lexicons of com.atproto.repo and app.bsky.feed."""

    kind, limit = "bluesky", 300
    post_uri, root_uri = "at://did:plc:kasia/app.bsky.feed.post/3kpost", "at://did:plc:kasia/app.bsky.feed.post/3kroot"

    def __init__(self) -> None:
        super().__init__()
        self.records: dict[tuple[str, str], dict[str, Any]] = {}
        self.signed_in = 0
        self.closed = False

    def settings(self) -> SourceSettings:
        from collector.bluesky import Settings

        secret = {"env": "CZUJKA_TEST_TOKEN"}
        own = {"account": "polna.example", "handle": "polna.example", "app_password": secret, "server": self.server.url}
        return Settings.model_validate({**self.shared(), **own, "pds": self.server.url})

    def target(self) -> Target:
        return post("bluesky", self.post_uri, cid="an older one")

    def answer(self, request: Request) -> Reply:
        method = request.path.removeprefix("/xrpc/")
        if method in ("com.atproto.server.createSession", "com.atproto.server.refreshSession"):
            return self._session(request)
        if request.headers["authorization"] != f"Bearer access-{self.signed_in}":
            return shown({"error": "ExpiredToken", "message": "Token has expired"}, 400)
        if method == "app.bsky.feed.getPosts":
            assert request.query["uris"] == self.post_uri
            root = {"uri": self.root_uri, "cid": "cid-of-root"}
            viewer = {"replyDisabled": True} if self.closed else {}
            view = {"uri": self.post_uri, "cid": "cid-of-post", "record": {"reply": {"root": root}}, "viewer": viewer}
            return shown({"posts": [] if self.gone else [view]})
        if method == "com.atproto.repo.getRecord":
            return self._record(request.query["repo"], request.query["collection"], request.query["rkey"])
        assert method == "com.atproto.repo.putRecord", method
        return self._put(json.loads(request.body))

    def _session(self, request: Request) -> Reply:
        if "createSession" in request.path:
            assert json.loads(request.body) == {"identifier": "polna.example", "password": TOKEN}
        self.signed_in += 1
        return shown({"accessJwt": f"access-{self.signed_in}", "refreshJwt": "refresh"})

    def _record(self, repo: str, collection: str, rkey: str) -> Reply:
        assert (repo, collection) == ("polna.example", "app.bsky.feed.post")
        uri = f"at://did:plc:polna/{collection}/{rkey}"
        if (collection, rkey) not in self.records or self.hides_from_reading:
            return shown({"error": "RecordNotFound", "message": f"Could not locate record: {uri}"}, 400)
        return shown({"uri": uri, "cid": "cid", "value": self.records[collection, rkey]})

    def _put(self, body: dict[str, Any]) -> Reply:
        record, place = body["record"], (body["collection"], body["rkey"])
        assert body["repo"] == "polna.example"
        assert record["$type"] == body["collection"]
        assert datetime.fromisoformat(record["createdAt"]).tzinfo is not None
        assert len(body["rkey"]) == 13
        assert set(body["rkey"]) <= set("234567abcdefghijklmnopqrstuvwxyz")
        parent = {"uri": self.post_uri, "cid": "cid-of-post"}
        if place[0] == "app.bsky.feed.like":
            assert record["subject"] == parent
            self.likes += [] if place in self.records else [self.post_uri]
        else:
            assert record["reply"] == {"parent": parent, "root": {"uri": self.root_uri, "cid": "cid-of-root"}}
            for facet in record.get("facets", []):
                said = record["text"].encode()[facet["index"]["byteStart"] : facet["index"]["byteEnd"]].decode()
                assert said in (facet["features"][0].get("uri"), f"#{facet['features'][0].get('tag')}")
            self.took += [] if place in self.records else [record["text"]]
        self.records[place] = record
        return shown({"uri": f"at://did:plc:polna/{place[0]}/{place[1]}", "cid": "cid", "validationStatus": "valid"})


class RedditThere(Social):
    """Comments under a post; refuses within a 200. Source: Reddit API, "/api/comment", "/comments/article"."""

    kind, limit, likes_posts = "reddit", 10_000, False

    def __init__(self) -> None:
        super().__init__()
        self.refusal: list[str] = []

    def settings(self) -> SourceSettings:
        from collector.reddit import Settings

        secret = {"env": "CZUJKA_TEST_TOKEN"}
        own = {"client_id": "app", "client_secret": secret, "account": "polna", "username": "polna", "password": secret}
        return Settings.model_validate({**self.shared(), **own, "server": self.server.url, "oauth_server": self.server.url})

    def target(self) -> Target:
        return post("reddit", "t1_q1", link_id="t3_p1", parent_id="t3_p1")

    def answer(self, request: Request) -> Reply:
        if request.path == "/api/v1/access_token":
            form = dict(parse_qsl(request.body.decode()))
            assert (form["grant_type"], form["username"], form["password"]) == ("password", "polna", TOKEN)
            return shown({"access_token": "token-1", "expires_in": 86_400, "scope": "*", "token_type": "bearer"})
        assert request.headers["authorization"] == "Bearer token-1"
        assert "self-hosted" in request.headers["user-agent"]
        if request.method == "GET":
            assert (request.path, request.query["comment"], request.query["raw_json"]) == ("/comments/p1", "q1", "1")
            return shown([{"kind": "Listing", "data": {"children": []}}, {"kind": "Listing", "data": {"children": [self._tree()]}}])
        form = dict(parse_qsl(request.body.decode(), keep_blank_values=True))
        assert (request.path, form["thing_id"], form["api_type"]) == ("/api/comment", "t1_q1", "json")
        if self.gone or self.refusal:
            refused = self.refusal or ["DELETED_COMMENT", "that comment has been deleted", "parent"]
            return shown({"json": {"errors": [refused], "ratelimit": 540.0}})
        self.took.append(form["text"])
        return shown({"json": {"errors": [], "data": {"things": [self._comment(len(self.took))]}}})

    def _comment(self, number: int) -> dict[str, Any]:
        said = {"name": f"t1_a{number}", "author": "polna", "parent_id": "t1_q1", "body": self.took[number - 1]}
        return {"kind": "t1", "data": {**said, "created_utc": self.now.timestamp()}}

    def _tree(self) -> dict[str, Any]:
        """What was asked, with what we answered under it."""
        ours = [] if self.hides_from_reading else [self._comment(n) for n in range(1, len(self.took) + 1)]
        replies = {"kind": "Listing", "data": {"children": ours}} if ours else ""
        asked = {"name": "t1_q1", "author": "kasia", "parent_id": "t3_p1", "body": "gdzie moja paczka?", "created_utc": NOW.timestamp()}
        return {"kind": "t1", "data": {**asked, "replies": replies}}


KINDS: tuple[type[Social], ...] = (MastodonThere, FacebookThere, InstagramThere, XThere, BlueskyThere, RedditThere)
