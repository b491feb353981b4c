"""Signals become crisis incidents on both databases: once each, one crisis for one brand, whatever dies on the way, with an end."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from actions import incidents as act
from alerts.swell import settle
from core.easing import Expected
from core.errors import Conflict
from core.number_words import told_last
from core.records import IncidentRow
from core.signals import LABEL, Settled
from core.types import IncidentState, Severity
from czujka.house import House
from czujka.watching import watch_series, weigh_signals
from storage import Store
from storage.schema_series import signal
from tests.fakes.crowds import crowd, looked, usual_days
from tests.fakes.dairy import dairy, finding
from tests.fakes.dying import dies_weighing, house_at
from tests.fakes.toll import Toll, note

SIGNAL_PLACES = ("signals.claimed", "signals.written", "signals.committed")
WAVE = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)
"""A Friday, 18:00 in Warsaw."""


@contextmanager
def house(store: Store, at: datetime) -> Iterator[House]:
    built = house_at(dairy(), store, at)
    try:
        yield built
    finally:
        built.http.close()


def pass_by(store: Store, at: datetime) -> None:
    """The sources are read and the series watched at this time."""
    looked(store, at)
    with house(store, at) as watched:
        watch_series(watched)
        weigh_signals(watched)


def rows(store: Store) -> list[IncidentRow]:
    return list(store.incidents.list())


def verdicts(store: Store) -> set[tuple[str, str]]:
    with store.database.read() as connection:
        return {(row.measure, row.verdict) for row in connection.execute(sa.select(signal))}


def settled(store: Store, at: datetime) -> Settled:
    [swell] = store.signals.swells({"polna": ["x-mentions"]}, at, dairy().alerting)
    return settle(swell, dairy(), at)


def watched(store: Store, at: datetime) -> None:
    looked(store, at)
    with house(store, at) as one:
        watch_series(one)


def test_an_angry_wave_is_one_crisis_of_all_its_series_told_once_that_explains_itself(store: Store) -> None:
    usual_days(store, WAVE)
    crowd(store, WAVE, 140, negative=100, findings=[finding("complaint.quality")])
    for minute in (11, 12, 13):
        pass_by(store, WAVE + timedelta(minutes=minute))
    [row] = rows(store)
    assert (row.label, row.brand, row.owner, row.paging) == (LABEL, "polna", "pr", True)
    assert row.severity is Severity.HIGH
    assert row.items == 20
    events = store.incidents.card(row.incident_id).events
    assert [event.kind for event in events] == ["opened"]
    numbers = told_last(events)
    assert numbers is not None
    assert (numbers.posts, numbers.negative, numbers.reach) == (140, 100, None)
    assert {one.measure for one in numbers.heights} == {"volume", "negative", "complaint"}
    assert [(one.seen, one.usual_low < 10 < one.usual_high < 40) for one in numbers.heights if one.measure == "volume"] == [(140, True)]
    assert {verdict for _, verdict in verdicts(store)} == {"incident"}


def test_a_giveaway_is_a_note_and_an_expected_one_says_so(store: Store) -> None:
    usual_days(store, WAVE)
    crowd(store, WAVE, 140, negative=4)
    pass_by(store, WAVE + timedelta(minutes=11))
    assert rows(store) == []
    assert verdicts(store) == {("volume", "volume_alone")}
    ends = WAVE + timedelta(hours=5)
    store.easing.add_expected(Expected(name="Rozdanie", factor=20, brand="polna", starts_at=WAVE, ends_at=ends, made_by="anna"))
    pass_by(store, WAVE + timedelta(minutes=13))
    assert rows(store) == []
    assert verdicts(store) == {("volume", "expected")}


def test_of_two_who_weigh_the_same_signal_one_is_told_whether_it_pages_or_not(store: Store) -> None:
    usual_days(store, WAVE)
    crowd(store, WAVE, 140, negative=4)
    now = WAVE + timedelta(minutes=11)
    watched(store, now)
    quiet = settled(store, now)
    store.signals.apply(quiet, now)
    with pytest.raises(Conflict):
        store.signals.apply(quiet, now)
    crowd(store, WAVE, 300, negative=300, name="angry")
    now += timedelta(minutes=2)
    loud = settled(store, now)
    store.signals.apply(loud, now)
    with pytest.raises(Conflict):
        store.signals.apply(loud, now)
    assert len(rows(store)) == 1


def test_old_posts_page_nobody_and_neither_does_a_signal_that_is_first_weighed_a_day_later(store: Store) -> None:
    usual_days(store, WAVE)
    crowd(store, WAVE, 140, negative=100, may_page=False)
    watched(store, WAVE + timedelta(minutes=11))
    swells = store.signals.swells({"polna": ["x-mentions"]}, WAVE + timedelta(minutes=11), dairy().alerting)
    assert [(len(one.live), one.seen.posts) for one in swells] == [(2, 0)]
    with house(store, WAVE + timedelta(hours=25)) as late:
        weigh_signals(late)
    assert (rows(store), verdicts(store)) == ([], {("volume", "old"), ("negative", "old")})


def test_when_the_numbers_are_usual_again_what_somebody_took_is_over(store: Store) -> None:
    usual_days(store, WAVE + timedelta(hours=12), days=3)
    crowd(store, WAVE, 140, negative=100)
    pass_by(store, WAVE + timedelta(minutes=11))
    [row] = rows(store)
    act.acknowledge(store, dairy(), row.incident_id, "anna", WAVE + timedelta(minutes=12))
    for hours in (1, 2, 3, 4, 5):
        pass_by(store, WAVE + timedelta(hours=hours))
        pass_by(store, WAVE + timedelta(hours=hours, minutes=2))
    card = store.incidents.card(row.incident_id)
    assert card.row.state is IncidentState.RESOLVED
    assert (card.events[-1].kind, card.events[-1].reason, card.events[-1].actor) == ("resolved", "numbers_usual", "czujka")
    with store.database.read() as connection:
        assert connection.execute(sa.select(sa.func.count()).where(signal.c.weigh_at.is_not(None))).scalar() == 0


def test_wherever_the_process_dies_the_crisis_opens_once(store: Store, database_url: str) -> None:
    usual_days(store, WAVE)
    crowd(store, WAVE, 140, negative=100)
    now = WAVE + timedelta(minutes=11)
    watched(store, now)
    for place, opened in zip(SIGNAL_PLACES, (0, 0, 1), strict=True):
        dies_weighing(dairy(), database_url, now, place)
        assert len(rows(store)) == opened, place
    for again in (now, now + timedelta(minutes=1)):
        with house(store, again) as alive:
            weigh_signals(alive)
    found = [(row.label, row.items) for row in rows(store)]
    note([Toll(place, "crisis in numbers", 1, lost=int(not found), doubled=max(0, len(found) - 1)) for place in SIGNAL_PLACES])
    assert found == [(LABEL, 20)]
