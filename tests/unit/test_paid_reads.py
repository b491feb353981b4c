"""X is paid for by the post: what is read is counted, and the month's cap holds; and what its payloads are called may change."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from collector.base import Asking
from collector.tweets import Includes, id_at, read_post, time_of
from collector.x import Settings, collect, query_for
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
