"""A Mastodon server: a hashtag, an account with the replies to it, and mentions of us."""

from datetime import timedelta
from html import escape
from typing import Any

from collector.mastodon import Settings
from tests.fakes.platform import Feature, Platform, Post, expect, reply_json
from tests.fakes.server import Reply, Request

OURS, STRANGER = "polna", "jan"
COMMON = frozenset(Feature) - {Feature.LATE_FAR, Feature.CONDITIONAL, Feature.COMMENTS, Feature.OURS, Feature.SECRET}


class _Server(Platform):
    """Ids hold the time, so that what arrives late has a small one. Pages are by min_id (forward) and max_id (backward)."""

    kind = "mastodon"
    list_path: str

    def id(self, post: Post) -> str:
        return str((int(post.created_at.timestamp() * 1000) << 16) + post.number)

    def external_id(self, post: Post) -> str:
        return f"https://social.example/users/{self.author(post)}/statuses/{self.id(post)}"

    def author(self, post: Post) -> str:
        return OURS if post.ours else STRANGER

    def rate_limited(self, reset_at: Any) -> Reply:
        return Reply(429, b'{"error":"Too many requests"}', {"X-RateLimit-Reset": reset_at.isoformat().replace("+00:00", ".000000Z")})

    def refusals(self) -> list[Reply]:
        members_only = reply_json({"error": "This method requires an authenticated user"}, 422)
        return [reply_json({"error": "The access token is invalid"}, 401), Reply(403, b"<html>"), members_only]

    def listed(self) -> list[Post]:
        return sorted((post for post in self.shown()), key=self.id, reverse=True)

    def answer(self, request: Request) -> Reply:
        expect(request.method == "GET", "GET")
        self.check_token(request)
        if request.path == self.list_path:
            return self._page(request)
        return self._status(request.path.removeprefix("/api/v1/statuses/"))

    def check_token(self, request: Request) -> None:
        expect("authorization" not in request.headers, "no credentials where none are needed")

    def _status(self, status_id: str) -> Reply:
        found = [post for post in self.shown() if self.id(post) == status_id]
        return reply_json(self.status(found[0])) if found else reply_json({"error": "Record not found"}, 404)

    def _page(self, request: Request) -> Reply:
        query = dict(request.query)
        expect(query.pop("limit", "") == "40", "limit=40")
        self.check_list(query)
        minimum, maximum = query.pop("min_id", None), query.pop("max_id", None)
        expect(not query and not (minimum and maximum), "min_id or max_id and nothing else")
        size = self.page_size - 1 if Feature.SHORT_PAGES in self.quirks else self.page_size
        posts = [
            post
            for post in self.listed()
            if (minimum is None or int(self.id(post)) > int(minimum)) and (maximum is None or int(self.id(post)) < int(maximum))
        ]
        if maximum and Feature.EMPTY_PAGES in self.quirks and posts and int(maximum) % 2**16 > 1000:
            return self._linked([], request, str(int(maximum) - 1100), None)
        page = posts[-size:] if minimum is not None else posts[:size]
        older = self.id(page[-1]) if page and (minimum is not None or len(posts) > size) else None
        return self._linked([self.entry(post) for post in page], request, self._hole(older), self.id(page[0]) if page else None)

    def _hole(self, older: str | None) -> str | None:
        """With empty pages, the way back leads over a page on which everything was filtered out."""
        return str(int(older) + 1100 - int(older) % 2**16) if older and Feature.EMPTY_PAGES in self.quirks else older

    def _linked(self, entries: list[Any], request: Request, older: str | None, newer: str | None) -> Reply:
        links = [f'<https://elsewhere.example{request.path}?limit=40&max_id={older}>; rel="next"'] if older else []
        links += [f'<https://elsewhere.example{request.path}?limit=40&min_id={newer}>; rel="prev"'] if newer else []
        left = {"X-RateLimit-Limit": "300", "X-RateLimit-Remaining": "299", "X-RateLimit-Reset": "2026-03-10T12:05:00.000Z"}
        return Reply(
            200, reply_json(entries).body, {"Content-Type": "application/json"} | ({"Link": ", ".join(links)} if links else {}) | left
        )

    def check_list(self, query: dict[str, str]) -> None:
        """Take what this list asks for besides paging out of the query."""

    def entry(self, post: Post) -> dict[str, Any]:
        return self.status(post)

    def status(self, post: Post) -> dict[str, Any]:
        author = self.author(post)
        text = escape(post.text, quote=False)
        parent = self.posts[post.parent - 1] if post.parent else None
        return {
            "id": self.id(post),
            "uri": self.external_id(post),
            "url": f"https://social.example/@{author}/{self.id(post)}",
            "created_at": "yesterday" if post.broken else post.created_at.isoformat().replace("+00:00", ".000Z"),
            "edited_at": post.edited_at.isoformat() if post.edited_at else None,
            "in_reply_to_id": self.id(parent) if parent else None,
            "visibility": "public",
            "language": "pl",
            "spoiler_text": "",
            "content": f'<p><a href="https://social.example/tags/polna" rel="tag">#<span>polna</span></a> {text}</p>',
            "reblog": None,
            "account": {
                "id": "11" if post.ours else "22",
                "acct": author,
                "display_name": "Mleczarnia Polna",
                "url": f"https://social.example/@{author}",
                "uri": f"https://social.example/users/{author}",
                "followers_count": 7,
            },
            "media_attachments": [],
            "replies_count": len(self.under(post)),
            "reblogs_count": 0,
            "favourites_count": 3,
        }


