"""Crises over the API: declared, led and stood down by a token, within what its person may."""

from collections.abc import Iterator

import httpx
import pytest

from actions import crisis as acts
from core.crisis import Kind, Part, Stage
from core.settings import Person
from tests.web.calling import api, problem, token_of
from tests.web.site import NOW, Site

WORDS = {"title": "Ill after the yoghurt", "kind": "harm"}


class Api:
    """Calls with a token of one person."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def ask(
        self, person: str, method: str, path: str, body: object = None, scopes: tuple[str, ...] = ("see", "act"), seen: str | None = None
    ) -> httpx.Response:
        with api(self.site, token_of(self.site, person, scopes)) as client:
            return client.request(method, path, json=body, headers={"If-Match": seen} if seen else {})


@pytest.fixture
def calls(site: Site) -> Iterator[Api]:
    """People of three roles."""
    people = tuple(Person(id=name, roles=(role,)) for name, role in (("rob", "responder"), ("vic", "viewer"), ("cora", "compliance")))
    site.context.settings = site.context.settings.model_copy(update={"person": (*site.context.settings.person, *people)})
    yield Api(site)


def test_from_declaration_to_stand_down(calls: Api) -> None:
    made = calls.ask("rob", "POST", "/crises", WORDS | {"incident_id": calls.site.city.safety})
    assert (made.status_code, made.headers["etag"]) == (201, '"1"')
    told = made.json()
    assert (told["crisis"]["roles"], told["items"][:2]) == ({"lead": "rob"}, ["pause-scheduled", "freeze-publishers"])
    assert calls.ask("rob", "POST", "/crises", WORDS | {"incident_id": calls.site.city.safety}).status_code == 409
    assert calls.ask("rob", "POST", "/crises/1/tick", {"item": "pause-scheduled"}).json()["ticks"][0]["person"] == "rob"
    assert calls.ask("rob", "POST", "/crises/1/tick", {"item": "dance"}).status_code == 409
    calls.ask("rob", "POST", "/crises/1/log", {"text": "lot 4471 is stopped", "status": True})
    drafted = calls.ask("rob", "POST", "/crises/1/statements", {"language": "en", "text": "We have stopped lot 4471."})
    assert drafted.status_code == 201
    assert calls.ask("rob", "POST", "/crises/1/statements/1/approve").status_code == 409, "nobody approves their own words"
    acts.give_role(calls.site.store, calls.site.context.settings, 1, Part.SPOKESPERSON, "cora", "rob", NOW)
    assert calls.ask("cora", "POST", "/crises/1/statements/1/approve").json()["statements"][0]["approved_by"] == "cora"
    old = calls.ask("rob", "POST", "/crises/1/stand-down", {"why": "over"}, seen='"1"')
    problem(old, 412, "version_changed")
    assert calls.ask("rob", "POST", "/crises/1/stand-down", {"why": "over"}, seen='"2"').json()["crisis"]["stage"] == "stood_down"
    entries = calls.ask("vic", "GET", "/crises/1").json()["entries"]
    assert [entry["kind"] for entry in entries] == ["declared", "ticked", "status", "drafted", "role", "approved", "stood_down"]


def test_roles_statements_and_the_review_to_its_end(calls: Api) -> None:
    """What the room does after the declaration; the lead decides on roles, whoever is free takes a free one."""
    calls.ask("rob", "POST", "/crises", WORDS)
    problem(calls.ask("jan", "POST", "/crises/1/roles", {"part": "lead", "person": "jan"}), 403, "not_the_lead")
    problem(calls.ask("rob", "POST", "/crises/1/roles", {"part": "lead", "person": None}), 409, "conflict")
    problem(calls.ask("rob", "POST", "/crises/1/roles", {"part": "legal", "person": "nobody"}), 409, "conflict")
    taken = calls.ask("cora", "POST", "/crises/1/roles", {"part": "spokesperson", "person": "cora"})
    assert taken.json()["crisis"]["roles"] == {"lead": "rob", "spokesperson": "cora"}
    problem(calls.ask("rob", "POST", "/crises/1/roles", {"part": "legal", "person": "jan"}, seen='"1"'), 412, "version_changed")
    given = calls.ask("rob", "POST", "/crises/1/roles", {"part": "legal", "person": "jan"}, seen=taken.headers["etag"])
    assert given.json()["crisis"]["roles"]["legal"] == "jan"
    back = calls.ask("rob", "POST", "/crises/1/roles", {"part": "legal", "person": None})
    assert "legal" not in back.json()["crisis"]["roles"]

    for text in ("We have stopped lot 4471.", "All is well."):
        calls.ask("rob", "POST", "/crises/1/statements", {"language": "en", "text": text})
    problem(calls.ask("rob", "POST", "/crises/1/statements/1/publish", {"where": "our site"}), 409, "conflict")
    calls.ask("cora", "POST", "/crises/1/statements/1/approve")
    calls.ask("rob", "POST", "/crises/1/statements/1/publish", {"where": "our site"})
    told = calls.ask("rob", "POST", "/crises/1/statements/2/drop").json()["statements"]
    assert [(one["published_where"], one["dropped_at"] is None) for one in told] == [("our site", True), ("", False)]

    task = {"text": "Check the seals", "owner": "jan", "due_at": "2026-12-01T12:00:00+01:00", "about": "training", "pointer": "seals"}
    problem(calls.ask("rob", "POST", "/crises/1/actions", task), 409, "conflict")
    calls.ask("rob", "POST", "/crises/1/stand-down", {"why": "the lot is back"})
    problem(calls.ask("rob", "POST", "/crises/1/close"), 409, "conflict")
    problem(calls.ask("jan", "POST", "/crises/1/actions", task), 403, "not_the_lead")
    planned = calls.ask("rob", "POST", "/crises/1/actions", task)
    assert planned.status_code == 201
    [action] = planned.json()["actions"]
    assert (action["owner"], action["due_at"], action["done_by"]) == ("jan", "2026-12-01T11:00:00Z", None)
    [action] = calls.ask("jan", "POST", f"/crises/1/actions/{action['action_id']}/done").json()["actions"]
    assert action["done_by"] == "jan"
    problem(calls.ask("jan", "POST", "/crises/1/close"), 403, "not_the_lead")
    assert calls.ask("rob", "POST", "/crises/1/close").json()["crisis"]["stage"] == "reviewed"


def test_nobody_does_over_the_api_what_their_role_or_token_forbids(calls: Api) -> None:
    number = acts.declare(calls.site.store, calls.site.context.settings, "An outage", "rob", NOW, kind=Kind.OUTAGE)
    assert calls.ask("vic", "POST", "/crises", WORDS, scopes=("see", "act")).status_code == 403
    assert calls.ask("vic", "POST", f"/crises/{number}/log", {"text": "x"}).status_code == 403
    assert calls.ask("rob", "POST", f"/crises/{number}/log", {"text": "x"}, scopes=("see",)).status_code == 403
    refused = calls.ask("jan", "POST", f"/crises/{number}/stand-down", {"why": "tired"})
    problem(refused, 403, "not_the_lead")
    assert calls.ask("rob", "GET", "/crises/99").status_code == 404
    assert [one["crisis_id"] for one in calls.ask("vic", "GET", "/crises").json()] == [number]
    assert calls.site.store.crises.get(number).stage is Stage.DECLARED
    assert len(calls.site.store.crises.room(number).entries) == 1
