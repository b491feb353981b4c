"""A Facebook page: its feed with what visitors write, and the comments under its posts."""

from typing import Any

from collector.facebook import Settings
from tests.fakes.graph import Graph, stamp
from tests.fakes.platform import Feature, Post, expect, reply_json
from tests.fakes.server import Reply, Request

PAGE, STRANGER = ("1001", "Mleczarnia Polna"), ("2002", "Jan Wrona")


class Page(Graph):
    name = "facebook-page"
    kind = "facebook"
    requires = ("/v23.0/1001/feed", "/v23.0/polna")

    def settings(self) -> Settings:
        secret = {"env": "CZUJKA_TEST_SECRET"}
        return Settings(id="page", kind="facebook", page="polna", token=secret, server=self.server.url, scope="official")

    def external_id(self, post: Post) -> str:
        return f"{post.parent or 1001}_{post.number}"

    def answer(self, request: Request) -> Reply:
        self.check(request)
        path = request.path.removeprefix("/v23.0/")
        if path == "":
            expect(request.method == "POST", "a batch is posted")
            return self.batch(request)
        expect(request.method == "GET", "GET")
        if path == "polna":
            return reply_json({"id": PAGE[0], "name": PAGE[1]})
        target, _, edge = path.partition("/")
        expect(request.query.get("limit") == "50", "limit=50")
        if edge == "feed":
            expect(target == PAGE[0], "the feed of the page's id")
            return self.page(request, [post for post in self.shown() if post.parent is None], self.post)
        expect(edge == "comments" and request.query.get("filter") == "stream", "comments with the answers among them")
        number = int(target.split("_")[1])
        return self.page(request, [post for post in self.shown() if post.parent == number], self.comment)

    def post(self, post: Post) -> dict[str, Any]:
        under = {"data": [], "summary": {"total_count": len(self.under(post))}}
        return self._written(post) | {"comments": under, "shares": {"count": 2}}

    def comment(self, post: Post) -> dict[str, Any]:
        return self._written(post) | {"like_count": 1}

    def _written(self, post: Post) -> dict[str, Any]:
        """A stranger's name is shown for every other post only: the permission to see it came late."""
        author = PAGE if post.ours else STRANGER
        shown = {"from": {"id": author[0], "name": author[1]}} if post.ours or post.number % 2 else {}
        return {
            "id": self.external_id(post),
            "message": None if post.broken else post.text,
            "created_time": stamp(post.created_at),
            "permalink_url": f"https://www.facebook.com/{self.external_id(post)}",
            **shown,
        }


class Tagged(Page):
    """Only the posts that tag the page: everything in them is the public's."""

    name = "facebook-tagged"
    requires = ("/v23.0/1001/tagged",)
    features = Page.features - {Feature.COMMENTS, Feature.OURS}

    def settings(self) -> Settings:
        secret = {"env": "CZUJKA_TEST_SECRET"}
        return Settings(id="tagged", kind="facebook", page="polna", token=secret, posts=False, mentions=True, server=self.server.url)

    def external_id(self, post: Post) -> str:
        return f"2002_{post.number}"

    def answer(self, request: Request) -> Reply:
        if not request.path.endswith("/tagged"):
            return super().answer(request)
        self.check(request)
        return self.page(request, self.shown(), self.comment)