class Tag(_Server):
    name = "mastodon-tag"
    features = COMMON
    list_path = "/api/v1/timelines/tag/polna"
    requires = (list_path,)

    def settings(self) -> Settings:
        return Settings(id="tag", kind="mastodon", server=self.server.url, tag="#polna")


class Account(_Server):
    """The account's own posts, its replies to itself among them, and what others write under them."""

    name = "mastodon-account"
    features = COMMON | {Feature.COMMENTS, Feature.OURS}
    list_path = "/api/v1/accounts/11/statuses"
    requires = ("/api/v1/accounts/lookup", list_path)

    def settings(self) -> Settings:
        # everybody here calls themselves "Mleczarnia Polna": a display name makes nobody ours
        ours = ("Mleczarnia Polna",)
        return Settings(id="us", kind="mastodon", server=self.server.url, account="@polna@social.example", scope="official", ours=ours)

    def publish(self, count: int = 1, *, ours: bool = False, under: Post | None = None, ago: timedelta | None = None) -> list[Post]:
        return super().publish(count, ours=ours or under is None, under=under, ago=ago)

    def listed(self) -> list[Post]:
        return [post for post in super().listed() if post.ours]

    def check_list(self, query: dict[str, str]) -> None:
        expect(query.pop("exclude_reblogs", "") == "true", "exclude_reblogs=true")

    def answer(self, request: Request) -> Reply:
        if request.path == "/api/v1/accounts/lookup":
            expect(request.query == {"acct": "polna@social.example"}, "acct of the account")
            return reply_json({"id": "11", "acct": "polna"})
        if request.path.endswith("/context"):
            expect(not request.query, "no parameters")
            found = [post for post in self.shown() if request.path == f"/api/v1/statuses/{self.id(post)}/context"]
            if found:
                return reply_json({"ancestors": [], "descendants": [self.status(post) for post in self.under(found[0])]})
            return reply_json({"error": "Record not found"}, 404)
        return super().answer(request)


class Mentions(_Server):
    name = "mastodon-notifications"
    features = COMMON | {Feature.SECRET}
    list_path = "/api/v1/notifications"
    requires = (list_path,)

    def settings(self) -> Settings:
        return Settings(id="mentions", kind="mastodon", server=self.server.url, notifications=True, token={"env": "CZUJKA_TEST_SECRET"})

    def check_token(self, request: Request) -> None:
        expect(request.headers.get("authorization") == f"Bearer {self.secret}", "the token")

    def check_list(self, query: dict[str, str]) -> None:
        expect(query.pop("types[]", "") == "mention", "types[]=mention")

    def entry(self, post: Post) -> dict[str, Any]:
        return {"id": self.id(post), "type": "mention", "created_at": post.created_at.isoformat(), "status": self.status(post)}
