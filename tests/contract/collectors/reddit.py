"""Reddit: a subreddit with its comments, search, an account with the trees under its posts, and an inbox."""

from abc import abstractmethod
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

from collector.reddit import Settings
from tests.fakes.platform import Feature, Platform, Post, expect, reply_json
from tests.fakes.server import Reply, Request

OURS, STRANGER = "polna", "jan"
COMMON = frozenset(Feature) - {Feature.CONDITIONAL, Feature.CLAIMS}


class _Reddit(Platform):
    """Tokens are good until time passes. Lists are newest first and paged by `after`; what is deleted keeps its place."""

    kind = "reddit"

    def __init__(self) -> None:
        super().__init__()
        self.token = 0
        self.issued: datetime | None = None

    def made(self, **more: Any) -> Settings:
        secret = {"env": "CZUJKA_TEST_SECRET"}
        return Settings(
            id="r", kind="reddit", client_id="app", client_secret=secret, server=self.server.url, oauth_server=self.server.url, **more
        )

    @abstractmethod
    def settings(self) -> Settings:
        raise AssertionError

    def external_id(self, post: Post) -> str:
        return f"{'t1' if post.parent else 't3'}_{post.number:x}"

    def rate_limited(self, reset_at: datetime) -> Reply:
        left = (reset_at - self.now).total_seconds()
        return Reply(429, b"{}", {"x-ratelimit-remaining": "0.0", "x-ratelimit-used": "100", "x-ratelimit-reset": str(left)})

    def refusals(self) -> list[Reply]:
        return [reply_json({"message": "Unauthorized", "error": 401}, 401), reply_json({"reason": "private", "error": 403}, 403)]

    def answer(self, request: Request) -> Reply:
        if request.path == "/api/v1/access_token":
            return self._sign_in(request)
        fresh = request.headers.get("authorization") == f"bearer token-{self.token}" and self.issued == self.now
        if not fresh:
            return reply_json({"message": "Unauthorized", "error": 401}, 401)
        expect(request.method == "GET" and request.query.get("raw_json") == "1", "GET with raw_json=1")
        if request.path == "/api/info":
            asked = request.query["id"].split(",")
            expect(1 <= len(asked) <= 100, "1 to 100 names")
            return self._listing([post for post in self.shown() if self.external_id(post) in asked], "")
        return self.listed(request)

    def _sign_in(self, request: Request) -> Reply:
        expect(request.headers.get("authorization", "").startswith("Basic "), "the app's id and secret")
        self.check_grant(parse_qs(request.body.decode()))
        self.token, self.issued = self.token + 1, self.now
        return reply_json({"access_token": f"token-{self.token}", "expires_in": 86400, "scope": "*", "token_type": "bearer"})

    def check_grant(self, form: dict[str, list[str]]) -> None:
        expect(form["grant_type"] == ["client_credentials"], "an app alone needs no account")

    @abstractmethod
    def listed(self, request: Request) -> Reply:
        raise AssertionError

    def page(self, request: Request, posts: list[Post]) -> Reply:
        expect(request.query.get("limit") == "100", "limit=100")
        after = request.query.get("after", "")
        place = {self.external_id(post): at for at, post in enumerate(posts, 1)}
        left = posts[place.get(after.removesuffix("!"), 0) :]
        if after and Feature.EMPTY_PAGES in self.quirks and not after.endswith("!"):
            return self._listing([], f"{after}!")
        size = self.page_size - 1 if Feature.SHORT_PAGES in self.quirks else self.page_size
        return self._listing(left[:size], self.external_id(left[size - 1]) if len(left) > size else "")

    def _listing(self, posts: list[Post], after: str) -> Reply:
        """Some answers tell of the window, some do not."""
        told = {"x-ratelimit-used": "3", "x-ratelimit-remaining": "97.0", "x-ratelimit-reset": "411"} if after else {}
        reply = reply_json(self.listing([self.thing(post) for post in posts], after))
        return replace(reply, headers=reply.headers | told)

    def listing(self, things: list[Any], after: str = "") -> dict[str, Any]:
        return {"kind": "Listing", "data": {"children": things, "after": after or None, "before": None}}

    def thing(self, post: Post) -> dict[str, Any]:
        author = OURS if post.ours else STRANGER
        data: dict[str, Any] = {
            "id": f"{post.number:x}",
            "name": self.external_id(post),
            "author": author,
            "author_fullname": f"t2_{author}",
            "created_utc": post.created_at.timestamp(),
            "edited": post.edited_at.timestamp() if post.edited_at else False,
            "score": 4,
        }
        if post.parent:
            root = self.external_id(self.posts[post.parent - 1])
            comment = {"body": None if post.broken else post.text, "link_id": root, "parent_id": root, "replies": ""}
            return {"kind": "t1", "data": data | comment}
        body = {"title": "Pytanie", "selftext": None if post.broken else post.text, "permalink": f"/r/Polska/comments/{post.number:x}/p/"}
        return {"kind": "t3", "data": data | body | {"num_comments": len(self.under(post))}}


