"""A professional Instagram account: its media with comments and replies, and pictures in which it is tagged."""

from typing import Any

from collector.instagram import Settings
from tests.fakes.graph import Graph, stamp
from tests.fakes.platform import Feature, Post, expect, reply_json
from tests.fakes.server import Reply, Request

ACCOUNT, OURS, STRANGER = "17841", "polna", "jan"


class Account(Graph):
    """Own media are all ours; what others write stands under them. Replies come inside their comments."""

    name = "instagram-account"
    kind = "instagram"
    requires = ("/v23.0/17841/media", "/v23.0/17841")

    def settings(self) -> Settings:
        return Settings(
            id="ig",
            kind="instagram",
            account=ACCOUNT,
            token={"env": "CZUJKA_TEST_SECRET"},
            mentions=self.mentions,
            posts=not self.mentions,
            server=self.server.url,
            scope="official",
        )

    mentions = False

    def publish(self, count: int = 1, *, ours: bool = False, under: Post | None = None, ago: Any = None) -> list[Post]:
        return super().publish(count, ours=ours or (under is None and not self.mentions), under=under, ago=ago)

    def external_id(self, post: Post) -> str:
        return f"90{post.number}"

    def answer(self, request: Request) -> Reply:
        self.check(request)
        path = request.path.removeprefix("/v23.0/")
        if path == "":
            expect(request.method == "POST", "a batch is posted")
            return self.batch(request)
        expect(request.method == "GET", "GET")
        if path == ACCOUNT:
            return reply_json({"id": ACCOUNT, "username": OURS})
        target, _, edge = path.partition("/")
        expect(request.query.get("limit") == "50", "limit=50")
        if edge == "comments":
            return self.page(request, [post for post in self.shown() if post.parent == int(target[2:])], self.comment)
        expect(target == ACCOUNT and edge == ("tags" if self.mentions else "media"), "the account's media or tags")
        expect("children{media_type,media_url}" in request.query.get("fields", ""), "an album's pictures")
        return self.page(request, [post for post in self.shown() if post.parent is None], self.media)

    def media(self, post: Post) -> dict[str, Any]:
        return {
            "id": self.external_id(post),
            "caption": None if post.broken else post.text,
            "media_type": "IMAGE",
            "timestamp": stamp(post.created_at),
            "username": OURS if post.ours else STRANGER,
            "permalink": f"https://www.instagram.com/p/{post.number}/",
            "comments_count": len(self.under(post)),
        }

    def comment(self, post: Post) -> dict[str, Any]:
        """What strangers of odd numbers wrote has no author: their accounts are deleted."""
        author = OURS if post.ours else STRANGER
        shown = {"username": author, "from": {"id": f"id-{author}", "username": author}} if post.ours or post.number % 2 == 0 else {}
        return {"id": self.external_id(post), "text": post.text, "timestamp": stamp(post.created_at), "like_count": 0, **shown}


class Tagged(Account):
    name = "instagram-tagged"
    requires = ("/v23.0/17841/tags",)
    features = Account.features - {Feature.COMMENTS, Feature.OURS}
    mentions = True
