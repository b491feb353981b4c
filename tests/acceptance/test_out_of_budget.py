"""Story 7: the month's X budget is spent on the 24th. Mentions stop, the official account goes on from its reserve, as was forecast."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from collector.tweets import id_at, time_of
from collector.x import Settings as X
from core.table import Secret
from czujka.asking import ask_due
from tests.acceptance.city import City
from tests.acceptance.test_silence import doctor, sources_page
from tests.fakes.server import Reply, Request, Server

EVENING = datetime(2026, 11, 1, 20, tzinfo=UTC)
PLACES = {"/2/users/42/tweets": "timeline", "/2/users/42/mentions": "mentions", "/2/tweets/search/recent": "search", "/2/tweets": "recheck"}
STORM, BUSY, QUIET = 68, 9, 4
LOOKS = (14, 15, 18, 19, 23)


@dataclass
class Platform:
    """X for one account: what it wrote and what mentions it, newest first, from a given id on, by pages. It counts what it is asked for."""

    written: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {"timeline": [], "mentions": []})
    now: datetime = EVENING
    asked: Counter[str] = field(default_factory=Counter)

    def day(self, number: int, mentions: int) -> None:
        """One post of ours, and so many that mention us, the last at six in the evening and the others every 16 minutes before."""
        for place, count, author in (("timeline", 1, "42"), ("mentions", mentions, "7")):
            times = [EVENING + timedelta(days=number - 1, hours=-2, minutes=-16 * n, seconds=-int(author)) for n in range(count)]
            self.written[place] += [_post(id_at(at), author, f"{author} pisze {number}-{n}") for n, at in enumerate(times)]

    def answer(self, request: Request) -> Reply:
        place = PLACES[request.path]
        searched = request.query.get("query", "")
        self.asked["comments" if "conversation_id" in searched else place] += 1
        found = list(self.written.get(place, ()))
        if place == "search":
            at = EVENING + timedelta(days=13, hours=-3)
            found = [] if "conversation_id" in searched else [_post(str(int(id_at(at)) + n), "8", f"serek {n}") for n in range(10)]
        if place == "recheck":
            wanted = request.query["ids"].split(",")
            return _answer([one for posts in self.written.values() for one in posts if one["id"] in wanted], len(wanted))
        since = int(request.query.get("since_id", "0"))
        newer = sorted((one for one in found if int(one["id"]) > since), key=lambda one: int(one["id"]), reverse=True)
        return _answer(newer, int(request.query["max_results"]))


def _post(post_id: str, author: str, text: str) -> dict[str, Any]:
    at = time_of(post_id)
    assert at is not None
    more = {"edit_history_tweet_ids": [post_id], "conversation_id": post_id, "created_at": f"{at:%Y-%m-%dT%H:%M:%S}.000Z"}
    return {"id": post_id, "text": text, "author_id": author} | more


def _answer(found: list[dict[str, Any]], most: int) -> Reply:
    assert len(found) <= most, "the story has no second page"
    return Reply(200, json.dumps({"data": found, "meta": {"result_count": len(found)}}).encode())


@pytest.fixture
def platform(dairy: City, monkeypatch: pytest.MonkeyPatch) -> Iterator[Platform]:
    """Two sources: our account with its mentions, 300 reads of which 40 are kept; a search that may read ten posts a month."""
    monkeypatch.setenv("X_TOKEN", "t")
    made = Platform()
    with Server(made.answer) as server:
        known: dict[str, Any] = {
            "kind": "x",
            "token": Secret(env="X_TOKEN"),
            "server": server.url,
            "every": timedelta(days=1),
            "brand": "polna",
        }
        ours = X(
            id="x-polna", account="42", mentions=True, monthly_reads=300, reserve=40, recheck=timedelta(days=60), watcher="anna", **known
        )
        search = X(id="x-serek", query="serek", monthly_reads=10, watcher="jan", **known)
        dairy.house.settings = dairy.house.settings.model_copy(update={"source": (ours, search)})
        dairy.house.store.sources.sync(["x-polna", "x-serek"], EVENING)
        yield made
        assert server.complaints == []


def evening(dairy: City, number: int) -> list[tuple[str, str]]:
    """The sources are read on that evening; who got a letter of which budget, by its subject."""
    dairy.now = EVENING + timedelta(days=number - 1)
    dairy.settle()
    letters = [(mail.recipients[0].partition("@")[0], str(mail.message["Subject"])) for mail in dairy.new_mails()]
    return [(person, subject) for person, subject in letters if "Budżet" in subject]


def texts(dairy: City) -> set[str]:
    return {one.quote.text for one in dairy.house.store.items.search("pisze", 500)}


def until_the_23rd(dairy: City, platform: Platform) -> dict[int, list[tuple[str, str]]]:
    """The days before it is spent, and who was told what in the evenings."""
    letters = {}
    for number in range(1, 24):
        platform.day(number, STORM if number == 19 else BUSY if number > 19 else QUIET)
        if number in LOOKS:
            letters[number] = evening(dairy, number)
        if number == 18:
            assert [kind for kind, _ in doctor(dairy)] == ["failing"], "the search alone: it is out of budget"
        if number == 19:
            assert ("budget", "the budget for mentions is spent on 2026-11-24 at this pace") in doctor(dairy)
            assert "At this pace the budget for mentions is spent on Tue 24 Nov." in sources_page(dairy)
    return {number: found for number, found in letters.items() if found}


def test_out_of_budget(dairy: City, platform: Platform) -> None:
    """Said on the 19th, spent on the 24th; our own posts go on; until the first of the next month X is asked for no mention."""
    assert until_the_23rd(dairy, platform) == {
        14: [("jan", "Budżet x-serek jest wyczerpany")],
        19: [("anna", "Budżet x-polna starczy do 24.11.2026")],
    }

    platform.day(24, BUSY)
    assert evening(dairy, 24) == [("anna", "Budżet x-polna jest wyczerpany")]
    assert "7 pisze 24-7" in texts(dairy)
    shown = sources_page(dairy)
    assert "Mentions are out of budget until 1 Dec 01:00; the account's own posts go on from the reserve." in shown.replace("&#39;", "'")
    assert "out of budget until 1 Dec 01:00" in shown

    platform.asked.clear()
    for hour in range(3, 6 * 24 + 1, 3):
        dairy.now = EVENING + timedelta(days=23, hours=hour)
        if hour % 24 == 0:
            platform.day(24 + hour // 24, BUSY)
        ask_due(dairy.house)
    assert platform.asked == {"timeline": 6, "comments": 6}, "once a day, for what is ours; the search for nothing"
    dairy.settle()
    assert {f"42 pisze {n}-0" for n in range(24, 31)} <= texts(dairy)
    assert not {f"7 pisze {n}-0" for n in range(25, 31)} & texts(dairy)
    assert [mail for mail in dairy.new_mails() if "Budżet" in str(mail.message["Subject"])] == []

    assert evening(dairy, 31) == [("jan", "Budżet x-serek jest wyczerpany")], "ten a month are gone at once, and it is said once a month"
    assert platform.asked["mentions"] == 1
    assert {f"7 pisze {n}-7" for n in range(25, 31)} <= texts(dairy), "what was missed comes in with the new month"
    assert [kind for kind, _ in doctor(dairy)] == ["failing"], "the search has spent its December; mentions are read again"
