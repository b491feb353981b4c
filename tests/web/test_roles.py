"""Who may see and do what, over the application's own routes: nobody sees evidence that they need not."""

import re
from collections.abc import Iterator

import pytest

from core.settings import Person
from core.types import ConversationState, IncidentState
from tests.web.site import Site, form_of
from web import create_app
from web.access import OPEN, OWN

ROLES = {
    "ada": ("admin",),
    "vera": ("viewer",),
    "rob": ("responder@owner:care",),
    "bea": ("viewer@brand:other",),
    "aud": ("auditor",),
    "stan": ("staff",),
    "olga": ("account-owner@brand:polna",),
}


@pytest.fixture
def manned(site: Site) -> Site:
    """The evening with a person for each role; Ewa belongs to care's team and has no role of her own."""
    people = tuple(Person(id=name, name=name.title(), roles=roles) for name, roles in ROLES.items())
    site.context.settings = site.context.settings.model_copy(update={"person": (*site.context.settings.person, *people)})
    return site


def routes(site: Site, method: str) -> Iterator[tuple[str, str]]:
    """(template, an address) of every route that is not open to everybody, filled with what was seeded."""
    filled = {"incident_id": str(site.city.parcels), "conversation_id": str(site.city.late_talk)}
    for template, methods in create_app(site.context).openapi()["paths"].items():
        if method.lower() in methods and template not in OPEN | OWN:
            yield template, re.sub(r"{(\w+)}", lambda found: filled.get(found[1], "1"), template)


def test_there_are_routes_to_ask(manned: Site) -> None:
    assert {"/", "/incidents/{incident_id}", "/posts"} <= {template for template, _ in routes(manned, "GET")}
    assert {"/incidents/{incident_id}/acknowledge", "/conversations/{conversation_id}/close"} <= {t for t, _ in routes(manned, "POST")}


@pytest.mark.parametrize("person", ["stan", "nobody-known"])
def test_staff_and_strangers_to_the_configuration_see_nothing(manned: Site, person: str) -> None:
    with manned.client(person) as client:
        for template, address in routes(manned, "GET"):
            assert client.get(address).status_code in (403, 404), template
            assert "Bursztyn" not in client.get(address).text


@pytest.mark.parametrize("person", ["vera", "aud", "stan", "bea"])
def test_who_may_only_look_changes_nothing(manned: Site, person: str) -> None:
    before = manned.store.incidents.newest_event()
    with manned.client(person) as client:
        csrf = form_of(client, "/account")
        for template, address in routes(manned, "POST"):
            assert client.post(address, data={"csrf": csrf, "version": "0", "length": "1h"}).status_code in (403, 404), template
    assert manned.store.incidents.newest_event() == before
    assert manned.store.incidents.card(manned.city.leak).row.state is IncidentState.OPEN
    assert manned.store.conversations.get(manned.city.late_talk).state is ConversationState.NEW


def test_without_a_session_every_route_leads_to_the_door(manned: Site) -> None:
    with manned.client(None) as client:
        for method in ("GET", "POST"):
            for template, address in routes(manned, method):
                assert client.request(method, address).status_code in (303, 401), template


def test_a_team_sees_its_own_and_what_it_takes_part_in(manned: Site) -> None:
    for person in ("rob", "ewa"):
        with manned.client(person) as client:
            assert client.get(f"/incidents/{manned.city.parcels}").status_code == 200
            assert client.get(f"/incidents/{manned.city.leak}").status_code == 404
            assert client.get(f"/conversations/{manned.city.fresh_talk}").status_code == 404
            inbox = client.get("/").text
            assert "Projekt Bursztyn" not in inbox
            assert "tom_in_krk" not in inbox
            assert "kasia_w" in inbox
            posts = client.get("/posts").text
            assert "Bursztyn" not in posts
            assert "kefir" in posts
            assert "No post has all of these words" in client.get("/posts", params={"q": "Bursztyn"}).text
    with manned.client("jan") as client:
        assert client.get(f"/incidents/{manned.city.leak}").status_code == 200, "security takes part"


def test_a_responder_acts_on_their_own_alone(manned: Site) -> None:
    with manned.client("rob") as client:
        csrf = form_of(client, f"/incidents/{manned.city.safety}")
        answer = client.post(f"/incidents/{manned.city.safety}/acknowledge", data={"csrf": csrf, "seen": "open"})
        assert answer.status_code == 303
        assert client.post(f"/incidents/{manned.city.leak}/acknowledge", data={"csrf": csrf, "seen": "open"}).status_code == 404
    assert manned.store.incidents.card(manned.city.safety).row.acknowledged_by == "rob"
    assert manned.store.incidents.card(manned.city.leak).row.acknowledged_by is None


def test_a_brand_bounds_what_is_seen(manned: Site) -> None:
    with manned.client("bea") as client:
        assert client.get(f"/incidents/{manned.city.parcels}").status_code == 404
        assert "kefir" not in client.get("/posts").text
    with manned.client("olga") as client:
        assert client.get(f"/incidents/{manned.city.leak}").status_code == 200
        assert "kefir" in client.get("/posts").text


def test_pages_offer_no_button_that_would_be_refused(manned: Site) -> None:
    with manned.client("vera") as client:
        for address in (f"/incidents/{manned.city.leak}", f"/conversations/{manned.city.late_talk}", "/"):
            posts = set(re.findall(r'<form[^>]*method="post"[^>]*action="([^"]+)"', client.get(address).text))
            assert posts <= {"/sign-out", "/language"}, address


def test_while_nobody_has_a_role_everybody_may_everything(site: Site) -> None:
    with site.client("ewa") as client:
        csrf = form_of(client, f"/incidents/{site.city.leak}")
        assert client.post(f"/incidents/{site.city.leak}/acknowledge", data={"csrf": csrf, "seen": "open"}).status_code == 303
