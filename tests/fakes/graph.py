"""A small Graph API: paging whose `next` leads elsewhere with a token in it, errors in their envelope, usage headers, batches."""

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs

from tests.fakes.platform import Feature, Platform, Post, expect, reply_json
from tests.fakes.server import Reply, Request

FEATURES = frozenset(Feature) - {Feature.CONDITIONAL, Feature.CLAIMS}


def envelope(code: int, status: int, message: str, **more: Any) -> Reply:
    return reply_json({"error": {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "Abc", **more}}, status)


def stamp(time: datetime) -> str:
    return f"{time:%Y-%m-%dT%H:%M:%S}+0000"


class Graph(Platform):
    """Lists newest first, each with its own cursors."""

    features = FEATURES

    def rate_limited(self, reset_at: datetime) -> Reply:
        minutes = round((reset_at - self.now).total_seconds() / 60)
        usage = {"17841": [{"type": "pages", "call_count": 100, "estimated_time_to_regain_access": minutes}]}
        error = {"error": {"message": "(#32) Page request limit reached", "type": "OAuthException", "code": 32}}
        return reply_json(error, 400, X_Business_Use_Case_Usage=json.dumps(usage))

    def refusals(self) -> list[Reply]:
        return [
            envelope(190, 400, f"Malformed access token {self.secret}", error_subcode=463),
            envelope(10, 403, "(#10) This endpoint requires the 'pages_read_engagement' permission"),
            envelope(200, 403, "(#200) Provide valid app ID"),
            Reply(401, b"{}"),
        ]

    def disappearances(self) -> list[Reply]:
        missing = "Unsupported get request. Object with ID '1' does not exist, cannot be loaded"
        return [
            envelope(100, 400, missing, error_subcode=33),
            envelope(803, 404, "(#803) Some of the aliases you requested do not exist"),
            Reply(410, b"{}"),
        ]

    def edit(self, post: Post, text: str) -> None:
        post.text = text

    def check(self, request: Request) -> None:
        expect(request.headers.get("authorization") == f"Bearer {self.secret}", "the token in the header")
        expect("access_token" not in request.query, "no token in the address")

    def page(self, request: Request, posts: Iterable[Post], render: Callable[[Post], Any]) -> Reply:
        after = request.query.get("after", "")
        left = [post for post in posts if not after or self.place(post) < after.removesuffix("!")]
        if after and Feature.EMPTY_PAGES in self.quirks and not after.endswith("!"):
            return self._paged([], render, f"{after}!", more=True)
        size = self.page_size - 1 if Feature.SHORT_PAGES in self.quirks else self.page_size
        return self._paged(left[:size], render, self.place(left[size - 1]) if left[size - 1 : size] else "", more=len(left) > size)

    def _paged(self, posts: list[Post], render: Callable[[Post], Any], after: str, *, more: bool) -> Reply:
        paging: dict[str, Any] = {"cursors": {"before": "x", "after": after}}
        if more:
            paging["next"] = f"https://graph.example/v1/elsewhere?access_token={self.secret}&limit=50&after={after}"
        usage = json.dumps({"call_count": 28, "total_time": 25, "total_cputime": 24})
        return reply_json({"data": [render(post) for post in posts], "paging": paging}, X_App_Usage=usage)

    def place(self, post: Post) -> str:
        return f"{post.created_at:%Y%m%d%H%M%S}-{post.number:09}"

    def batch(self, request: Request) -> Reply:
        """Many questions in one request; what is gone has its own error among the answers."""
        asked = json.loads(parse_qs(request.body.decode())["batch"][0])
        expect(1 <= len(asked) <= 50, "1 to 50 questions")
        shown = {self.external_id(post) for post in self.shown()}
        gone = {"error": {"message": "Object does not exist", "code": 100, "error_subcode": 33}}
        found = [one["relative_url"].split("/", 1)[1].removesuffix("?fields=id") for one in asked]
        return reply_json(
            [
                {"code": 200, "body": json.dumps({"id": known})} if known in shown else {"code": 400, "body": json.dumps(gone)}
                for known in found
            ]
        )
