"""Who is on call, for programs: the days to come in shifts, overrides by who may act for the team, and what is refused."""

import pytest

from core.settings import Layer, Person, Schedule
from tests.web.calling import api, problem, token_of
from tests.web.site import Site

WANTED = {"schedule": "pr", "person": "jan", "starts_at": "2026-11-21T08:00:00+01:00", "ends_at": "2026-11-21T20:00:00+01:00"}


@pytest.fixture
def rota(site: Site) -> Site:
    """Anna is always on call for the press; nobody's team has the night schedule. Ada may do everything, Vera sees the press."""
    always = Layer(people=("anna",))
    schedules = tuple(Schedule(id=name, timezone="Europe/Warsaw", layer=(always,)) for name in ("pr", "night"))
    settings = site.context.settings
    owners = tuple(one.model_copy(update={"schedule": "pr"}) if one.id == "pr" else one for one in settings.owner)
    people = (*settings.person, Person(id="ada", roles=("admin",)), Person(id="vera", roles=("viewer@owner:pr",)))
    site.context.settings = settings.model_copy(update={"schedule": schedules, "owner": owners, "person": people})
    return site


def test_an_override_stands_in_the_days_to_come(rota: Site) -> None:
    with api(rota, token_of(rota)) as client:
        made = client.post("/oncall/overrides", json=WANTED)
        assert made.status_code == 201, made.text
        assert (made.json()["person"], made.json()["starts_at"]) == ("jan", "2026-11-21T07:00:00Z")
        days = client.get("/oncall/preview", params={"since": "2026-11-21T00:00:00Z", "days": 1}).json()
        told = {one["schedule"]: [(shift["person"], shift["starts_at"]) for shift in one["shifts"]] for one in days}
        assert told["pr"] == [("anna", "2026-11-21T00:00:00Z"), ("jan", "2026-11-21T07:00:00Z"), ("anna", "2026-11-21T19:00:00Z")]
        assert told["night"] == [("anna", "2026-11-21T00:00:00Z")]
        assert client.post("/oncall/overrides", json=WANTED | {"schedule": "night", "person": None}).json()["person"] is None
        assert len(client.get("/oncall/preview", params={"since": "2026-11-21T00:00:00Z", "days": 1}).json()[1]["shifts"]) == 3


def test_what_cannot_be_or_is_not_theirs_is_refused(rota: Site) -> None:
    with api(rota, token_of(rota)) as client:
        problem(client.post("/oncall/overrides", json=WANTED | {"schedule": "nowhere"}), 404, "not_found")
        problem(client.post("/oncall/overrides", json=WANTED | {"person": "nobody"}), 404, "not_found")
        problem(client.post("/oncall/overrides", json=WANTED | {"ends_at": WANTED["starts_at"]}), 409, "conflict")
        for odd in ("2026-11-21T08:00:00", "1763708400", 1763708400, "9999-12-31T23:59:59-12:00"):
            problem(client.post("/oncall/overrides", json=WANTED | {"starts_at": odd}), 422, "invalid")
        problem(client.get("/oncall/preview", params={"days": 93}), 422, "invalid")
    with api(rota, token_of(rota, person="vera")) as vera, api(rota, token_of(rota, person="jan")) as jan:
        problem(vera.post("/oncall/overrides", json=WANTED), 403, "scope_missing")
        problem(jan.post("/oncall/overrides", json=WANTED | {"schedule": "night"}), 403, "scope_missing")
        assert jan.post("/oncall/overrides", json=WANTED).status_code == 201
    with api(rota, token_of(rota, scopes=("see",))) as reader:
        problem(reader.post("/oncall/overrides", json=WANTED), 403, "scope_missing")


def test_an_override_is_listed_and_ended_by_who_may(rota: Site) -> None:
    with api(rota, token_of(rota)) as client, api(rota, token_of(rota, person="vera")) as vera:
        made = client.post("/oncall/overrides", json=WANTED).json()
        assert vera.get("/oncall/overrides").json() == [made]
        problem(vera.post(f"/oncall/overrides/{made['id']}/end"), 403, "scope_missing")
        assert client.post(f"/oncall/overrides/{made['id']}/end").json() == []
        problem(client.post(f"/oncall/overrides/{made['id']}/end"), 404, "not_found")
        days = client.get("/oncall/preview", params={"since": "2026-11-21T00:00:00Z", "days": 1}).json()
    assert {shift["person"] for one in days for shift in one["shifts"]} == {"anna"}


def test_the_next_hand_over_is_read_and_added_to_by_those_it_is_about(rota: Site) -> None:
    turns = Schedule(id="pr", timezone="Europe/Warsaw", layer=(Layer(people=("anna", "jan")),))
    rota.context.settings = rota.context.settings.model_copy(update={"schedule": (turns, *rota.context.settings.schedule[1:])})
    line = {"schedule": "pr", "text": "Redakcja oddzwoni o dziesiątej"}
    with api(rota, token_of(rota, person="jan")) as jan:
        said = jan.post("/oncall/handover", json=line)
        assert (said.status_code, said.json()["person"]) == (201, "jan")
        note = jan.get("/oncall/handover", params={"schedule": "pr", "language": "pl"}).json()
        assert {note["leaves"], note["comes"]} == {"anna", "jan"}
        assert any("Redakcja oddzwoni o dziesiątej" in text for part in note["parts"] for text, _ in part["lines"])
        problem(jan.post("/oncall/handover", json=line | {"text": "x" * 501}), 422, "invalid")
        problem(jan.get("/oncall/handover", params={"schedule": "night"}), 403, "scope_missing")
    with api(rota, token_of(rota, person="vera")) as vera:
        problem(vera.get("/oncall/handover", params={"schedule": "pr"}), 403, "scope_missing")
        problem(vera.post("/oncall/handover", json=line), 403, "scope_missing")
    with api(rota, token_of(rota)) as ada:
        problem(ada.get("/oncall/handover", params={"schedule": "nowhere"}), 404, "not_found")
