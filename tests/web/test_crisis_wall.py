"""The wall screen over HTTP and in a browser: it renews itself, needs no script, fits its screen, says what is unknown."""

from datetime import timedelta

import httpx
import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser

from actions import crisis as acts
from core.crisis import Kind, Part
from core.numbers import Height, Numbers
from core.settings import SourceSettings
from core.types import Scope
from storage.schema import rollup
from storage.schema_series import signal
from tests.web.site import NOW, Site


@pytest.fixture
def storm(site: Site) -> Site:
    """Forty posts in the last hour, thirty of them negative; a crisis since half an hour, nothing said outside."""
    source = SourceSettings(id="x-mentions", kind="x", scope=Scope.MENTION, brand="polna")
    site.context.settings = site.context.settings.model_copy(update={"source": (source,)})
    begun = NOW - timedelta(minutes=30)
    acts.declare(site.store, site.context.settings, "Ill <b>after</b> the yoghurt", "anna", begun, kind=Kind.HARM)
    minute = NOW.replace(minute=5, second=0)
    counts = (("volume", 40), ("negative", 30), ("neutral", 10))
    with site.store.database.write() as connection:
        connection.execute(sa.delete(rollup))
        rows = [{"brand": "polna", "source_id": "x-mentions", "measure": name, "minute": minute, "value": value} for name, value in counts]
        connection.execute(sa.insert(rollup), rows)
    return site


def wall_of(client: httpx.Client) -> str:
    answer = client.get("/crisis/1/wall")
    assert answer.status_code == 200
    return answer.text


def test_what_is_counted_and_what_is_not_known(storm: Site) -> None:
    with storm.client("anna") as client:
        page = wall_of(client)
    assert "<dt>posts an hour</dt><dd>40</dd>" in page
    assert "what is usual is not known yet" in page
    assert "<dd>75\u00a0%</dd>" in page
    assert "No statement for 30 min" in page
    assert "Ill &lt;b&gt;after&lt;/b&gt; the yoghurt" in page
    assert '<b>X</b> <span class="number">40</span>' in page
    assert '<meta http-equiv="refresh" content="30">' in page
    assert "<script" not in page
    assert "style=" not in page


def test_a_crowd_that_pages_nobody_is_a_note_on_the_wall(storm: Site) -> None:
    at = NOW - timedelta(hours=1)
    height = Height(scope="mention", measure="volume", at=at, window_min=60, seen=412, usual_low=20, usual_high=45)
    numbers = Numbers(heights=(height,), posts=400, negative=12, event="Wielkie rozdanie").document()
    row = {"brand": "polna", "scope": "mention", "measure": "volume", "opened_at": at, "window_min": 60, "seen": 412.0, "usual_low": 20.0}
    row |= {"usual_high": 45.0, "line": 80.0, "is_cold": False, "verdict": "expected", "numbers": numbers}
    with storm.store.database.write() as connection:
        connection.execute(sa.insert(signal), [row, row | {"measure": "authors"}, row | {"measure": "reach", "verdict": "incident"}])
    with storm.client("anna") as client:
        assert wall_of(client).count("412 posts in an hour (usual 20–45), 3 % negative · expected, nobody is paged") == 1
    with storm.client("anna", language="pl") as client:
        assert "412 wpisów w ciągu godziny (zwykle 20–45), 3 % negatywnych · oczekiwane, nikt nie jest powiadamiany" in wall_of(client)


def test_the_clock_since_the_last_statement_runs_and_turns_when_it_is_late(storm: Site) -> None:
    settings = storm.context.settings
    acts.give_role(storm.store, settings, 1, Part.LEGAL, "jan", "anna", NOW)
    said = acts.draft(storm.store, 1, "We know.", "en", "anna", NOW)
    acts.approve(storm.store, 1, said, "jan", NOW)
    acts.publish(storm.store, 1, said, "X", "anna", NOW)
    storm.clock.now = NOW + timedelta(hours=3, minutes=59)
    with storm.client("anna") as client:
        assert "Last statement 3 h 59 min ago" in wall_of(client)
        assert 'class="clock late"' not in wall_of(client)
        storm.clock.now += timedelta(minutes=1)
        assert 'class="clock late"' in wall_of(client)
        acts.stand_down(storm.store, 1, "over", "anna", storm.clock.now)
        assert 'class="clock late"' not in wall_of(client), "when it is over nobody waits for a word"


def test_a_wall_is_for_those_who_may_see_the_crisis(storm: Site) -> None:
    with storm.client(None) as nobody:
        assert nobody.get("/crisis/1/wall").status_code == 303
    with storm.client("anna", language="pl") as client:
        assert "Bez oświadczenia od 30 min" in wall_of(client)
        assert client.get("/crisis/9/wall").status_code == 404


@pytest.mark.parametrize(("wide", "high"), [(1920, 1080), (1366, 768), (390, 844)])
def test_it_fits_and_can_be_read_from_three_metres(storm: Site, browser: Browser, wide: int, high: int) -> None:
    view = browser.new_context(viewport={"width": wide, "height": high}, java_script_enabled=False)
    page = view.new_page()
    page.goto(storm.link("anna"))
    page.get_by_role("button").first.click()
    page.goto(f"{storm.url}/crisis/1/wall")
    assert page.locator("html").evaluate("one => one.scrollWidth") <= wide
    if wide >= 1024:
        assert page.locator("footer").evaluate("one => one.getBoundingClientRect().bottom") <= high
        sizes = page.locator(".figures dt + dd").evaluate_all("all => all.map(one => parseFloat(getComputedStyle(one).fontSize))")
        assert min(sizes) >= high / 24, "of a screen a metre wide, two centimetres and more"
    view.close()
