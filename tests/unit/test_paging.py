"""When a source is asked again, and what of it may page."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.arrivals import arrival
from core.blindness import promise
from core.errors import BadResponse, RateLimited
from core.settings import Settings, SourceSettings
from core.types import Item, ItemKind, Page, Voice
from czujka.asking import back_off, next_poll

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SOURCE = SourceSettings(id="feed", kind="rss", every=timedelta(minutes=5))


COMPANY = Settings.model_validate({"company": {"name": "Polna"}, "brand": [{"id": "polna", "name": "Polna"}]})


def said(ago: timedelta | None) -> Item:
    created_at = None if ago is None else NOW - ago
    return Item(platform="rss", external_id="1", kind=ItemKind.ARTICLE, text="t", voice=Voice.PUBLIC, created_at=created_at)


@pytest.mark.parametrize(
    ("ago", "first_poll", "may_page"),
    [
        (timedelta(minutes=1), False, True),
        (timedelta(hours=24), False, True),
        (timedelta(hours=24, seconds=1), False, False),
        (timedelta(minutes=1), True, False),
        (None, False, True),
    ],
)
def test_old_news_and_first_polls_never_page(ago: timedelta | None, first_poll: bool, may_page: bool) -> None:
    assert arrival(said(ago), SOURCE, COMPANY, NOW, first_poll=first_poll).may_page is may_page


def test_where_one_brand_is_configured_everything_is_about_it() -> None:
    assert arrival(said(None), SOURCE, COMPANY, NOW, first_poll=False).brand == "polna"


@given(st.floats(0, 1))
def test_a_poll_comes_after_its_interval_give_or_take_a_twentieth(jitter: float) -> None:
    due = next_poll(SOURCE, Page(items=(), cursor={}), NOW, jitter)
    assert timedelta(seconds=285) <= due - NOW <= timedelta(seconds=315)


@pytest.mark.parametrize(
    ("quiet", "wait"),
    [(None, 5), (timedelta(minutes=1), 5), (timedelta(minutes=50), 5), (timedelta(hours=5), 30), (timedelta(days=2), 120)],
)
def test_a_quiet_source_is_asked_after_a_tenth_of_its_silence_within_its_bounds(quiet: timedelta | None, wait: int) -> None:
    slow = SOURCE.model_copy(update={"slowest": timedelta(hours=2)})
    since = None if quiet is None else NOW - quiet
    assert next_poll(slow, Page(items=(), cursor={}), NOW, 0.5, since) == NOW + timedelta(minutes=wait)
    assert next_poll(SOURCE, Page(items=(), cursor={}), NOW, 0.5, since) == NOW + timedelta(minutes=5)


def test_a_source_that_may_be_asked_seldom_is_not_blind_before_that() -> None:
    usual, slow = promise(SOURCE), promise(SOURCE.model_copy(update={"slowest": timedelta(hours=2)}))
    assert (usual.gap, usual.after) == (timedelta(minutes=5), timedelta(minutes=20))
    assert (slow.gap, slow.after) == (timedelta(hours=2), timedelta(hours=2, minutes=15))


def test_slowest_is_no_quicker_than_every() -> None:
    with pytest.raises(ValueError, match="at least `every`, 0:05:00, was expected"):
        SourceSettings(id="feed", kind="rss", slowest=timedelta(minutes=1))


def test_a_platform_may_ask_to_be_left_alone_for_longer() -> None:
    later = NOW + timedelta(hours=1)
    assert next_poll(SOURCE, Page(items=(), cursor={}, retry_at=later), NOW, 0.5) == later


@given(st.floats(0, 1), st.integers(0, 50))
def test_the_platforms_own_word_counts_however_often_it_failed(jitter: float, failures: int) -> None:
    reset = NOW + timedelta(minutes=17)
    again = back_off(SOURCE, failures, RateLimited("slow down", retry_at=reset), NOW, jitter)
    assert timedelta(seconds=1) <= again - reset <= timedelta(seconds=5)


@pytest.mark.parametrize(("failures", "most"), [(0, 5), (1, 10), (2, 20), (3, 40), (4, 60), (30, 60)])
def test_each_failure_waits_twice_as_long_up_to_an_hour(failures: int, most: int) -> None:
    error = BadResponse("no answer")
    assert back_off(SOURCE, failures, error, NOW, 1.0) == NOW + timedelta(minutes=most)
    assert back_off(SOURCE, failures, error, NOW, 0.0) == NOW + timedelta(minutes=most) / 2
