"""Lessons on their page, on the review of a crisis and over the API: asked for, kept, planned, done, and told with their effect."""

from datetime import timedelta

import pytest

from actions import crisis, incidents
from actions import lessons as acts
from core.crisis import About, Kind, Planned
from core.settings import Person
from core.types import IncidentState
from tests.web.calling import api, problem, token_of
from tests.web.site import NOW, Site, form_of
from tests.web.test_sharing import words_of

DAY = timedelta(days=1)
ACTION = {"text": "Mark slides", "owner": "anna", "about": "training", "pointer": "slides"}


@pytest.fixture
def over(site: Site) -> Site:
    """The leak is resolved; Vera sees another team's incidents, Ada everything."""
    people = (Person(id="vera", roles=("viewer@owner:care",)), Person(id="ada", roles=("admin",)), Person(id="stan", roles=("staff",)))
    site.context.settings = site.context.settings.model_copy(update={"person": (*site.context.settings.person, *people)})
    incidents.resolve(site.store, site.context.settings, site.city.leak, "anna", NOW - DAY, seen=IncidentState.OPEN)
    return site


def test_an_incident_that_is_over_asks_and_what_it_taught_is_kept(over: Site) -> None:
    with over.client("jan") as client:
        assert "What did it teach us?" in client.get(f"/incidents/{over.city.leak}").text
        page = client.get("/lessons").text
        assert "These are over. What did they teach?" in page
        token = form_of(client, "/lessons")
        assert client.post(f"/incidents/{over.city.leak}/learned", data={"csrf": token, "text": " "}).status_code == 422
        assert client.post(f"/incidents/{over.city.leak}/learned", data={"csrf": token, "text": "Slides <b>leak</b>"}).status_code == 303
        assert client.post("/lessons/1/actions", data={"csrf": token, "day": "2026-11-27", **ACTION}).status_code == 303
        assert client.post("/lessons/1/actions", data={"csrf": token, "day": "x", **ACTION}).status_code == 422
        page = client.get("/lessons").text
        assert "Slides &lt;b&gt;leak&lt;/b&gt;" in page
        assert "Mark slides" in page
        assert "What did they teach?" not in page
        assert client.post("/lessons/1/actions/1/done", data={"csrf": token}).status_code == 303
        over.clock.now += DAY
        assert "too early to say" in client.get("/lessons").text
    with over.client("jan", language="pl") as client:
        page = client.get("/lessons").text
        assert "za wcześnie, by to ocenić" in page
        assert "Wnioski" in page


def test_nobody_sees_or_does_what_is_not_theirs(over: Site) -> None:
    acts.learn(over.store, over.city.leak, "Slides leak", "anna", NOW)
    with over.client("vera") as client:
        assert "Slides leak" not in client.get("/lessons").text
        token = form_of(client, "/lessons")
        assert client.post("/lessons/1/actions", data={"csrf": token, "day": "2026-11-27", **ACTION}).status_code in (403, 404)
    with over.client("stan") as client:
        assert client.get("/lessons").status_code == 403


def test_the_review_of_a_crisis_shows_what_its_actions_changed(over: Site) -> None:
    number = crisis.declare(over.store, over.context.settings, "The code name is out", "jan", NOW - 3 * DAY, kind=Kind.LEAK)
    crisis.stand_down(over.store, number, "over", "jan", NOW - 2 * DAY)
    planned = Planned(text="Mark slides", owner="anna", due_at=NOW + DAY, about=About.TRAINING, pointer="slides")
    crisis.plan(over.store, over.context.settings, number, planned, "jan", NOW - 2 * DAY)
    crisis.finish_action(over.store, number, 1, "anna", NOW - DAY)
    with over.client("jan") as client:
        assert "too early to say" in client.get(f"/crisis/{number}/review").text
        assert "too early to say" in words_of(client.get(f"/crisis/{number}/review.pdf").content)
        assert "Review of the crisis" in client.get("/lessons").text


def test_the_same_over_the_api(over: Site) -> None:
    leak = over.city.leak
    with api(over, token_of(over)) as client:
        made = client.post(f"/incidents/{leak}/learned", json={"text": "Slides leak"})
        assert (made.status_code, made.json()["subject"]) == (201, str(leak))
        assert client.post(f"/incidents/{leak}/learned", json={"text": "again"}).status_code == 409
        due = {"due_at": (NOW + 7 * DAY).isoformat()}
        assert client.post("/lessons/1/actions", json=ACTION | due).status_code == 201
        done = client.post("/lessons/1/actions/1/done").json()
        assert (done["done_by"], done["effect"]["verdict"], done["effect"]["measure"]) == ("ada", "early", "answers")
        assert [one["text"] for one in client.get("/lessons/effects").json()] == ["Mark slides"]
    with api(over, token_of(over, "vera")) as client:
        assert client.get("/lessons").json() == client.get("/lessons/effects").json() == []
        problem(client.post("/lessons/1/actions/1/done"), 404, "not_found")
    with api(over, token_of(over, scopes=("see",))) as client:
        problem(client.post("/lessons/1/actions/1/done"), 403, "scope_missing")
