"""Cases over the API: within what a token's person may, and with the scope that says so; for all others there is nothing."""

import pytest

from tests.web.bound import bind
from tests.web.calling import api, problem, token_of
from tests.web.site import Site

PEOPLE = {"cora": "compliance", "dan": "compliance", "rick": "responder", "adam": "admin"}
ALL = ("see", "act", "cases")


@pytest.fixture
def bound(site: Site) -> Site:
    """A policy binds, and people have roles."""
    bind(site, PEOPLE)
    return site


def test_a_case_from_the_opening_to_the_end(bound: Site) -> None:
    with api(bound, token_of(bound, "cora", ALL)) as cora, api(bound, token_of(bound, "dan", ALL)) as dan:
        made = cora.post("/cases", json={"incident_id": bound.city.leak, "concerned": "Zenon Żuk"})
        assert (made.status_code, made.headers["etag"]) == (201, '"1"')
        told = made.json()
        assert (told["case"]["clause"], told["concerned"], told["faults"]) == ("POL-07", "Zenon Żuk", [])
        assert "Projekcie Bursztyn" in told["evidence"][0]["body"]["text"]
        problem(cora.post("/cases", json={"incident_id": bound.city.leak, "concerned": "Zenon Żuk"}), 409, "conflict")
        problem(cora.post("/cases/1/hear", json={"text": "x"}, headers={"If-Match": '"7"'}), 412, "version_changed")
        named = cora.post("/cases/1/name", json={"concerned": "Zenon Żuk, Kutno"}, headers={"If-Match": '"1"'})
        assert (named.headers["etag"], named.json()["concerned"]) == ('"2"', "Zenon Żuk, Kutno")
        assert cora.post("/cases/1/hear", json={"text": "He had leave."}, headers={"If-Match": '"2"'}).headers["etag"] == '"3"'
        decision = {"found": "breach", "consequence": "warning", "reason": "seen"}
        problem(cora.post("/cases/1/decide", json=decision), 409, "conflict")
        assert dan.post("/cases/1/decide", json=decision).json()["case"]["decided_by"] == "dan"
        problem(dan.post("/cases/1/close", json={}), 409, "conflict")
        assert dan.post("/cases/1/close", json={"waived": True}).json()["case"]["stage"] == "closed"
        assert "concerned" not in dan.get("/cases").json()[0]
        assert cora.post("/cases/1/export").content[:2] == b"PK"


def test_without_right_or_scope_there_is_nothing_until_the_glass_is_broken(bound: Site) -> None:
    with api(bound, token_of(bound, "cora", ALL)) as cora:
        assert cora.post("/cases", json={"incident_id": bound.city.leak}).status_code == 201
    with api(bound, token_of(bound, "cora", ("see", "act"))) as narrow:
        for path in ("/cases", "/cases/1"):
            problem(narrow.get(path), 404, "not_found")
    with api(bound, token_of(bound, "rick", ALL)) as rick:
        for path in ("/cases", "/cases/1", "/cases/2"):
            problem(rick.get(path), 404, "not_found")
        problem(rick.post("/cases", json={"incident_id": bound.city.leak}), 404, "not_found")
        problem(rick.post("/cases/1/hear", json={"text": "x"}), 404, "not_found")
        problem(rick.post("/cases/1/break-glass", json={"reason": ""}), 422, "invalid")
        assert rick.post("/cases/1/break-glass", json={"reason": "the court asks"}).json()["until"].startswith("2026-11-20T22:14")
        assert rick.get("/cases/1").status_code == 200
        problem(rick.post("/cases/1/hear", json={"text": "x"}), 409, "conflict")


def test_who_erases_does_not_learn_that_there_is_a_case(bound: Site) -> None:
    with api(bound, token_of(bound, "cora", ALL)) as cora:
        assert cora.post("/cases", json={"incident_id": bound.city.leak, "concerned": "Zenon Żuk"}).status_code == 201
    wanted = {"also": ["Zenon Żuk"]}
    shown = {}
    for person in ("adam", "cora"):
        with api(bound, token_of(bound, person, ("see", "act", "govern", "cases"))) as client:
            shown[person] = client.post("/privacy/erase", json=wanted).json()["rows"], client.post("/privacy/export", json=wanted).json()
    assert shown["adam"][0] == {} and shown["adam"][1]["named_in"] == {}
    assert shown["cora"][0] == {"compliance_case": 1} and shown["cora"][1]["named_in"] == {"compliance_case": [1]}
