"""X: an account with the answers to it, mentions of it, and search; ids hold the time, and an edit is a new id."""

from abc import abstractmethod
from datetime import datetime, timedelta
from typing import Any

from collector.x import Settings
from tests.fakes.platform import Feature, Platform, Post, expect, reply_json
from tests.fakes.server import Reply, Request

OURS, STRANGER = ("1001", "polna"), ("2002", "jan")
COMMON = frozenset(Feature) - {Feature.CONDITIONAL, Feature.CLAIMS}
EPOCH_MS = 1_288_834_974_657


class _X(Platform):
    kind = "x"
    listing: str
    token = "pagination_token"
    programs = False
    """Whether the programs of our own posts are asked for, in what is not search."""
    tells_program = False

    @abstractmethod
    def settings(self) -> Settings:
        raise AssertionError

    def made(self, **more: Any) -> Settings:
        return Settings(id="x", kind="x", token={"env": "CZUJKA_TEST_SECRET"}, recheck="5m", server=self.server.url, **more)

    def external_id(self, post: Post) -> str:
        return self.id_at(post.created_at, post)

    def id_at(self, time: datetime, post: Post) -> str:
        return str(((int(time.timestamp() * 1000) - EPOCH_MS) << 22) + post.number)

    def latest(self, post: Post) -> str:
        return self.id_at(post.edited_at or post.created_at, post)

    def rate_limited(self, reset_at: datetime) -> Reply:
        problem = {"title": "Too Many Requests", "type": "about:blank", "status": 429}
        return reply_json(problem, 429, x_rate_limit_reset=str(int(reset_at.timestamp())), x_rate_limit_remaining="0")

    def refusals(self) -> list[Reply]:
        enrolled = {"reason": "client-not-enrolled", "type": "https://api.twitter.com/2/problems/client-forbidden"}
        return [reply_json({"title": "Unauthorized", "type": "about:blank", "status": 401}, 401), reply_json(enrolled, 403)]

    def disappearances(self) -> list[Reply]:
        missing = {"resource_type": "user", "type": "https://api.x.com/2/problems/resource-not-found", "title": "Not Found Error"}
        return [*super().disappearances(), reply_json({"errors": [missing]})]

    def listed(self) -> list[Post]:
        return self.shown()

    def answer(self, request: Request) -> Reply:
        expect(request.method == "GET", "GET")
        expect(request.headers.get("authorization") == f"Bearer {self.secret}", "the bearer token")
        path = request.path.removeprefix("/2/")
        if path == "users/by/username/polna":
            return reply_json({"data": {"id": OURS[0], "username": OURS[1], "name": "Mleczarnia Polna"}})
        expect("author_id" in request.query.get("expansions", ""), "authors are asked for")
        expect("note_tweet" in request.query.get("tweet.fields", ""), "long posts are asked for")
        self.tells_program = "source" in request.query.get("tweet.fields", "").split(",")
        expect(self.tells_program == (self.programs and "search" not in path), "programs of our own account alone")
        if path == "tweets":
            return self._again(request)
        expect(10 <= int(request.query.get("max_results", "0")) <= 100, "10 to 100 a page")
        if path == "tweets/search/recent" and "conversation_id" in request.query.get("query", ""):
            return self._conversations(request)
        expect(path == self.listing, f"{self.listing}")
        self.check_list(request)
        return self._page(request, self.listed(), self.token)

    def check_list(self, request: Request) -> None:
        """What else the list must be asked with."""

    def _conversations(self, request: Request) -> Reply:
        expect(len(request.query["query"]) <= 512, "512 characters at most")
        expect("-from:1001" in request.query["query"], "our own answers come with the timeline: they are not paid for twice")
        shown = [post for post in self.shown() if post.parent and not post.ours]
        asked = [
            post for post in shown if f"conversation_id:{self.external_id(self.posts[(post.parent or 0) - 1])}" in request.query["query"]
        ]
        return self._page(request, asked, "next_token")

    def _page(self, request: Request, posts: list[Post], token: str) -> Reply:
        since = int(request.query.get("since_id", "0"))
        after = request.query.get(token, "")
        expect(not {"pagination_token", "next_token"} - {token} & set(request.query), f"{token} and no other")
        posts = sorted((post for post in posts if int(self.latest(post)) > since), key=lambda post: int(self.latest(post)), reverse=True)
        left = [post for post in posts if not after or int(self.latest(post)) < int(after.removesuffix("b"))]
        if after and Feature.EMPTY_PAGES in self.quirks and not after.endswith("b"):
            return reply_json({"meta": {"result_count": 0, "next_token": f"{after}b"}})
        size = self.page_size - 1 if Feature.SHORT_PAGES in self.quirks else self.page_size
        more = {"next_token": self.latest(left[size - 1])} if len(left) > size else {}
        return self._rendered(left[:size], {"meta": {"result_count": len(left[:size])} | more})

    def _rendered(self, posts: list[Post], rest: dict[str, Any]) -> Reply:
        """An answer without posts has no data at all."""
        users = [{"id": user[0], "username": user[1], "name": "N", "public_metrics": {"followers_count": 12}} for user in (OURS, STRANGER)]
        found = {"data": [self.post(post) for post in posts], "includes": {"users": users}} if posts else {}
        return reply_json(found | rest, x_rate_limit_limit="900", x_rate_limit_remaining="890")

    def post(self, post: Post) -> dict[str, Any]:
        author = OURS if post.ours else STRANGER
        history = [self.external_id(post), *([self.latest(post)] if post.edited_at else [])]
        root = self.external_id(self.posts[post.parent - 1]) if post.parent else self.external_id(post)
        escaped = post.text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        long = {"note_tweet": {"text": escaped}} if post.number % 2 else {}
        answers = {"referenced_tweets": [{"type": "replied_to", "id": root}]} if post.parent else {}
        return {
            "id": history[-1],
            "text": None if post.broken else f"{escaped[:12]}…" if long else escaped,
            "author_id": author[0],
            "created_at": (post.edited_at or post.created_at).isoformat().replace("+00:00", ".000Z"),
            "conversation_id": root,
            "edit_history_tweet_ids": history,
            "lang": "pl",
            "public_metrics": {"like_count": 3, "retweet_count": 1, "reply_count": 0},
            **({"source": "Planer Polnej"} if self.tells_program else {}),
            **({} if post.broken else long),
            **answers,
        }

    def _again(self, request: Request) -> Reply:
        ids = request.query["ids"].split(",")
        expect(1 <= len(ids) <= 100, "1 to 100 ids")
        found = [post for post in self.shown() if self.external_id(post) in ids]
        gone = [known for known in ids if known not in {self.external_id(post) for post in found}]
        problem = {"type": "https://api.twitter.com/2/problems/resource-not-found", "title": "Not Found Error", "resource_type": "tweet"}
        errors = [problem | {"resource_id": known, "value": known, "parameter": "ids"} for known in gone]
        return self._rendered(found, {"errors": errors} if errors else {"meta": {}})


