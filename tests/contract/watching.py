"""A source being watched in a test: what the store would keep, and what is true of every page whatever the platform."""

import json
from datetime import datetime
from types import ModuleType

from collector import SOURCES
from collector.base import Asking
from core.http import Http
from core.types import Item, Json, Page, Voice
from tests.fakes.platform import Platform

MAX_PAGES = 60


class Watch:
    """One source with its stored cursor and items. `items` holds the latest revision by id, `given` every item in order."""

    def __init__(self, platform: Platform, http: Http | None = None) -> None:
        self.platform = platform
        self.http = http or platform.http()
        self.module: ModuleType = SOURCES.get(platform.kind)
        self.cursor: Json | None = None
        self.items: dict[str, Item] = {}
        self.given: list[Item] = []
        self.deleted: list[str] = []
        self.pages: list[Page] = []
        self.rejected: list[str] = []

    def ask(self) -> Page:
        """One page, checked, not yet kept."""
        asking = Asking(http=self.http, now=self.platform.now, terms=("Mleczarnia Polna", "jaźń"), known=self.known())
        page: Page = self.module.collect(self.platform.settings(), self.cursor, asking)
        check_page(page, self.platform.kind, self.platform.now)
        return page

    def known(self) -> tuple[str, ...]:
        """Ids of stored items, newest first, as the store gives them."""
        dated = sorted(self.items.values(), key=lambda item: item.created_at or self.platform.now, reverse=True)
        return tuple(item.external_id for item in dated if item.external_id not in self.deleted)

    def keep(self, page: Page) -> None:
        """What the store does in one transaction. A database may order an object's keys as it likes."""
        self.cursor = json.loads(json.dumps(page.cursor, sort_keys=True, allow_nan=False))
        self.items |= {item.external_id: item for item in page.items}
        self.given.extend(page.items)
        self.deleted.extend(page.deleted)
        self.rejected.extend(rejected.detail for rejected in page.rejected)
        self.pages.append(page)

    def poll(self) -> list[Item]:
        """Pages until there is no more; gives the items of this poll."""
        before = len(self.given)
        for _ in range(MAX_PAGES):
            page = self.ask()
            self.keep(page)
            if not page.more:
                return self.given[before:]
        raise AssertionError(f"{self.platform.name} still wants more after {MAX_PAGES} pages")


def check_page(page: Page, kind: str, now: datetime) -> None:
    """What is true of every page of every platform."""
    ids = [item.external_id for item in page.items]
    assert len(set(ids)) == len(ids), f"an id twice in one page: {ids}"
    assert page.requests >= 0
    for item in page.items:
        assert item.platform == kind
        assert item.external_id == item.external_id.strip() != ""
        assert isinstance(item.voice, Voice)
        for time in (item.created_at, item.edited_at):
            assert time is None or (time.tzinfo is not None and time.utcoffset() == now.utcoffset()), "times are aware UTC"
        assert item.created_at is None or item.created_at <= now, "a claim in the future is not believed"
        for text in (item.text, item.title, item.url, item.author.id, item.author.name, item.author.handle):
            assert "\0" not in text
            text.encode("utf-8")
        assert all(type(count) is int for count in item.engagement.values())
        json.dumps(item.raw, allow_nan=False)
    json.dumps(page.cursor, allow_nan=False)
    assert page.retry_at is None or page.retry_at >= now
