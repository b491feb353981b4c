"""The week's figures out of a real database, counted by hand."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from core.access import Sight
from core.errors import ConfigError
from core.figures import Answers, Counted, Day, Opened, Sent, Waiting, WeekFigures, last_full_week, week_bounds
from core.settings import Company, Settings
from core.types import Severity
from reports.digest import build_mail
from storage.figures import (
    Figures,
    answers_query,
    burning_query,
    labels_query,
    opened_query,
    said_query,
    sent_query,
    unfinished_query,
    unresolved_query,
)
from storage.schema import conversation, finding, incident, item, source_state
from storage.schema_delivery import attempt, delivery
from storage.store import Store
from tests.integration.test_query_plans import is_scan, plan

WARSAW = ZoneInfo("Europe/Warsaw")
CARE = Sight(owners=frozenset({"care"}))
START, END = week_bounds("2026-W46", WARSAW)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """Wall time in Warsaw in November 2026; the week is Monday the 9th to Sunday the 15th."""
    return datetime(2026, 11, day, hour, minute, tzinfo=WARSAW)


class Week:
    """Writes rows, one per call."""

    def __init__(self, store: Store) -> None:
        self.store, self._n = store, count(1)

    def write(self, table: sa.Table, **values: Any) -> int:
        with self.store.database.write() as connection:
            written = connection.execute(sa.insert(table).values(values)).inserted_primary_key
        assert written is not None
        return written[0]  # type: ignore[no-any-return]

    def says(self, when: datetime, negative: float | None = 0.1, voice: str = "public", **values: Any) -> int:
        n = next(self._n)
        known = {
            "platform": "x", "external_id": str(n), "source_id": "x-mentions", "scope": "mention", "voice": voice,
            "kind": "post", "text": "t", "hash": "h", "author_key": f"x:{n}", "created_at": when, "collected_at": when, "may_page": True,
            "negative": negative, "neutral": 0.3, "positive": 0.2,
        }  # fmt: skip
        return self.write(item, **(known | values))

    def found(self, item_id: int, label: str, when: datetime, start: int = 0, reported: bool = True, revision: int = 0) -> None:
        values = {"item_id": item_id, "revision": revision, "label": label, "score": 0.9, "severity": "high", "detector": f"{label}@1"}
        self.write(finding, **values, start=start, end=start + 1, reported=reported, said_at=when, found_at=when)

    def talks(
        self, opened: datetime, due: datetime | None, answered: datetime | None = None, owner: str = "care", state: str = "new"
    ) -> None:
        n = next(self._n)
        values = {"key": f"x:{n}", "platform": "x", "author": "@a", "owner": owner, "state": state, "opened_at": opened, "due_at": due}
        self.write(conversation, **values, answered_at=answered, last_item_id=1)

    def opens(
        self, label: str, severity: str, when: datetime, state: str = "open", owner: str = "pr", resolved: datetime | None = None
    ) -> int:
        n = next(self._n)
        values = {"dedup_key": f"k{n}", "label": label, "title": "t", "severity": severity, "state": state, "owner": owner, "policy": {}}
        return self.write(incident, **values, paging=True, opened_at=when, last_item_at=when, resolved_at=resolved)

    def tells(self, incident_id: int, channel: str, *tries: tuple[datetime, str]) -> None:
        n = next(self._n)
        values = {
            "dedup_key": f"d{n}",
            "incident_id": incident_id,
            "contact": "email:a@b",
            "channel": channel,
            "language": "pl",
            "kind": "page",
        }
        last = tries[-1]
        sent = self.write(delivery, **values, severity="high", state=last[1], due_at=last[0], created_at=tries[0][0])
        for when, outcome in tries:
            self.write(attempt, delivery_id=sent, at=when, token=1, outcome=outcome, reason="r")


@pytest.fixture
def week(store: Store) -> Week:
    return Week(store)


def ask(week: Week) -> WeekFigures:
    return Figures(week.store.database).week(START, END, WARSAW)


def test_days_are_the_companys(week: Week) -> None:
    week.says(at(9, 0))
    week.says(at(9, 23, 59), negative=0.6)
    week.says(at(10, 0), negative=0.6)
    week.says(at(15, 23, 59))
    week.says(at(16, 0))
    week.says(at(8, 23, 59), negative=0.6)
    week.says(at(12, 12), voice="ours", negative=0.6)
    week.says(at(12, 12), deleted_at=at(13, 0))
    week.says(at(13, 12), negative=None, neutral=None, positive=None)

    figures = ask(week)
    posts = [(day.day.day, day.posts, day.negative) for day in figures.days]
    assert posts == [(9, 2, 1), (10, 1, 1), (11, 0, 0), (12, 0, 0), (13, 1, 0), (14, 0, 0), (15, 1, 0)]
    assert (figures.posts, figures.negative, figures.ours) == (5, 2, 1)
    assert figures.before is not None
    assert figures.before.days[-1] == Day(day=date(2026, 11, 8), posts=1, negative=1)
    assert figures.before.before is None
    assert (figures.name, figures.before.name) == ("2026-W46", "2026-W45")


def test_answers(week: Week) -> None:
    week.talks(at(9, 10), at(9, 14), answered=at(9, 11), state="answered")
    week.talks(at(9, 10), at(9, 14), answered=at(9, 13), state="closed")
    week.talks(at(10, 10), at(10, 14), answered=at(11, 10), state="answered")
    week.talks(at(11, 10), at(11, 14))
    week.talks(at(15, 23), at(16, 3))
    week.talks(at(12, 9), None)
    week.talks(at(5, 9), at(5, 13), owner="pr")
    week.talks(at(16, 9), at(16, 13), owner="pr")

    figures = ask(week)
    assert figures.answers == Answers(opened=6, answered=3, late=2, median_s=3 * 3600)
    assert figures.before is not None
    assert figures.before.answers == Answers(opened=1, answered=0, late=1, median_s=None)
    assert figures.waiting == (
        Waiting(owner="care", incidents=0, conversations=3, late=1),
        Waiting(owner="pr", incidents=0, conversations=2, late=1),
    )


def test_incidents(week: Week) -> None:
    week.opens("complaint.delivery", "high", at(9, 9), state="resolved", resolved=at(10, 9))
    week.opens("complaint.delivery", "high", at(10, 9), state="acknowledged", owner="care")
    week.opens("leak.codename", "critical", at(11, 9))
    week.opens("complaint.billing", "medium", at(2, 9), owner="care")
    week.opens("complaint.billing", "medium", at(16, 9), state="resolved", resolved=at(16, 10))

    figures = ask(week)
    assert figures.opened == (
        Opened(label="leak.codename", severity=Severity.CRITICAL, count=1),
        Opened(label="complaint.delivery", severity=Severity.HIGH, count=2),
    )
    assert [(each.label, each.owner) for each in figures.burning] == [
        ("leak.codename", "pr"),
        ("complaint.delivery", "care"),
        ("complaint.billing", "care"),
    ]
    assert [(each.owner, each.incidents) for each in figures.waiting] == [("care", 2), ("pr", 1)]


def test_breaches_are_ours_and_leaks_are_anybodys(week: Week) -> None:
    mine = week.says(at(10, 9), voice="ours", revision=1)
    theirs = week.says(at(10, 9))
    week.found(mine, "policy.politics", at(10, 9), revision=1)
    week.found(mine, "policy.insult", at(10, 9), revision=0)
    week.found(mine, "policy.hashtag", at(10, 9), revision=1, reported=False)
    week.found(theirs, "policy.insult", at(10, 9))
    week.found(theirs, "leak.pii.phone", at(10, 9))
    week.found(theirs, "leak.pii.phone", at(10, 9), start=20)
    week.found(week.says(at(3, 9)), "leak.codename", at(3, 9))
    week.found(week.says(at(10, 9), deleted_at=at(11, 9)), "leak.codename", at(10, 9))
    week.found(mine, "leak.codename", at(10, 9), revision=1)
    week.found(week.says(at(14, 9)), "leak.codename", at(14, 9))

    figures = ask(week)
    assert figures.breaches == (Counted(label="policy.politics", count=1),)
    assert figures.leaks == (Counted(label="leak.codename", count=2), Counted(label="leak.pii.phone", count=1))
    assert figures.before is not None
    assert figures.before.leaks == (Counted(label="leak.codename", count=1),)


def test_sources_that_see_nothing(week: Week) -> None:
    def source(name: str, success: datetime | None, poll: datetime | None, **values: Any) -> None:
        week.write(source_state, source_id=name, next_poll_at=at(16, 0), last_success_at=success, last_poll_at=poll, **values)

    source("well", at(15, 23, 30), at(15, 23, 30))
    source("well-later", at(17, 9), at(17, 9))
    source("blind", at(15, 21, 20), at(15, 23, 50), failures=3, reason="unauthorized")
    source("blind-for-long", at(1, 9), at(15, 23), failures=90, reason="timeout")
    source("never", None, at(15, 23), failures=1, reason="connect")
    source("not-asked-yet", None, None)
    source("ended", at(1, 9), at(1, 9), ended_at=at(2, 9))

    blind = {each.source_id: (each.seconds, each.reason, each.since) for each in ask(week).blind}
    assert blind == {
        "blind": (2 * 3600 + 40 * 60, "unauthorized", at(15, 21, 20).astimezone(UTC)),
        "blind-for-long": (7 * 86400, "timeout", at(1, 9).astimezone(UTC)),
        "never": (7 * 86400, "connect", None),
    }


def test_tries_to_deliver(week: Week) -> None:
    open_one = week.opens("leak.codename", "critical", at(9, 9))
    resolved = week.opens("leak.codename", "high", at(8, 9), state="resolved", resolved=at(9, 12))
    week.tells(open_one, "mail", (at(9, 9), "retry"), (at(9, 10), "sent"))
    week.tells(resolved, "mail", (at(9, 11), "sent"))
    week.tells(resolved, "mail", (at(8, 11), "sent"))
    week.tells(open_one, "slack-pr", (at(9, 9), "failed"), (at(9, 9), "unknown"))
    week.tells(open_one, "slack-pr", (at(16, 9), "failed"))

    figures = ask(week)
    assert figures.sent == (Sent(channel="mail", sent=2, failed=0), Sent(channel="slack-pr", sent=0, failed=1, unsure=1))
    assert figures.before is not None
    assert figures.before.sent == (Sent(channel="mail", sent=1, failed=0),)


def test_every_query_uses_an_index(week: Week) -> None:
    from core.types import Voice

    start, end = START.astimezone(UTC), END.astimezone(UTC)
    queries = [
        said_query(start, end, Voice.PUBLIC), answers_query(start, end), opened_query(start, end),
        labels_query("leak", start, end, tuple(Voice)),         unfinished_query(end), unresolved_query(), burning_query(),
        sent_query(start, end),
        answers_query(start, end, CARE), opened_query(start, end, CARE), burning_query(CARE), sent_query(start, end, CARE),
    ]  # fmt: skip
    for query in queries:
        with week.store.database.read() as connection:
            if not week.store.database.is_sqlite:
                connection.execute(sa.text("SET LOCAL enable_seqscan = off"))
            assert [line for line in plan(connection, query) if is_scan(line)] == []


@pytest.mark.parametrize(
    ("week_name", "zone", "hours"),
    [
        ("2026-W46", "Europe/Warsaw", 168),
        ("2026-W13", "Europe/Warsaw", 167),
        ("2026-W43", "Europe/Warsaw", 169),
        ("2026-W14", "Australia/Lord_Howe", 168.5),
    ],
)
def test_a_week_is_as_long_as_its_clocks_say(week_name: str, zone: str, hours: float) -> None:
    start, end = week_bounds(week_name, ZoneInfo(zone))
    assert (end.astimezone(UTC) - start.astimezone(UTC)) == timedelta(hours=hours)
    assert start.weekday() == end.weekday() == 0


@pytest.mark.parametrize("wrong", ["2026-W54", "2026-46", "W46", "", "2026-W00", "last"])
def test_what_is_not_a_week(wrong: str) -> None:
    with pytest.raises(ConfigError, match="2026-W46"):
        week_bounds(wrong, WARSAW)


def test_the_last_full_week() -> None:
    assert last_full_week(datetime(2026, 11, 15, 22, 59, tzinfo=UTC), WARSAW) == "2026-W45"
    assert last_full_week(datetime(2026, 11, 15, 23, 0, tzinfo=UTC), WARSAW) == "2026-W46"
    assert last_full_week(datetime(2027, 1, 5, 8, 0, tzinfo=UTC), WARSAW) == "2026-W53"


@pytest.mark.parametrize("language", ["pl", "en"])
def test_a_week_of_nothing_is_a_digest_too(week: Week, language: str) -> None:
    sent = build_mail(ask(week), Settings(company=Company(name="Polna")), "anna@polna.example", language)
    assert [part.get_content_type() for part in sent.walk()].count("image/png") == 1
