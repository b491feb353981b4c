"""Tokens on both databases, and the calendar feed that one of them opens, read back by a calendar program's own parser."""

from datetime import UTC, date, datetime, timedelta

import httpx
import pytest
from icalendar import Calendar

from actions import feeds
from core.accounts import AccessToken
from core.errors import ConfigError, NotFound
from core.links import digest
from core.records import Override
from core.settings import Layer, Schedule
from storage import Store
from tests.fakes.dairy import dairy
from tests.web.site import serve
from web import Context

NOW = datetime(2026, 10, 20, 12, 0, tzinfo=UTC)
SETTINGS = dairy(
    schedule=(Schedule(id="pr-rota", layer=(Layer(people=("anna", "jan"), start=date(2026, 9, 7), hours="mon-fri 08:00-18:00"),)),)
)


def test_a_token_is_found_by_its_hash_until_it_is_old_or_revoked(store: Store) -> None:
    mine = AccessToken(
        kind="api", subject="anna", name="script", scopes=("read",), made_by="anna", made_at=NOW, expires_at=NOW + timedelta(days=1)
    )
    number = store.tokens.add(digest("s3cret"), mine)
    found = store.tokens.find(digest("s3cret"), "api", NOW)
    assert found is not None
    assert (found.token_id, found.scopes, found.used_at) == (number, ("read",), NOW)
    assert store.tokens.find(digest("s3cret"), "calendar", NOW) is None
    assert store.tokens.find(digest("other"), "api", NOW) is None
    assert store.tokens.find(digest("s3cret"), "api", NOW + timedelta(days=1)) is None
    with pytest.raises(NotFound):
        store.tokens.revoke("calendar", number, NOW)
    store.tokens.revoke("api", number, NOW)
    assert store.tokens.find(digest("s3cret"), "api", NOW) is None
    assert store.tokens.list("api") == []


def test_the_secret_itself_is_nowhere(store: Store) -> None:
    token = feeds.make(store, SETTINGS, "person:anna", "jan", NOW).removeprefix("/calendar/").removesuffix(".ics")
    with store.database.read() as connection:
        assert token not in str(connection.exec_driver_sql("SELECT * FROM access_token").all())


def test_a_person_sees_their_own_shifts_over_the_change_of_clocks(store: Store) -> None:
    with serve(Context(store, SETTINGS, "secret", clock=lambda: NOW)) as base:
        path = feeds.make(store, SETTINGS, "person:anna", "jan", NOW)
        answer = httpx.get(base + path)
        assert answer.headers["content-type"].startswith("text/calendar")
        shifts = list(Calendar.from_ical(answer.content).walk("VEVENT"))
        starts = {event.decoded("dtstart") for event in shifts}
        assert datetime(2026, 10, 23, 6, 0, tzinfo=UTC) in starts, "8:00 in Warsaw is 6:00 in summer"
        assert datetime(2026, 11, 3, 7, 0, tzinfo=UTC) in starts, "and 7:00 in winter"
        assert datetime(2026, 10, 27, 7, 0, tzinfo=UTC) not in starts, "that week is Jan's"
        assert {str(event["summary"]) for event in shifts} == {"pr-rota: dyżuruje Anna Lis"}
        assert len({str(event["uid"]) for event in shifts}) == len(shifts)
        [feed] = store.tokens.list(feeds.KIND)
        store.tokens.revoke(feeds.KIND, feed.token_id, NOW)
        assert httpx.get(base + path).status_code == 404
        assert httpx.get(base + "/calendar/x.ics").status_code == 404


def test_a_schedule_shows_its_gaps_and_overrides(store: Store) -> None:
    leave = Override(schedule="pr-rota", person="jan", starts_at=NOW + timedelta(days=1), ends_at=NOW + timedelta(days=2))
    store.oncall.add_override(leave, "jan", NOW)
    path = feeds.make(store, SETTINGS, "schedule:pr-rota", "jan", NOW)
    body = feeds.read(store, SETTINGS, path.removeprefix("/calendar/").removesuffix(".ics"), NOW)
    assert body is not None
    events = {(str(event["summary"]), event.decoded("dtstart")) for event in Calendar.from_ical(body).walk("VEVENT")}
    assert ("pr-rota: NIKT nie dyżuruje", datetime(2026, 10, 23, 16, 0, tzinfo=UTC)) in events
    assert ("pr-rota: dyżuruje Jan Wrona", leave.starts_at) in events


def test_a_feed_of_nobody_is_refused_with_who_there_is(store: Store) -> None:
    with pytest.raises(ConfigError, match="person:anna"):
        feeds.make(store, SETTINGS, "person:zofia", "jan", NOW)
