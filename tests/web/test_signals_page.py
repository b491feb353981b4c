"""The page of numbers: every series with its usual band, what stood out and what it came to, for who may see the brand."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from core.numbers import Ground, Numbers, height_of
from core.series import BUCKET, SeriesKey, Signal
from core.settings import Person, SourceSettings
from czujka.watching import watch_series
from storage.schema import rollup, source_state
from storage.schema_audience import audience
from storage.schema_series import signal
from tests.fakes.crowds import looked, usual_days
from tests.fakes.dying import house_at
from tests.web.site import NOW, Site

SEEN = Signal(
    key=SeriesKey("polna", "mention", "volume"),
    opened_at=NOW - timedelta(hours=2),
    ended_at=None,
    window_min=60,
    seen=412,
    usual_low=20,
    usual_high=45,
    line=80,
    is_cold=False,
)


@pytest.fixture
def counting(site: Site) -> Site:
    """Two usual days and a wave in the last hour but one, judged; two signals that became one incident, and one that is a note."""
    source = SourceSettings(id="x-mentions", kind="x", brand="polna")
    site.context.settings = site.context.settings.model_copy(update={"source": (source,)})
    until = NOW - timedelta(minutes=NOW.minute % 5, seconds=NOW.second)
    with site.store.database.write() as connection:
        connection.execute(sa.delete(rollup))
        connection.execute(sa.delete(source_state))
        connection.execute(sa.delete(audience))
        heard = {"brand": "polna", "source_id": source.id, "bucket": until - timedelta(hours=3), "authors": 7, "known": 3, "reach": 900}
        connection.execute(sa.insert(audience).values(heard))
    usual_days(site.store, until, source_id=source.id)
    for step in range(6):
        wave = (rollup.c.measure == "volume") & (rollup.c.minute == until - timedelta(hours=2) + step * BUCKET)
        with site.store.database.write() as connection:
            connection.execute(sa.update(rollup).where(wave).values(value=90))
    looked(site.store, NOW, source.id)
    house = house_at(site.context.settings, site.store, NOW + timedelta(minutes=5))
    watch_series(house)
    house.http.close()
    numbers = Numbers(heights=(height_of(SEEN),), posts=400, negative=284, story=256, complaining=284, grounds=(Ground.NEGATIVE,))
    with site.store.database.write() as connection:
        connection.execute(sa.delete(signal))
        common = {name: getattr(SEEN, name) for name in ("window_min", "seen", "usual_low", "usual_high", "line", "is_cold")}
        common |= {"brand": "polna", "scope": "mention"}
        told = {"verdict": "incident", "incident_id": site.city.parcels, "numbers": numbers.document()}
        rows = [common | told | {"measure": name, "opened_at": SEEN.opened_at} for name in ("volume", "complaint")]
        note = {"verdict": "volume_alone", "incident_id": None, "numbers": None}
        rows += [common | note | {"measure": "negative", "opened_at": SEEN.opened_at - timedelta(days=2)}]
        connection.execute(sa.insert(signal), rows)
    people = (Person(id="vera", name="Vera", roles=("viewer",)), Person(id="olaf", name="Olaf", roles=("viewer@brand:inna",)))
    site.context.settings = site.context.settings.model_copy(update={"person": (*site.context.settings.person, *people)})
    return site


def test_each_series_is_drawn_with_its_usual_band(counting: Site) -> None:
    with counting.client("vera") as client:
        shown = client.get("/signals").text
    figures = shown.split("<figure")[1:]
    assert [re.findall(r"<strong>([^<]+)", one)[0] for one in figures] == [
        *("Posts", "Negative posts", "Complaints", "Signs of a crisis"),
        *("Authors", "Known reach"),
    ]
    assert "at most 900 in one" in figures[5]
    assert "last hour unknown" in figures[5], "there were posts, and a reach that nobody knows is never 0"
    usual = re.search(r"last hour (\d+), usual (\d+)–(\d+)", figures[0])
    assert usual is not None
    last, low, high = (int(number) for number in usual.groups())
    assert 60 < low < 120 < high < 250
    assert low <= last <= high
    assert figures[0].count("<rect") == 24
    tall = sorted((float(height) for height in re.findall(r'height="([\d.]+)"', figures[0])), reverse=True)
    assert tall[0] == 42.0
    assert tall[2] < 21.0, "the wave stands out of what is usual"
    points = re.search(r'class="usual" points="([^"]+)"', figures[0])
    assert points is not None
    assert len(points[1].split()) == 4 * 24


def test_what_stood_out_says_what_it_came_to_and_why(counting: Site) -> None:
    with counting.client("vera") as client:
        shown = client.get("/signals").text
        assert len(re.findall(r'id="signal-\d+"', client.get("/signals?days=1").text)) == 2
    assert f'href="/incidents/{counting.city.parcels}"' in shown
    assert shown.count("412 posts in an hour, usual 20–45") == 1, "one incident tells its numbers once"
    assert "71 % are negative." in shown
    assert "Volume alone: a note, nobody is paged" in shown


def test_in_polish(counting: Site) -> None:
    with counting.client("vera", language="pl") as client:
        shown = client.get("/signals").text
    assert "412 wpisów w ciągu godziny, zwykle 20–45" in shown
    assert "Sama liczba: notatka, nikt nie jest powiadamiany" in shown


def test_who_may_not_see_the_brand_sees_none_of_its_numbers(counting: Site) -> None:
    with counting.client("olaf") as client:
        shown = client.get("/signals").text
    assert "<figure" not in shown
    assert "412" not in re.sub(r'name="csrf" value="\w+"', "", shown), "a form's token may hold any digits"
