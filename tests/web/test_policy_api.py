"""The policy by programs: commented, approved by who holds the office, read by persons; nothing twice, nothing for others."""

from pathlib import Path
from shutil import copytree

import pytest

from actions import policy as acts
from core.settings import Office, Person, PolicyTable
from governance.clauses import STARTER
from tests.web.calling import api, problem, token_of
from tests.web.site import NOW, Site

OFFICES = ("legal", "security", "privacy", "pr", "hr", "compliance")


@pytest.fixture
def drafted(site: Site, tmp_path: Path) -> Site:
    """The evening with a draft of the starter policy; Ada holds every office."""
    folder = tmp_path / "policy"
    copytree(STARTER, folder)
    changed = {
        "person": (*site.context.settings.person, Person(id="ada", roles=("admin",)), Person(id="vera", roles=("viewer",))),
        "office": tuple(Office(id=office, people=("ada",)) for office in OFFICES),
        "policy": PolicyTable(folder=str(folder)),
    }
    site.context.settings = site.context.settings.model_copy(update=changed)
    acts.propose(site.store, site.context.settings, folder, "the first", "cli:ola", NOW)
    return site


def test_a_draft_is_commented_approved_and_then_read(drafted: Site) -> None:
    with api(drafted, token_of(drafted)) as client, api(drafted, token_of(drafted, person="ewa")) as ewa:
        said = ewa.post("/policy/versions/1/comments", json={"text": "And sport?", "clause": "POL-05"})
        assert said.status_code == 201
        assert [(one["person"], one["clause"], one["text"]) for one in said.json()["comments"]] == [("ewa", "POL-05", "And sport?")]
        problem(ewa.post("/policy/versions/1/comments", json={"text": "?", "clause": "POL-99"}), 409, "conflict")
        problem(ewa.post("/policy/versions/1/approve", json={"office": "legal"}), 409, "conflict")
        problem(client.get("/policy/read"), 404, "not_found")
        missing = client.get("/policy/versions/1").json()["version"]["missing"]
        for office in missing:
            told = client.post("/policy/versions/1/approve", json={"office": office}).json()["version"]
        assert (told["missing"], {one["person"] for one in told["approvals"]}) == ([], {"ada"})
        problem(client.post("/policy/versions/1/approve", json={"office": missing[0]}), 409, "conflict")
        problem(ewa.post("/policy/versions/1/publish", json={}), 403, "scope_missing")
        problem(client.post("/policy/versions/1/publish", json={"effective_at": "2026-11-01T00:00:00+01:00"}), 409, "conflict")
        assert client.post("/policy/versions/1/publish", json={}).json()["version"]["stage"] == "in_force"
        problem(client.post("/policy/versions/1/publish", json={}), 409, "conflict")
        assert ewa.get("/policy/read").json() == {"version": 1, "what": []}
        assert ewa.post("/policy/read", json={"version": 1, "what": ["policy"], "language": "pl"}).json()["what"] == ["policy"]
        assert ewa.post("/policy/read", json={"version": 1, "what": ["policy", "notice"]}).json()["what"] == ["notice", "policy"]
        problem(ewa.post("/policy/read", json={"version": 2, "what": ["policy"]}), 409, "conflict")
        assert client.get("/policy/read").json()["what"] == []
    read = [(one.person, one.what.value, one.language) for one in drafted.store.readers.read()]
    assert sorted(read) == [("ewa", "notice", "en"), ("ewa", "policy", "pl")]


def test_who_may_only_see_says_nothing(drafted: Site) -> None:
    bodies: dict[str, dict[str, object]] = {
        "/policy/read": {"version": 1, "what": ["policy"]},
        "/policy/versions/1/comments": {"text": "x"},
        "/policy/versions/1/approve": {"office": "legal"},
        "/policy/versions/1/publish": {},
    }
    with api(drafted, token_of(drafted, scopes=("see",))) as reader, api(drafted, token_of(drafted, person="vera")) as vera:
        for path, body in bodies.items():
            problem(reader.post(path, json=body), 403, "scope_missing")
            problem(vera.post(path, json=body), 403, "scope_missing")
    with api(drafted, token_of(drafted)) as client:
        problem(client.post("/policy/versions/999/comments", json={"text": "x"}), 404, "not_found")
        problem(client.post("/policy/versions/999/approve", json={"office": "legal"}), 404, "not_found")
    assert (drafted.store.policies.comments(1), drafted.store.policies.get(1).approvals, drafted.store.readers.read()) == ([], (), [])
