"""What is changed about an incident beside its state, by programs: who may, what becomes of it, what is refused; on both databases."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from core.types import Severity
from storage.schema import incident_item
from tests.web.calling import api, evening_at, problem, token_of
from tests.web.site import Site


@pytest.fixture
def site(database_url: str, tmp_path: Path) -> Iterator[Site]:
    with evening_at(database_url, tmp_path) as found:
        yield found


def test_an_incident_is_graded_handed_over_and_noted(site: Site) -> None:
    parcels = f"/incidents/{site.city.parcels}"
    with api(site, token_of(site)) as client:
        seen = client.get(parcels).headers["etag"]
        graded = client.post(f"{parcels}/grade", json={"severity": "low", "reason": "dwie osoby"}, headers={"If-Match": seen})
        assert graded.json()["incident"]["severity"] == "low"
        assert graded.headers["etag"] == client.get(parcels).headers["etag"] != seen
        assert graded.json()["events"][-1]["detail"]["because"] == "dwie osoby"
        problem(client.post(f"{parcels}/grade", json={"severity": "high"}, headers={"If-Match": seen}), 412, "version_changed")
        problem(client.post(f"{parcels}/grade", json={"severity": "low"}), 409, "conflict")
        given = client.post(f"{parcels}/hand-over", json={"owner": "pr"}).json()
        assert (given["incident"]["owner"], "care" in given["participants"]) == ("pr", True)
        problem(client.post(f"{parcels}/hand-over", json={"owner": "nobody"}), 409, "conflict")
        noted = client.post(f"{parcels}/note", json={"text": "  kurier oddzwania  "}).json()["events"][-1]
        assert (noted["actor"], noted["kind"], noted["detail"]) == ("ada", "note", {"text": "kurier oddzwania"})
        problem(client.post(f"{parcels}/note", json={"text": "   "}), 409, "conflict")
        problem(client.post("/incidents/999999/note", json={"text": "x"}), 404, "not_found")
    card = site.store.incidents.card(site.city.parcels)
    assert (card.row.severity, card.row.owner) == (Severity.LOW, "pr")
    assert ("ada", "POST /incidents/{incident_id}/hand-over") in [(line.actor, line.act) for line in site.store.audit.lines()]


def test_stories_are_split_and_merged_by_who_may_act_on_both(site: Site) -> None:
    parcels = f"/incidents/{site.city.parcels}"
    with api(site, token_of(site)) as client:
        posts = [one["id"] for one in client.get(f"{parcels}/posts").json()["items"]]
        foreign = client.get(f"/incidents/{site.city.leak}/posts").json()["items"][0]["id"]
        problem(client.post(f"{parcels}/split", json={"posts": [posts[0], foreign]}), 409, "conflict")
        problem(client.post(f"{parcels}/split", json={"posts": []}), 422, "invalid")
        made = client.post(f"{parcels}/split", json={"posts": posts[:2]})
        assert made.status_code == 201
        new = made.json()["incident"]["id"]
        assert [one["id"] for one in client.get(f"/incidents/{new}/posts").json()["items"]] == posts[:2]
        assert [one["id"] for one in client.get(f"{parcels}/posts").json()["items"]] == posts[2:]
        problem(client.post(f"{parcels}/merge", json={"other": site.city.parcels}), 409, "conflict")
        problem(client.post(f"{parcels}/merge", json={"other": 999999}), 404, "not_found")
        with api(site, token_of(site, person="ewa")) as care:
            problem(care.post(f"{parcels}/merge", json={"other": site.city.leak}), 404, "not_found")
        assert client.post(f"{parcels}/merge", json={"other": new}).status_code == 200
        assert [one["id"] for one in client.get(f"{parcels}/posts").json()["items"]] == posts
        assert client.get(f"/incidents/{new}").json()["incident"]["merged_into"] == site.city.parcels


def test_a_story_that_is_nothing_ends_with_the_conversations_that_hold_nothing_else(site: Site) -> None:
    story, said = site.city.parcels, [item.item_id for item in site.store.conversations.thread(site.city.late_talk)]
    with site.store.database.write() as connection:
        connection.execute(sa.insert(incident_item), [{"incident_id": story, "item_id": one} for one in said])
    with api(site, token_of(site)) as client:
        assert client.get(f"/incidents/{story}").json()["conversations"] == [site.city.late_talk]
        assert client.get(f"/incidents/{site.city.leak}").json()["conversations"] == []
        ended = client.post(f"/incidents/{story}/irrelevant", json={"reason": "żart"}).json()
        assert (ended["incident"]["state"], ended["events"][-1]["detail"]["because"]) == ("resolved", "żart")
        assert ended["incident"]["irrelevant_until"] > ended["incident"]["resolved_at"]
        assert client.get(f"/conversations/{site.city.late_talk}").json()["conversation"]["state"] == "closed"
        problem(client.post(f"/incidents/{story}/irrelevant", json={}), 409, "conflict")


def test_who_may_only_see_changes_nothing(site: Site) -> None:
    before = site.store.incidents.card(site.city.parcels)
    bodies: dict[str, dict[str, object]] = {
        "grade": {"severity": "low"},
        "hand-over": {"owner": "pr"},
        "irrelevant": {},
        "merge": {"other": 1},
        "split": {"posts": [1]},
        "note": {"text": "x"},
    }
    with api(site, token_of(site, scopes=("see",))) as reader, api(site, token_of(site, person="vera")) as vera:
        for what, body in bodies.items():
            problem(reader.post(f"/incidents/{site.city.parcels}/{what}", json=body), 403, "scope_missing")
            problem(vera.post(f"/incidents/{site.city.parcels}/{what}", json=body), 403, "scope_missing")
            problem(vera.post(f"/incidents/{site.city.leak}/{what}", json=body), 404, "not_found")
    assert site.store.incidents.card(site.city.parcels) == before


def test_it_escalates_by_its_owner_s_policy_of_today_once(site: Site) -> None:
    parcels = f"/incidents/{site.city.parcels}"
    with api(site, token_of(site)) as client:
        renewed = client.post(f"{parcels}/renew-policy").json()
        assert (renewed["events"][-1]["kind"], renewed["events"][-1]["actor"]) == ("policy", "ada")
        assert client.post(f"{parcels}/renew-policy").json()["events"] == renewed["events"], "nobody is paged again"


def test_a_report_s_address_works_until_it_is_revoked(site: Site) -> None:
    leak = f"/incidents/{site.city.leak}/report/links"
    with api(site, token_of(site)) as client, api(site, token_of(site, person="vera")) as vera:
        made = client.post(leak, json={"hours": 4, "statement": "Sprawdzamy.", "next_update_in": 2})
        assert (made.status_code, made.json()["expires_at"]) == (201, "2026-11-21T01:14:00Z")
        shown = httpx.get(made.json()["url"], trust_env=False)
        assert (shown.status_code, "Sprawdzamy." in shown.text) == (200, True)
        [link] = client.get(leak).json()
        assert (link["made_by"], link["expires_at"]) == ("ada", made.json()["expires_at"])
        problem(client.post(leak, json={"hours": 169}), 422, "invalid")
        problem(vera.get(leak), 404, "not_found")
        problem(vera.post(leak, json={}), 404, "not_found")
        assert client.post(f"{leak}/{link['id']}/revoke").json() == []
        problem(client.post(f"{leak}/{link['id']}/revoke"), 404, "not_found")
        assert httpx.get(made.json()["url"], trust_env=False).status_code == 404
    assert [event.kind for event in site.store.incidents.card(site.city.leak).events][-2:] == ["shared", "share_ended"]
