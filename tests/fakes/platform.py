"""A fake platform: a small world of posts, served over real HTTP the way one platform serves its own.

`Platform` holds the world (posts, who wrote them, edits, deletions) and is the same for all. A subclass per platform says how the
world looks from outside: `settings()` pointing at the server, `external_id(post)`, and `answer(request)`, which checks path, query,
cursor, authorisation and conditional headers with `expect(…)` and renders the posts asked for. A request that it does not expect fails
the test, and so does one in `requires` that never came.
"""

import json
from abc import abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar

from core.http import Http
from core.settings import SourceSettings
from tests.fakes.server import Reply, Request, Server

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


class Feature(StrEnum):
    """What a fake platform can show; the suite runs each test on the platforms that have its features."""

    HTTP = "http"  # speaks HTTP: all transport errors are tried
    JSON = "json"  # answers with JSON: answers are fuzzed
    PAGES = "pages"  # gives `page_size` posts at a time
    HISTORY = "history"  # shows posts of more than 30 days ago when asked for
    SHORT_PAGES = "short_pages"  # pages may be shorter than asked for (`quirks`)
    EMPTY_PAGES = "empty_pages"  # pages in the middle may be empty (`quirks`)
    LATE = "late"  # a post may appear behind posts that were already given
    LATE_FAR = "late_far"  # the same, further behind than a page
    CLAIMS = "claims"  # the time of a post is its author's claim
    EDITS = "edits"
    DELETIONS = "deletions"
    COMMENTS = "comments"  # shows what is written under our posts
    OURS = "ours"  # shows posts of our own account
    CONDITIONAL = "conditional"  # knows ETag or Last-Modified
    SECRET = "secret"  # is asked with `secret`, which may never be seen
    UNREADABLE = "unreadable"  # one item may be broken among good ones


@dataclass
class Post:
    """One post of the world. `number` counts from 1 in the order of publication; `parent` is the number of the post it answers."""

    number: int
    text: str
    created_at: datetime
    ours: bool = False
    parent: int | None = None
    edited_at: datetime | None = None
    deleted: bool = False
    broken: bool = False


def expect(condition: object, wanted: str) -> None:
    """Refuse a request that is not as a real platform would want it."""
    if not condition:
        raise AssertionError(wanted)


class Platform:
    """The world of posts and what every fake platform shares. Subclasses fill in the names below."""

    name: ClassVar[str]
    kind: ClassVar[str]
    features: ClassVar[frozenset[Feature]]
    page_size: ClassVar[int] = 3
    requires: ClassVar[tuple[str, ...]] = ()
    secret: ClassVar[str] = "s3cr3t-t0ken-for-the-tests"

    def __init__(self) -> None:
        self.now = NOW
        self.posts: list[Post] = []
        self.quirks: set[Feature] = set()
        self.server = Server(self.answer)

    def __enter__(self) -> "Platform":
        self.server.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.__exit__()

    # ---- what a subclass says

    @abstractmethod
    def settings(self) -> SourceSettings:
        """The collector's settings, pointing at `self.server.url`, secrets by environment variable CZUJKA_TEST_SECRET."""
        raise AssertionError

    @abstractmethod
    def external_id(self, post: Post) -> str:
        """The id that the collector must give this post."""
        raise AssertionError

    @abstractmethod
    def answer(self, request: Request) -> Reply:
        """Answer as the platform would; `expect(…)` what a request must hold."""
        raise AssertionError

    def rate_limited(self, reset_at: datetime) -> Reply:
        """How this platform says: too many requests, come back at `reset_at`."""
        return Reply(429, b"{}", {"Retry-After": str(int((reset_at - self.now).total_seconds()))})

    def refusals(self) -> Iterable[Reply]:
        """How this platform says that our credentials will not do."""
        return [Reply(401, b"{}"), Reply(403, b"{}")]

    def disappearances(self) -> Iterable[Reply]:
        """How this platform says that what we ask for is no more."""
        return [Reply(404, b"{}"), Reply(410, b"{}")]

    def http(self, *, timeout_s: float = 10.0, max_bytes: int = 2_000_000) -> Http:
        """A client that may reach this server and nothing else that is private."""
        return Http(allow_private=("127.0.0.1/32",), timeout_s=timeout_s, max_bytes=max_bytes)

    # ---- the world

    def publish(self, count: int = 1, *, ours: bool = False, under: Post | None = None, ago: timedelta | None = None) -> list[Post]:
        """New posts, a minute apart, the newest a minute before `now` (or `ago` before it)."""
        first = len(self.posts) + 1
        newest = self.now - (ago or timedelta(minutes=1))
        made = [
            Post(
                number=number,
                text=f"Zażółć gęślą jaźń, wpis {number} & <tag>",
                created_at=newest - timedelta(minutes=first + count - 1 - number),
                ours=ours,
                parent=under.number if under else None,
            )
            for number in range(first, first + count)
        ]
        self.posts.extend(made)
        return made

    def edit(self, post: Post, text: str) -> None:
        post.text, post.edited_at = text, self.now

    def delete(self, post: Post) -> None:
        post.deleted = True

    def pass_time(self, time: timedelta = timedelta(minutes=10)) -> None:
        self.now += time

    def shown(self) -> list[Post]:
        """What a visitor sees, newest first."""
        return sorted((post for post in self.posts if not post.deleted), key=lambda post: (post.created_at, post.number), reverse=True)

    def under(self, post: Post) -> list[Post]:
        """What a visitor sees under a post, oldest first."""
        return [answer for answer in reversed(self.shown()) if answer.parent == post.number]


def reply_json(value: Any, status: int = 200, **headers: str) -> Reply:
    """A JSON answer; underscores in header names become hyphens."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Reply(status, json.dumps(value, ensure_ascii=False).encode(), {"Content-Type": "application/json; charset=utf-8"} | named)
