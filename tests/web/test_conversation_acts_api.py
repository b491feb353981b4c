"""What programs do with a conversation beyond taking and ending it: claim, hand to a colleague, note, open again; on both databases."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.web.calling import api, evening_at, problem, token_of
from tests.web.site import Site


@pytest.fixture
def site(database_url: str, tmp_path: Path) -> Iterator[Site]:
    with evening_at(database_url, tmp_path) as found:
        yield found


def test_a_conversation_is_claimed_handed_on_noted_and_opened_again(site: Site) -> None:
    talk = f"/conversations/{site.city.late_talk}"
    with api(site, token_of(site)) as client, api(site, token_of(site, person="ewa")) as ewa:
        claimed = client.post(f"{talk}/claim").json()["conversation"]
        until = (site.clock() + timedelta(minutes=10)).isoformat().replace("+00:00", "Z")
        assert (claimed["claimed_by"], claimed["claimed_until"]) == ("ada", until)
        assert {"resolve_by", "closed_at", "assignee"} <= set(claimed)
        problem(ewa.post(f"{talk}/claim"), 409, "conflict")
        assert ewa.post(f"{talk}/release").json()["conversation"]["claimed_by"] == "ada", "another's claim stays"
        assert client.post(f"{talk}/release").json()["conversation"]["claimed_by"] is None
        seen = client.get(talk).headers["etag"]
        given = client.post(f"{talk}/assign", json={"person": "ewa"}, headers={"If-Match": seen}).json()
        assert (given["conversation"]["assignee"], given["events"][-1]["actor"]) == ("ewa", "ada")
        problem(client.post(f"{talk}/assign", headers={"If-Match": seen}), 412, "version_changed")
        problem(client.post(f"{talk}/reopen"), 409, "conflict")
        assert ewa.post(f"{talk}/note", json={"text": "zadzwonię"}).json()["events"][-1]["detail"] == {"text": "zadzwonię"}
        assert client.post(f"{talk}/close").json()["conversation"]["closed_at"] is not None
        again = client.post(f"{talk}/reopen").json()["conversation"]
        assert (again["state"], again["closed_at"]) == ("assigned", None)


def test_only_who_may_act_there_answers_and_only_who_may_act_says_so(site: Site) -> None:
    talk = f"/conversations/{site.city.late_talk}"
    before = site.store.conversations.get(site.city.late_talk)
    with api(site, token_of(site)) as client, api(site, token_of(site, scopes=("see",))) as reader:
        said = problem(client.post(f"{talk}/assign", json={"person": "vera"}), 409, "conflict")
        assert "ewa" in said["detail"]
        problem(client.post(f"{talk}/assign", json={"person": "nobody"}), 409, "conflict")
        problem(client.post("/conversations/999999/claim"), 404, "not_found")
        for what, body in (("claim", None), ("release", None), ("reopen", None), ("assign", {"person": "ewa"}), ("note", {"text": "x"})):
            problem(reader.post(f"{talk}/{what}", json=body), 403, "scope_missing")
    assert site.store.conversations.get(site.city.late_talk) == before
