"""Who is told that a source is blind, and when that is news: not when Czujka itself was off, not when a budget is spent."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from alerts.channels.email import Settings as Mail
from core.blindness import SourceHealth, judged
from core.settings import Company, Owner, Person, Settings, SourceSettings
from czujka.source_letters import watchers, went_blind

READ = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
SOURCE = SourceSettings(id="gazeta", kind="rss", every=timedelta(minutes=20))
FAILING = SourceHealth(
    source_id="gazeta",
    state="failing",
    reason="empty",
    detail="nothing at all",
    last_poll_at=READ + timedelta(minutes=66),
    last_success_at=READ,
    last_item_at=READ,
    next_poll_at=READ + timedelta(minutes=90),
    failures=4,
    items=1,
    quarantined=0,
)
PEOPLE = ("a", "b", "c", "phone")
SETTINGS = Settings(
    company=Company(name="Polna", fallback="pr"),
    channel=(Mail(id="mail", kind="email", server="mail.example:25", tls="none", sender="czujka@polna.example"),),
    person=tuple(
        Person(id=one, name=one, contacts=(f"email:{one}@polna.example",) if one != "phone" else ()) for one in ("a", "b", "c", "phone")
    ),
    owner=(Owner(id="pr", people=("a",)), Owner(id="care", people=("b", "c"))),
)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, True),
        ({"last_poll_at": READ + timedelta(minutes=65)}, False),
        ({"failures": 0}, False),
        ({"reason": "budget_spent"}, False),
        ({"reason": "usage_capped"}, False),
        ({"last_success_at": None, "failures": 2}, False),
        ({"last_success_at": None, "failures": 3}, True),
        ({"last_poll_at": None}, False),
    ],
)
def test_what_is_news(change: dict[str, object], expected: bool) -> None:
    assert went_blind(SOURCE, replace(FAILING, **change)) is expected


@pytest.mark.parametrize(
    ("named", "people"),
    [
        ({"watcher": "c", "deputy": "b", "owner": "pr"}, ["c"]),
        ({"watcher": "phone", "deputy": "b", "owner": "pr"}, ["b"]),
        ({"deputy": "c"}, ["c"]),
        ({"owner": "care"}, ["b", "c"]),
        ({"watcher": "phone"}, ["a"]),
        ({}, ["a"]),
    ],
)
def test_who_is_told(named: dict[str, str], people: list[str]) -> None:
    assert [reader.person for reader in watchers(SOURCE.model_copy(update=named), SETTINGS)] == people


def test_late_then_blind_unless_it_waits() -> None:
    def state(health: SourceHealth, minutes: int) -> str:
        return judged(SOURCE, health, READ + timedelta(minutes=minutes)).state

    well = replace(FAILING, state="healthy", failures=0, reason="")
    assert [state(well, minutes) for minutes in (0, 26, 27, 65, 66)] == ["healthy", "healthy", "late", "late", "blind"]
    assert [state(FAILING, minutes) for minutes in (21, 27, 66)] == ["failing", "late", "blind"]
    assert [state(replace(FAILING, state=one), 300) for one in ("limited", "spent", "new")] == ["limited", "spent", "new"]
    assert judged(None, FAILING, READ + timedelta(days=9)) is FAILING
