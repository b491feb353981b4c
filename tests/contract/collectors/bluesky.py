"""Bluesky: an account's feed with threads, from the public server; and search, which is signed in and whose tokens expire."""

import json
from datetime import timedelta
from itertools import count
from typing import Any
from urllib.parse import parse_qs

from collector.bluesky import Settings
from tests.fakes.platform import Feature, Platform, Post, expect, reply_json
from tests.fakes.server import Reply, Request

OURS, STRANGER = ("did:plc:ours", "polna.example.com"), ("did:plc:stranger", "jan.example.org")
_numbers = count(1)
COMMON = frozenset(Feature) - {Feature.CONDITIONAL, Feature.EDITS, Feature.COMMENTS, Feature.SECRET}


class _Network(Platform):
    kind = "bluesky"

    def external_id(self, post: Post) -> str:
        return f"at://{self.author(post)[0]}/app.bsky.feed.post/{post.number}"

    def author(self, post: Post) -> tuple[str, str]:
        return OURS if post.ours else STRANGER

    def rate_limited(self, reset_at: Any) -> Reply:
        return Reply(429, b'{"error":"RateLimitExceeded"}', {"RateLimit-Reset": str(int(reset_at.timestamp()))})

    def refusals(self) -> list[Reply]:
        return [
            reply_json({"error": "AuthMissing"}, 401),
            Reply(403, b"<html>"),
            reply_json({"error": "ExpiredToken", "message": "x"}, 400),
        ]

    def view(self, post: Post) -> dict[str, Any]:
        did, handle = self.author(post)
        text = f"{post.text} czytaj: polna.example/ak…"
        start = len(f"{post.text} czytaj: ".encode())
        link = {"$type": "app.bsky.richtext.facet#link", "uri": "https://polna.example/aktualnosci"}
        record: dict[str, Any] = {
            "$type": "app.bsky.feed.post",
            "text": None if post.broken else text,
            "createdAt": post.created_at.isoformat().replace("+00:00", ".000000Z"),
            "langs": ["pl"],
            "facets": [{"index": {"byteStart": start, "byteEnd": len(text.encode())}, "features": [link]}],
        }
        if post.parent:
            parent = {"uri": self.external_id(self.posts[post.parent - 1]), "cid": "x"}
            record["reply"] = {"root": parent, "parent": parent}
        return {
            "uri": self.external_id(post),
            "cid": f"cid{post.number}",
            "author": {"did": did, "handle": handle, "displayName": "Mleczarnia Polna"},
            "record": record,
            "replyCount": len(self.under(post)),
            "likeCount": 2,
            "indexedAt": (post.created_at + timedelta(seconds=1)).isoformat(),
        }

    def listed(self) -> list[Post]:
        return self.shown()

    def page(self, request: Request) -> tuple[list[Post], dict[str, str]]:
        """A page of the list and its cursor: the place of its last post, so that new posts shift nothing."""
        cursor = request.query.get("cursor", "")
        posts = [post for post in self.listed() if not cursor or self._place(post) < cursor.removesuffix("!")]
        if cursor and Feature.EMPTY_PAGES in self.quirks and not cursor.endswith("!"):
            return [], {"cursor": f"{cursor}!"}
        size = self.page_size - 1 if Feature.SHORT_PAGES in self.quirks else self.page_size
        return posts[:size], {"cursor": self._place(posts[size - 1])} if len(posts) > size else {}

    def _place(self, post: Post) -> str:
        return f"{post.created_at.isoformat()}::{post.number:09}"

    def again(self, request: Request) -> Reply:
        """getPosts: those that still exist, in no order."""
        expect("authorization" not in request.headers, "no session")
        uris = parse_qs("&".join(f"{name}={value}" for name, value in request.pairs)).get("uris", [])
        expect(1 <= len(uris) <= 25 and {name for name, _ in request.pairs} == {"uris"}, "1 to 25 uris")
        return reply_json({"posts": [self.view(post) for post in self.shown() if self.external_id(post) in uris]})


