"""X is paid for by the post: what is read is counted, and the month's cap holds; and what its payloads are called may change."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from collector.base import Asking
from collector.tweets import Includes, id_at, read_post, time_of
from collector.x import Settings, collect, query_for
from core.budgets import Budget
from core.errors import BadResponse, BudgetSpent
from core.http import Http
from core.table import Secret
from core.types import Author, ItemKind, Voice
from tests.fakes.server import Reply, Request, Server

NOW = datetime(2026, 12, 20, 12, 0, tzinfo=UTC)


def post(number: int, **more: Any) -> dict[str, Any]:
    post_id = str(int(id_at(NOW - timedelta(hours=1))) + number)
    return {
        "id": post_id,
        "text": f"wpis {number}",
        "author_id": "2",
        "edit_history_tweet_ids": [post_id],
        "conversation_id": post_id,
    } | more


@pytest.fixture
def _token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("X_TOKEN", "t")


def asking(http: Http, now: datetime = NOW) -> Asking:
    return Asking(http=http, now=now, terms=("Polna",))


@pytest.mark.usefixtures("_token")
def test_the_cap_of_a_month_holds_and_the_next_month_begins_anew() -> None:
    asked: list[int] = []

    def answer(request: Request) -> Reply:
        asked.append(int(request.query["max_results"]))
        found = [post(len(asked) * 100 + number) for number in range(asked[-1])]
        return Reply(200, json.dumps({"data": found, "meta": {"next_token": f"t{len(asked)}"}}).encode())

    http = Http(allow_private=("127.0.0.1/32",))
    with Server(answer) as server:
        settings = Settings(id="x", kind="x", token=Secret(env="X_TOKEN"), monthly_reads=125, server=server.url)
        first = collect(settings, None, asking(http))
        second = collect(settings, first.cursor, asking(http))
        with pytest.raises(BudgetSpent) as spent:
            collect(settings, second.cursor, asking(http))
        later = collect(settings, second.cursor, asking(http, NOW + timedelta(days=14)))
    http.close()
    assert asked == [100, 25, 100]
    assert [(page.quotas[0].name, page.quotas[0].used, page.quotas[0].limit) for page in (first, second, later)] == [
        ("monthly_reads", 100, 125),
        ("monthly_reads", 125, 125),
        ("monthly_reads", 100, 125),
    ]
    assert spent.value.retry_at == datetime(2027, 1, 1, tzinfo=UTC)


@pytest.mark.usefixtures("_token")
def test_mentions_leave_the_reserve_alone_and_what_is_left_of_a_list_is_begun_again() -> None:
    asked: list[tuple[str, int, str]] = []

    def answer(request: Request) -> Reply:
        place = request.path.rpartition("/")[2]
        asked.append((place, int(request.query["max_results"]), request.query.get("pagination_token", "")))
        found = [post(len(asked) * 1000 + number) for number in range(asked[-1][1] if place == "mentions" else 2)]
        return Reply(200, json.dumps({"data": found, "meta": {"next_token": "older"} if place == "mentions" else {}}).encode())

    http = Http(allow_private=("127.0.0.1/32",))
    with Server(answer) as server:
        settings = Settings(id="x", kind="x", token=Secret(env="X_TOKEN"), account="42", mentions=True, comments=False,
                            monthly_reads=150, reserve=30, server=server.url)  # fmt: skip
        page = collect(settings, None, asking(http))
        while page.more:
            page = collect(settings, page.cursor, asking(http))
        assert [(quota.name, quota.used, quota.limit) for quota in page.quotas] == [
            ("monthly_reads", 120, 150),
            ("monthly_mentions", 120, 120),
        ]
        again = collect(settings, page.cursor, asking(http))
        later = collect(settings, again.cursor, asking(http, NOW + timedelta(days=14)))
        collect(settings, later.cursor, asking(http, NOW + timedelta(days=14)))
    http.close()
    assert asked == [
        ("tweets", 100, ""),
        ("mentions", 100, ""),
        ("mentions", 18, "older"),
        ("tweets", 30, ""),
        ("tweets", 100, ""),
        ("mentions", 100, ""),
    ]
    assert (again.more, again.quotas[0].used) == (False, 122)


def test_a_fifth_is_kept_where_mentions_and_own_posts_share_a_budget() -> None:
    known: dict[str, Any] = {"id": "x", "kind": "x", "token": Secret(env="X_TOKEN"), "monthly_reads": 1000}
    assert Settings(account="a", mentions=True, **known).kept() == 200
    assert Settings(account="a", mentions=True, reserve=0, **known).kept() == 0
    assert (
        Settings(account="a", **known).kept()
        == Settings(account="a", posts=False, mentions=True, **known).kept()
        == Settings(**known).kept()
        == 0
    )
    with pytest.raises(ValueError, match="part of monthly_reads"):
        Settings(account="a", mentions=True, reserve=1001, **known)


def test_a_budget_is_forecast_by_the_pace_of_its_month() -> None:
    """Ten are never spent: half of the 610 by the middle of December last to its very end, three quarters do not."""
    half, ends = datetime(2026, 12, 16, 12, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    budget = Budget(name="monthly_mentions", used=305, limit=620, reset_at=ends)
    assert (budget.runs_out(half), budget.month, budget.is_spent) == (None, "2026-12", False)
    assert replace(budget, used=457.5).runs_out(half) == datetime(2026, 12, 21, 16, tzinfo=UTC)
    assert replace(budget, used=200).runs_out(datetime(2026, 12, 3, 23, tzinfo=UTC)) is None, "too early to say"
    assert replace(budget, used=457.5, paced=False).runs_out(half) is None
    assert replace(budget, used=611).is_spent


def public(author: Author) -> Voice:
    assert author.id == "2"
    return Voice.PUBLIC


def test_posts_by_their_newer_names() -> None:
    answer = {
        "includes": {
            "posts": [{"id": "5", "text": "cały długi wpis, którego nikt nie skrócił"}],
            "users": [{"id": "2", "username": "jan", "name": "Jan", "public_metrics": {"followers_count": 12000}}],
        }
    }
    raw = post(1, referenced_posts=[{"type": "retweeted", "id": "5"}], text="RT @a: cały dłu…", public_metrics={"repost_count": 3})
    raw["edit_history_post_ids"] = raw.pop("edit_history_tweet_ids")
    item = read_post(raw, Includes.of(answer), NOW, public)
    assert item.text == "RT @a: cały długi wpis, którego nikt nie skrócił"
    assert item.engagement == {"shares": 3}
    assert item.author == Author(id="2", name="Jan", handle="jan", followers=12000)


def test_a_long_post_is_read_from_its_note_and_an_edit_keeps_the_first_id() -> None:
    made, edited = id_at(NOW - timedelta(minutes=50)), id_at(NOW - timedelta(minutes=30))
    raw = post(1, id=edited, edit_history_tweet_ids=[made, edited], note_tweet={"text": "x" * 900 + " &amp; dalej"}, text="xxx…")
    item = read_post(raw, Includes.of({}), NOW, public)
    assert (item.external_id, len(item.text), item.text[-7:]) == (made, 908, "& dalej")
    assert (item.created_at, item.edited_at) == (NOW - timedelta(minutes=50), NOW - timedelta(minutes=30))
    assert item.kind is ItemKind.POST


def test_ids_hold_the_time() -> None:
    made = time_of("1611077073803841538")
    assert made is not None
    assert made.replace(microsecond=0) == datetime(2023, 1, 5, 19, 8, 1, tzinfo=UTC)  # as X said of it, in whole seconds
    assert time_of(id_at(NOW)) == NOW
    assert [time_of(odd) for odd in ("", "x", "20", "9" * 40)] == [None] * 4


def test_the_terms_of_a_brand_make_a_search_of_512_characters_at_most() -> None:
    assert query_for(('Serek "Polna"', "#polna", "@polna", "")) == '("Serek Polna" OR #polna OR @polna) -is:retweet'
    assert len(query_for(tuple(f"nazwa marki numer {number}" for number in range(100)))) <= 512
    with pytest.raises(BadResponse, match="nothing to search for"):
        query_for(())
