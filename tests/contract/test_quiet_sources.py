"""A feed that brings nothing new is asked less and less often, and as soon as it speaks again as often as before: on both databases."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from collector.rss import Settings as Feed
from core.settings import HttpTable
from czujka.asking import ask_due
from storage import Store
from tests.fakes.bare import Bare
from tests.fakes.dairy import dairy
from tests.fakes.server import Reply, Request, Server

START = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


class Paper:
    """A feed with its entries, and how often it was asked."""

    def __init__(self) -> None:
        self.entries: list[datetime] = []
        self.asked = 0

    def answer(self, _: Request) -> Reply:
        self.asked += 1
        shown = "".join(
            f"<item><title>News {n}</title><guid>n-{n}</guid><pubDate>{format_datetime(at)}</pubDate></item>"
            for n, at in enumerate(self.entries)
        )
        feed = f'<rss version="2.0"><channel><title>Gazeta</title>{shown}</channel></rss>'
        return Reply(200, feed.encode(), {"Content-Type": "application/rss+xml"})


@pytest.fixture
def paper() -> Iterator[tuple[Paper, str]]:
    made = Paper()
    with Server(made.answer) as server:
        yield made, f"{server.url}/rss"


@contextmanager
def house_of(store: Store, url: str, **more: Any) -> Iterator[Any]:
    feed = Feed(id="gazeta", kind="rss", url=url, every=5 * MINUTE, **more)
    store.sources.sync(["gazeta"], START)
    house = Bare(store, dairy(source=(feed,), http=HttpTable(allow_private=("127.0.0.0/8",))), START)
    with closing(house.http):
        yield house


def asked_within(house: Any, paper: Paper, minutes: int) -> int:
    """How often the feed is asked from now on, looking every minute."""
    before = paper.asked
    for _ in range(minutes):
        house.now += MINUTE
        ask_due(house)
    return paper.asked - before


def test_the_longer_it_is_silent_the_less_it_is_asked_and_news_bring_it_back(store: Store, paper: tuple[Paper, str]) -> None:
    feed, url = paper
    feed.entries.append(START)
    with house_of(store, url, slowest=60 * MINUTE) as house:
        ask_due(house)
        assert (feed.asked, store.items.count()) == (1, 1)
        assert 8 <= asked_within(house, feed, 50) <= 10, "a tenth of so little is less than five minutes"
        assert asked_within(house, feed, 24 * 60) < 45
        assert 3 <= asked_within(house, feed, 4 * 60) <= 4, "never more than an hour between two"
        feed.entries.append(house.now)
        asked_within(house, feed, 64)
        assert store.items.count() == 2
        assert 8 <= asked_within(house, feed, 50) <= 10


def test_without_it_a_silent_feed_is_asked_as_often_as_ever(store: Store, paper: tuple[Paper, str]) -> None:
    feed, url = paper
    feed.entries.append(START)
    with house_of(store, url) as house:
        assert asked_within(house, feed, 240) == 40
