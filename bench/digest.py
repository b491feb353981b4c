"""The weekly digest over a hundred thousand posts of one week in PostgreSQL, beside a bare loop over those posts."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from actions.digest import week_figures
from bench.crowds import databases
from bench.frame import Figure, Work, by_the_clock, in_turns, ratios
from core.settings import Settings
from reports.digest import build_mail
from storage import Store
from storage.schema import item

FEW, MANY = 10_000, 100_000
WEEK = "2026-W46"
UNTIL = datetime(2026, 11, 15, 22, 59, tzinfo=UTC)
COMPANY = {"company": {"name": "Mleczarnia Polna", "timezone": "Europe/Warsaw", "fallback": "pr"}, "owner": [{"id": "pr"}]}


def measure() -> Iterator[Figure]:
    with databases(FEW, MANY, until=UNTIL) as stores:
        few, many, bare = in_turns(*(_digest(store) for store in stores), _bare(stores[-1]), rounds=7, take=by_the_clock)
    yield Figure(f"the weekly digest over {MANY:,} posts, made as a mail", tuple(1000 * one for one in many), "ms")
    yield Figure("a bare loop over those posts", tuple(1000 * one for one in bare), "ms")
    yield Figure("the weekly digest ÷ that loop", ratios(many, bare), "times", at_most=10)
    yield Figure(f"the weekly digest, {MANY:,} posts ÷ {FEW:,}", ratios(many, few), "times", at_most=15)


def _digest(store: Store) -> Work:
    settings = Settings.model_validate(COMPANY)

    def ask() -> None:
        figures = week_figures(settings, store, WEEK)
        if not figures.posts:
            raise RuntimeError("nothing was said in that week")
        build_mail(figures, settings, "anna@example.com", "pl", sent_at=UNTIL)

    return ask


def _bare(store: Store) -> Work:
    query = sa.select(item.c.created_at, item.c.voice, item.c.negative, item.c.neutral)
    query = query.where(item.c.created_at >= UNTIL - timedelta(days=7))

    def ask() -> int:
        with store.database.read() as connection:
            return sum(row.negative > row.neutral for row in connection.execute(query) if row.voice == "public")

    return ask
