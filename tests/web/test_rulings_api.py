"""Rulings by programs: made, shown and revoked by who may tune everywhere."""

import pytest

from core.settings import Person
from tests.web.calling import api, problem, token_of
from tests.web.site import Site

RULE = "complaint.delivery.parcel"


@pytest.fixture
def company(site: Site) -> Site:
    people = (Person(id="ada", roles=("admin",)), Person(id="olga", roles=("account-owner@brand:polna",)))
    site.context.settings = site.context.settings.model_copy(update={"person": (*site.context.settings.person, *people)})
    return site


def test_a_ruling_is_made_shown_and_revoked(company: Site) -> None:
    with api(company, token_of(company)) as client:
        made = client.post("/rulings", json={"name": RULE, "standing": "trial", "reason": "żarty o kurierach"})
        assert made.status_code == 201
        assert {name: made.json()[name] for name in ("about", "name", "standing", "score", "made_by")} == {
            "about": "rule",
            "name": RULE,
            "standing": "trial",
            "score": None,
            "made_by": "ada",
        }
        held = client.get("/rulings").json()
        assert [(one["name"], one["reason"]) for one in held["holding"]] == [(RULE, "żarty o kurierach")]
        assert client.post("/rulings/revoke", json={"name": RULE}).json()["holding"] == []
        problem(client.post("/rulings/revoke", json={"name": RULE}), 404, "not_found")


def test_what_has_no_sense_or_is_not_theirs_is_refused(company: Site) -> None:
    wanted = {"name": RULE, "standing": "trial", "reason": "x"}
    with api(company, token_of(company)) as client:
        said = problem(client.post("/rulings", json=wanted | {"name": f"{RULE}x"}), 422, "invalid")
        assert RULE in said["detail"]
        problem(client.post("/rulings", json=wanted | {"standing": "score"}), 422, "invalid")
        problem(client.post("/rulings", json=wanted | {"name": "label:praise", "standing": "live"}), 409, "conflict")
        problem(client.post("/rulings/accept", json={"name": RULE}), 409, "conflict")
        problem(client.post("/rulings/revoke", json={"name": "nonsense"}), 404, "not_found")
    with api(company, token_of(company, person="olga")) as olga, api(company, token_of(company, scopes=("see", "act"))) as reader:
        for one in (olga, reader):
            problem(one.post("/rulings", json=wanted), 403, "scope_missing")
            problem(one.post("/rulings/revoke", json={"name": RULE}), 403, "scope_missing")
    assert company.store.rulings.holding().holding == ()
