"""Signals over the API: what stood out, what it came to and why, for who may see the brand; a page at a time."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from core.numbers import Ground, Numbers, height_of
from core.series import SeriesKey, Signal
from core.settings import Person
from storage.schema_series import signal
from tests.web.calling import api, problem, token_of
from tests.web.site import NOW, Site

AMOUNTS = {"window_min": 60, "seen": 412.0, "usual_low": 20.0, "usual_high": 45.0, "line": 80.0, "is_cold": False}


@pytest.fixture
def stood_out(site: Site) -> Site:
    """An incident's signal that lasts, a note of the same brand, one that nobody has weighed, and one of another brand."""
    at = NOW - timedelta(hours=2)
    seen = Signal(key=SeriesKey("polna", "mention", "volume"), opened_at=at, ended_at=None, **AMOUNTS)  # type: ignore[arg-type]
    bad = Numbers(heights=(height_of(seen),), posts=400, negative=284, complaining=284, platforms=("x",), grounds=(Ground.NEGATIVE,))
    calm = Numbers(heights=(height_of(seen),), posts=400, negative=4, reach=12_000)
    rows = [
        ("polna", "volume", "incident", site.city.parcels, bad.document(), None),
        ("polna", "authors", "volume_alone", None, calm.document(), NOW),
        ("polna", "reach", "", None, None, NOW),
        ("inna", "volume", "volume_alone", None, calm.document(), NOW),
    ]
    with site.store.database.write() as connection:
        connection.execute(sa.delete(signal))
        for number, (brand, measure, verdict, incident_id, numbers, ended_at) in enumerate(rows, start=1):
            names = {"id": number, "brand": brand, "scope": "mention", "measure": measure, "verdict": verdict, "numbers": numbers}
            connection.execute(sa.insert(signal).values(**names, **AMOUNTS, opened_at=at, ended_at=ended_at, incident_id=incident_id))
    people = (
        Person(id="olaf", roles=("viewer@brand:inna",)),
        Person(id="ada", roles=("admin",)),
        Person(id="cara", roles=("viewer@owner:care",)),
    )
    site.context.settings = site.context.settings.model_copy(update={"person": (*site.context.settings.person, *people)})
    return site


def test_a_signal_says_what_was_seen_what_is_usual_and_what_it_came_to(stood_out: Site) -> None:
    with api(stood_out, token_of(stood_out, scopes=("see",))) as client:
        told = client.get("/signals/1").json()
        polish = client.get("/signals/1", params={"language": "pl"}).json()
    assert (told["measure"], told["seen"], told["usual_low"], told["usual_high"], told["window_min"]) == ("volume", 412, 20, 45, 60)
    assert (told["verdict"], told["incident_id"], told["ended_at"]) == ("incident", stood_out.city.parcels, None)
    assert (told["said"]["posts"], told["said"]["negative"], told["said"]["reach"], told["said"]["grounds"]) == (
        400,
        284,
        None,
        ["negative"],
    )
    assert told["says"][0].startswith("412 posts in an hour, usual 20–45")
    assert "How far it reaches is not known." in told["says"]
    assert polish["says"][0].startswith("412 wpisów w ciągu godziny, zwykle 20–45")


def test_the_list_goes_back_page_by_page_and_can_be_narrowed(stood_out: Site) -> None:
    with api(stood_out, token_of(stood_out, scopes=("see",))) as client:
        first = client.get("/signals", params={"limit": 3}).json()
        rest = client.get("/signals", params={"limit": 3, "cursor": first["next"]}).json()
        assert [one["id"] for one in (*first["items"], *rest["items"])] == [4, 3, 2, 1]
        assert rest["next"] is None
        assert [one["id"] for one in client.get("/signals", params={"lasting": True}).json()["items"]] == [1]
        assert [one["id"] for one in client.get("/signals", params={"brand": "inna"}).json()["items"]] == [4]
        not_weighed = client.get("/signals/3").json()
        assert (not_weighed["verdict"], not_weighed["said"], not_weighed["says"]) == ("", None, [])
        problem(client.get("/signals", params={"cursor": "made up"}), 400, "bad_cursor")


def test_who_sees_one_brand_sees_its_signals_alone(stood_out: Site) -> None:
    with api(stood_out, token_of(stood_out, "olaf", ("see",))) as client:
        assert [one["id"] for one in client.get("/signals").json()["items"]] == [4]
        assert client.get("/signals", params={"brand": "polna"}).json()["items"] == []
        problem(client.get("/signals/1"), 404, "not_found")
    with api(stood_out, token_of(stood_out, "cara", ("see",))) as client:
        assert client.get("/signals").json()["items"] == [], "who sees one team's posts does not see a brand's numbers"
    with api(stood_out, None) as client:
        problem(client.get("/signals"), 401, "unauthorized")
    with api(stood_out, token_of(stood_out)) as client:
        problem(client.get("/signals/99"), 404, "not_found")