class Account(_Network):
    name = "bluesky-account"
    features = COMMON | {Feature.COMMENTS}
    requires = ("/xrpc/app.bsky.feed.getAuthorFeed",)

    def settings(self) -> Settings:
        return Settings(
            id="us", kind="bluesky", account="@polna.example.com", server=self.server.url, pds=self.server.url, scope="official"
        )

    def publish(self, count: int = 1, *, ours: bool = False, under: Post | None = None, ago: timedelta | None = None) -> list[Post]:
        return super().publish(count, ours=ours or under is None, under=under, ago=ago)

    def disappearances(self) -> list[Reply]:
        return [*super().disappearances(), reply_json({"error": "InvalidRequest", "message": "Profile not found"}, 400)]

    def listed(self) -> list[Post]:
        return [post for post in self.shown() if post.ours]

    def answer(self, request: Request) -> Reply:
        expect(request.method == "GET" and "authorization" not in request.headers, "GET without a session")
        method = request.path.removeprefix("/xrpc/app.bsky.feed.")
        if method == "getPosts":
            return self.again(request)
        if method == "getPostThread":
            return self._thread(request)
        expect(method == "getAuthorFeed", "feed, posts or thread")
        wanted = {"actor": "polna.example.com", "filter": "posts_with_replies", "limit": "100"}
        expect({name: value for name, value in request.query.items() if name != "cursor"} == wanted, f"{wanted}")
        posts, cursor = self.page(request)
        return reply_json({"feed": [*self._boosts(request), *({"post": self.view(post)} for post in posts)]} | cursor)

    def _boosts(self, request: Request) -> list[dict[str, Any]]:
        """The first page begins with a pin and with somebody else's post that we passed on."""
        if "cursor" in request.query or not self.listed():
            return []
        alien = Post(number=0, text="cudzy wpis", created_at=self.now - timedelta(days=90))
        repost = {"$type": "app.bsky.feed.defs#reasonRepost", "by": {"did": OURS[0]}, "indexedAt": self.now.isoformat()}
        pin = {"post": self.view(self.listed()[-1]), "reason": {"$type": "app.bsky.feed.defs#reasonPin"}}
        return [pin, {"post": self.view(alien), "reason": repost}]

    def _thread(self, request: Request) -> Reply:
        expect(request.query.get("parentHeight") == "0" and int(request.query.get("depth", "0")) > 5, "a deep thread without parents")
        found = [post for post in self.shown() if self.external_id(post) == request.query.get("uri")]
        if not found:
            return reply_json({"error": "NotFound", "message": "Post not found"}, 400)
        replies: list[dict[str, Any]] = [
            {"$type": "app.bsky.feed.defs#threadViewPost", "post": self.view(post), "replies": []} for post in self.under(found[0])
        ]
        replies.append({"$type": "app.bsky.feed.defs#blockedPost", "uri": "at://x", "blocked": True, "author": {"did": "did:plc:x"}})
        replies.append({"$type": "app.bsky.feed.defs#notFoundPost", "uri": "at://y", "notFound": True})
        return reply_json({"thread": {"$type": "app.bsky.feed.defs#threadViewPost", "post": self.view(found[0]), "replies": replies}})


class Search(_Network):
    """Tokens expire whenever time passes; the refresh token is good for one new pair."""

    name = "bluesky-search"
    features = COMMON | {Feature.SECRET}
    requires = ("/xrpc/com.atproto.server.createSession", "/xrpc/app.bsky.feed.searchPosts")

    def __init__(self) -> None:
        super().__init__()
        self.pair = 0
        # sessions outlive a source, and a later server may stand on the same port
        self.handle = f"czujka{next(_numbers)}.example.com"
        self.expired = False

    def settings(self) -> Settings:
        return Settings(
            id="search",
            kind="bluesky",
            search="Mleczarnia Polna",
            handle=self.handle,
            app_password={"env": "CZUJKA_TEST_SECRET"},
            server=self.server.url,
            pds=self.server.url,
            ours=("polna.example.com", "Mleczarnia Polna"),
        )

    def pass_time(self, time: timedelta = timedelta(minutes=10)) -> None:
        super().pass_time(time)
        self.expired = True

    def answer(self, request: Request) -> Reply:
        method = request.path.removeprefix("/xrpc/")
        if method == "app.bsky.feed.getPosts":
            return self.again(request)
        if method == "com.atproto.server.createSession":
            expect(request.method == "POST", "POST")
            expect(json.loads(request.body) == {"identifier": self.handle, "password": self.secret}, "handle and app password")
            return self._tokens()
        if method == "com.atproto.server.refreshSession":
            expect(request.headers.get("authorization") == f"Bearer refresh-{self.pair}", "the refresh token")
            return self._tokens()
        expect(request.method == "GET" and method == "app.bsky.feed.searchPosts", "a search")
        expect(request.headers.get("authorization") == f"Bearer access-{self.pair}", "the access token")
        if self.expired:
            return reply_json({"error": "ExpiredToken", "message": "Token has expired"}, 400)
        wanted = {"q": "Mleczarnia Polna", "sort": "latest", "limit": "100"}
        expect({name: value for name, value in request.query.items() if name != "cursor"} == wanted, f"{wanted}")
        posts, cursor = self.page(request)
        return reply_json({"posts": [self.view(post) for post in posts]} | cursor)

    def _tokens(self) -> Reply:
        self.pair, self.expired = self.pair + 1, False
        return reply_json({"accessJwt": f"access-{self.pair}", "refreshJwt": f"refresh-{self.pair}", "did": "did:plc:c", "handle": "c"})