class Subreddit(_Reddit):
    name = "reddit-subreddit"
    features = COMMON - {Feature.COMMENTS, Feature.OURS}
    requires = ("/r/Polska+warszawa/new", "/r/Polska+warszawa/comments")

    def settings(self) -> Settings:
        return self.made(subreddits=("Polska", "r/warszawa"))

    def listed(self, request: Request) -> Reply:
        expect(request.path in self.requires, f"one of {self.requires}")
        if request.path.endswith("/comments"):
            return self.page(request, [post for post in self.shown() if post.parent])
        return self.page(request, [post for post in self.shown() if not post.parent])


class Search(_Reddit):
    name = "reddit-search"
    features = COMMON - {Feature.COMMENTS, Feature.OURS}
    requires = ("/search",)

    def settings(self) -> Settings:
        return self.made(search="")

    def listed(self, request: Request) -> Reply:
        expect(request.path == "/search" and request.query.get("sort") == "new", "the newest first")
        expect(request.query.get("q") == '"Mleczarnia Polna" OR "jaźń"', "the brand's terms")
        return self.page(request, self.shown())


class Account(_Reddit):
    """Trees show a few comments and leave out the rest; one of those that they leave out hides a thread of its own."""

    name = "reddit-account"
    features = COMMON
    requires = ("/user/polna/overview",)

    def settings(self) -> Settings:
        return self.made(account="u/polna", scope="official")

    def publish(self, count: int = 1, *, ours: bool = False, under: Post | None = None, ago: timedelta | None = None) -> list[Post]:
        return super().publish(count, ours=ours or under is None, under=under, ago=ago)

    def listed(self, request: Request) -> Reply:
        if request.path == "/user/polna/overview":
            return self.page(request, [post for post in self.shown() if post.ours])
        if request.path == "/api/morechildren":
            asked = request.query["children"].split(",")
            expect(1 <= len(asked) <= 100, "1 to 100 comments")
            things = [self.thing(post) for post in self.shown() if post.parent and f"{post.number:x}" in asked]
            return reply_json({"json": {"errors": [], "data": {"things": things}}})
        expect(request.path.startswith("/comments/"), "overview, tree or more of a tree")
        post = next((post for post in self.shown() if self.external_id(post) == f"t3_{request.path.removeprefix('/comments/')}"), None)
        if post is None:
            return reply_json({"message": "Not Found", "error": 404}, 404)
        answers = self.under(post)
        shown: list[Any] = [self.thing(answer) for answer in answers[: self.page_size]]
        if len(answers) > self.page_size:
            left = [f"{answer.number:x}" for answer in answers[self.page_size :]]
            stub = {"children": left, "count": len(left) + 2, "id": left[0], "name": f"t1_{left[0]}", "parent_id": self.external_id(post)}
            shown.append({"kind": "more", "data": stub})
        return reply_json([self.listing([self.thing(post)]), self.listing(shown)])


class Inbox(_Reddit):
    name = "reddit-inbox"
    features = COMMON - {Feature.COMMENTS, Feature.OURS, Feature.EDITS, Feature.DELETIONS}
    requires = ("/message/mentions", "/message/comments", "/message/selfreply")

    def settings(self) -> Settings:
        return self.made(inbox=True, username="polna", password={"env": "CZUJKA_TEST_SECRET"})

    def external_id(self, post: Post) -> str:
        return f"t1_{post.number:x}"

    def check_grant(self, form: dict[str, list[str]]) -> None:
        expect(form["grant_type"] == ["password"] and form["username"] == ["polna"], "the account's own sign-in")

    def listed(self, request: Request) -> Reply:
        expect(request.path in self.requires, f"one of {self.requires}")
        return self.page(request, self.shown() if request.path == "/message/mentions" else [])

    def thing(self, post: Post) -> dict[str, Any]:
        """Comments in the inbox have no link_id: where they stand is in their link."""
        made = super().thing(post)
        data = {name: made["data"][name] for name in ("id", "name", "author", "created_utc")}
        body = {"body": None if post.broken else post.text, "context": f"/r/Polska/comments/abc/p/{post.number:x}/?context=3"}
        return {"kind": "t1", "data": data | body | {"subject": "username mention", "was_comment": True}}
