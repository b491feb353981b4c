"""A platform played from recorded answers, and a watch that polls it twice."""

from collections.abc import Callable
from datetime import datetime, timedelta

from core.settings import SourceSettings
from tests.contract.watching import Watch
from tests.fakes.platform import Platform, Post, expect
from tests.fakes.server import Reply, Request


class Replay(Platform):
    """A platform that answers what was recorded: `answers` maps a path to a reply, or to what makes one of a request."""

    def __init__(self, kind: str, make: Callable[[str], SourceSettings], now: datetime) -> None:
        self.kind = kind  # type: ignore[misc]
        self.name = f"recorded {kind}"  # type: ignore[misc]
        self.make = make
        self.answers: dict[str, Reply | Callable[[Request], Reply]] = {}
        super().__init__()
        self.now = now

    def settings(self) -> SourceSettings:
        return self.make(self.server.url)

    def external_id(self, post: Post) -> str:
        raise AssertionError(f"nothing is published here, so {post.number} has no id")

    def answer(self, request: Request) -> Reply:
        expect(request.path in self.answers, f"one of {sorted(self.answers)}")
        found = self.answers[request.path]
        return found if isinstance(found, Reply) else found(request)


def poll(replay: Replay) -> Watch:
    """Poll twice: everything comes the first time, nothing new the second, and no request was unexpected."""
    with replay:
        watch = Watch(replay)
        try:
            watch.poll()
            before = len(watch.given)
            replay.pass_time(timedelta(minutes=5))
            watch.poll()
        finally:
            watch.http.close()
    assert len(watch.given) == before
    assert replay.server.complaints == []
    return watch