class Timeline(_X):
    name = "x-account"
    programs = True
    listing = "users/1001/tweets"
    features = COMMON
    requires = ("/2/users/by/username/polna", "/2/users/1001/tweets")

    def settings(self) -> Settings:
        return self.made(account="@polna", scope="official")

    def publish(self, count: int = 1, *, ours: bool = False, under: Post | None = None, ago: timedelta | None = None) -> list[Post]:
        return super().publish(count, ours=ours or under is None, under=under, ago=ago)

    def listed(self) -> list[Post]:
        return [post for post in self.shown() if post.ours]

    def check_list(self, request: Request) -> None:
        expect(request.query.get("exclude") == "retweets", "what we pass on is somebody else's")


class Mentions(_X):
    name = "x-mentions"
    listing = "users/1001/mentions"
    features = COMMON - {Feature.COMMENTS, Feature.OURS}
    requires = ("/2/users/1001/mentions",)

    def settings(self) -> Settings:
        return self.made(account="1001", posts=False, mentions=True)


class Search(_X):
    """The last seven days only."""

    name = "x-search"
    listing = "tweets/search/recent"
    token = "next_token"
    features = COMMON - {Feature.COMMENTS, Feature.OURS, Feature.HISTORY}
    requires = ("/2/tweets/search/recent",)

    def settings(self) -> Settings:
        return self.made()

    def check_list(self, request: Request) -> None:
        expect(request.query.get("query") == '("Mleczarnia Polna" OR "jaźń") -is:retweet', "the brand's terms")
        if "since_id" in request.query:
            oldest = self.id_at(self.now - timedelta(days=7), Post(0, "", self.now))
            expect(int(request.query["since_id"]) > int(oldest), "no more than seven days")
