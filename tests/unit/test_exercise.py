"""Scenarios: read whole or refused with line and reason, fitted to a company; and what the incidents of an exercise say of its people."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.errors import ConfigError
from core.records import Event, IncidentCard, IncidentRow
from core.sending import Told
from core.types import IncidentState, Severity
from governance.exercise import find, fitted, read_scenario, scenarios, timing

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HEAD = {"title": "A leak", "language": "en"}
POST = {"at": 5, "by": "zoe", "followers": 3, "text": "{brand} and {code_name}"}


@pytest.mark.parametrize("language", ["pl", "en"])
def test_two_ship_in_both_languages_and_name_nobody_until_they_are_fitted(language: str) -> None:
    assert scenarios() == ("delivery", "leak")
    for name in scenarios():
        found = read_scenario(find(name, language))
        assert (found.name, found.language) == (name, language)
        assert len(found.posts) >= 8
        assert all("{brand}" in one.text or "{code_name}" in one.text for one in found.posts)
        assert len({one.text for one in found.posts}) == len(found.posts)


def file(folder: Path, *rows: object) -> Path:
    path = folder / "own.jsonl"
    path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows) + "\n", encoding="utf-8")
    return path


def test_posts_are_ordered_and_fitted_and_a_code_name_that_is_not_there_is_not_made_up(tmp_path: Path) -> None:
    found = read_scenario(file(tmp_path, HEAD, POST | {"at": 9, "text": "{brand} again"}, POST))
    assert [one.at.total_seconds() for one in found.posts] == [5, 9]
    assert [one.text for one in fitted(found, "Polna", "Bursztyn").posts] == ["Polna and Bursztyn", "Polna again"]
    assert [one.text for one in fitted(found, "Polna", "").posts] == ["Polna again"]


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ((HEAD,), "1 to 2000 posts"),
        ((HEAD | {"language": "de"}, POST), "line 1: a title and a language"),
        ((HEAD, "{"), "line 2: one JSON object"),
        ((HEAD, POST, POST | {"at": -1}), "line 3"),
        ((HEAD, POST | {"text": ""}), "line 2"),
        ((HEAD, POST | {"followers": True}), "line 2"),
    ],
)
def test_a_fault_is_refused_with_its_line(tmp_path: Path, rows: tuple[object, ...], told: str) -> None:
    with pytest.raises(ConfigError) as refused:
        read_scenario(file(tmp_path, *rows))
    assert told in str(refused.value)


def test_a_scenario_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(ConfigError, match="delivery, leak"):
        find("flood", "pl")


def card(*events: Event, told: tuple[Told, ...] = ()) -> IncidentCard:
    row = IncidentRow(
        incident_id=1,
        label="leak.confidential",
        title="",
        severity=Severity.HIGH,
        state=IncidentState.OPEN,
        owner="pr",
        brand=None,
        items=1,
        authors=1,
        opened_at=NOW,
        last_item_at=NOW,
    )
    return IncidentCard(row=row, evidence=(), participants=(), events=events, told=told)


def event(minutes: int, kind: str, actor: str = "anna") -> Event:
    return Event(at=NOW + minutes * MINUTE, actor=actor, kind=kind, reason="")


def test_what_people_did_is_timed_from_the_first_page_and_looking_is_no_act() -> None:
    sent = tuple(
        Told(person="anna", contact="email:a", channel="mail", state=state, at=NOW + minutes * MINUTE if minutes else None)
        for state, minutes in (("sent", 2), ("waiting", 0), ("sent", 1))
    )
    happened = (
        event(0, "opened", "czujka"),
        event(4, "acknowledged"),
        event(5, "revealed"),
        event(9, "note", "jan"),
        event(30, "resolved"),
    )
    found = timing(card(*happened, told=sent))
    waits = [found.after_page(at) for at in (found.acknowledged_at, found.acted_at, found.resolved_at)]
    assert waits == [3 * MINUTE, 8 * MINUTE, 29 * MINUTE]
    assert found.who == ("anna", "jan")


def test_what_nobody_did_is_not_timed() -> None:
    found = timing(card(event(0, "opened", "czujka"), event(3, "resolved", "czujka")))
    assert (found.paged_at, found.acknowledged_at, found.acted_at, found.resolved_at, found.who) == (None, None, None, None, ())
