"""The API: every operation that its description names is asked everything that the description allows, on both databases."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from schemathesis.checks import CHECKS as KNOWN
from schemathesis.checks import load_all_checks

from core.settings import Person
from core.types import ConversationState, IncidentState
from tests.conftest import LONG
from tests.web.calling import api, evening_at, problem, token_of
from tests.web.site import Site

load_all_checks()
NAMES = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
)
CHECKS = [KNOWN.get_one(name) for name in NAMES]


@pytest.fixture
def site(database_url: str, tmp_path: Path) -> Iterator[Site]:
    """The dairy's evening on each kind of database."""
    with evening_at(database_url, tmp_path) as found:
        yield found


@pytest.mark.timeout(1800 if LONG else 300)
def test_every_operation_answers_as_described_whatever_it_is_asked(site: Site) -> None:
    """No server error, no undescribed status, no answer of another shape; requests that the description forbids are refused."""
    schema = schemathesis.openapi.from_url(f"{site.url}/api/v1/openapi.json")
    headers = {"Authorization": f"Bearer {token_of(site)}"}
    asked = []
    for found in schema.get_all_operations():
        operation = found.ok()
        asked.append(operation.label)

        @hypothesis_settings(max_examples=150 if LONG else 10, suppress_health_check=list(HealthCheck), database=None)
        @given(case=operation.as_strategy())
        def ask(case: schemathesis.Case) -> None:
            site.clock.now += timedelta(seconds=1)
            case.validate_response(case.call(headers=headers), checks=CHECKS)

        ask()
    assert {"GET /verdicts", "POST /findings/{finding_id}/verdict", "POST /mutes", "POST /expected/{expected_id}/end"} <= set(asked)
    assert {"POST /conversations/{conversation_id}/replies", "POST /conversations/{conversation_id}/replies/{reply_id}/approve"} <= set(
        asked
    )
    assert {"GET /incidents", "POST /incidents/{incident_id}/snooze", "GET /posts", "POST /conversations/{conversation_id}/close"} <= set(
        asked
    )


def test_without_a_valid_token_there_is_nothing(site: Site) -> None:
    expired, revoked = token_of(site, valid=timedelta(seconds=1)), token_of(site)
    site.store.tokens.revoke("api", site.store.tokens.list("api")[0].token_id, site.clock())
    site.clock.now += timedelta(seconds=2)
    paths = httpx.get(f"{site.url}/api/v1/openapi.json", timeout=30).json()["paths"]
    asked = [(method, re.sub(r"\{\w+\}", "1", path)) for path, methods in paths.items() for method in methods]
    assert len(asked) > 10
    for token in (None, "czujka_guess", expired, revoked):
        with api(site, token) as client:
            for method, address in asked:
                answer = client.request(method.upper(), address.removeprefix("/api/v1"))
                problem(answer, 401, "unauthorized")
                assert answer.headers["www-authenticate"] == "Bearer"
    with site.client("anna") as browser:
        problem(browser.get("/api/v1/incidents"), 401, "unauthorized")


def test_the_secret_of_a_token_is_kept_nowhere(site: Site) -> None:
    token = token_of(site)
    with site.store.database.read() as connection:
        for table in ("access_token", "audit_line"):
            assert token not in str(connection.exec_driver_sql(f"SELECT * FROM {table}").all())


def test_a_scope_bounds_the_token_and_roles_bound_the_scope(site: Site) -> None:
    with api(site, token_of(site, scopes=("see",))) as reader:
        assert reader.get(f"/incidents/{site.city.leak}").status_code == 200
        problem(reader.post(f"/incidents/{site.city.leak}/acknowledge"), 403, "scope_missing")
    with api(site, token_of(site, person="vera")) as vera:
        assert vera.get(f"/incidents/{site.city.parcels}").status_code == 200
        problem(vera.post(f"/incidents/{site.city.parcels}/acknowledge"), 403, "scope_missing")
        problem(vera.get(f"/incidents/{site.city.leak}"), 404, "not_found")
        problem(vera.post(f"/incidents/{site.city.leak}/acknowledge"), 404, "not_found")
        assert {one["owner"] for one in vera.get("/incidents").json()["items"]} == {"care"}
        assert "Bursztyn" not in vera.get("/posts").text
    assert site.store.incidents.card(site.city.leak).row.state is IncidentState.OPEN


def test_an_act_by_the_api_is_the_person_s_act(site: Site) -> None:
    with api(site, token_of(site)) as client:
        done = client.post(f"/incidents/{site.city.leak}/acknowledge").json()
        assert (done["incident"]["state"], done["incident"]["acknowledged_by"]) == ("acknowledged", "ada")
        talk = client.post(f"/conversations/{site.city.late_talk}/assign").json()
        assert talk["conversation"]["state"] == "assigned"
    assert site.store.conversations.get(site.city.late_talk).state is ConversationState.ASSIGNED
    acts = [(line.actor, line.act) for line in site.store.audit.lines()]
    assert ("ada", "POST /incidents/{incident_id}/acknowledge") in acts


def test_an_act_on_what_was_changed_meanwhile_is_refused(site: Site) -> None:
    with api(site, token_of(site)) as client:
        seen = client.get(f"/incidents/{site.city.leak}").headers["etag"]
        assert client.post(f"/incidents/{site.city.leak}/acknowledge", headers={"If-Match": seen}).status_code == 200
        problem(client.post(f"/incidents/{site.city.leak}/resolve", headers={"If-Match": seen}), 412, "version_changed")
        assert site.store.incidents.card(site.city.leak).row.state is IncidentState.ACKNOWLEDGED
        now = client.get(f"/incidents/{site.city.leak}").headers["etag"]
        assert client.post(f"/incidents/{site.city.leak}/resolve", headers={"If-Match": now}).status_code == 200


def test_pages_of_a_list_hold_everything_once(site: Site) -> None:
    with api(site, token_of(site)) as client:
        for path, size in (("/incidents", 2), ("/posts", 5), (f"/incidents/{site.city.parcels}/posts", 3), ("/conversations", 1)):
            whole = [one["id"] for one in client.get(path, params={"limit": 200}).json()["items"]]
            paged: list[int] = []
            cursor = None
            for _ in range(50):
                page = client.get(path, params={"limit": size} | ({"cursor": cursor} if cursor else {})).json()
                paged += [one["id"] for one in page["items"]]
                cursor = page["next"]
                if cursor is None:
                    break
            assert paged == whole, path
            assert len(set(whole)) == len(whole) > size, path
        problem(client.get("/incidents", params={"cursor": "made-up"}), 400, "bad_cursor")
        other = client.get("/posts", params={"limit": 1}).json()["next"]
        problem(client.get("/incidents", params={"cursor": other}), 400, "bad_cursor")


def test_personal_data_are_dots(site: Site) -> None:
    with api(site, token_of(site)) as client:
        whole = client.get(f"/incidents/{site.city.personal}").text + client.get("/posts").text
    assert "44051401359" not in whole
    assert "•••••" in whole


def test_what_is_wrong_with_a_request_is_named(site: Site) -> None:
    with api(site, token_of(site)) as client:
        said = problem(client.post(f"/incidents/{site.city.leak}/snooze", json={"minutes": 0, "hours": 1}), 422, "invalid")
        assert any("minutes" in line for line in said["errors"])
        assert any("hours" in line for line in said["errors"])
        problem(client.get("/incidents/999999"), 404, "not_found")
        problem(client.get("/nowhere"), 404, "not_found")
        problem(client.delete(f"/incidents/{site.city.leak}"), 405, "method_not_allowed")


def test_a_program_that_runs_wild_is_asked_to_wait(site: Site) -> None:
    with api(site, token_of(site)) as client:
        statuses = [client.get("/me").status_code for _ in range(601)]
        assert statuses[:600] == [200] * 600
        assert problem(client.get("/me"), 429, "too_many")
        assert client.get("/me").headers["retry-after"] == "60"
        site.clock.now += timedelta(minutes=1, seconds=1)
        assert client.get("/me").status_code == 200


def test_a_verdict_by_the_api_is_the_person_s_and_counts_once(site: Site) -> None:
    with api(site, token_of(site)) as client, api(site, token_of(site, person="vera")) as vera:
        found = client.get(f"/incidents/{site.city.parcels}").json()["posts"][0]["findings"][0]["id"]
        hidden = client.get(f"/incidents/{site.city.leak}").json()["posts"][0]["findings"][0]["id"]
        assert client.post(f"/findings/{found}/verdict", json={"said": "wrong"}).json()[0]["said"] == "wrong"
        [said] = client.post(f"/findings/{found}/verdict", json={"said": "other", "label": "praise", "note": "żart"}).json()
        assert (said["person"], said["label"], said["note"]) == ("ada", "praise", "żart")
        listed = client.get("/verdicts").json()["items"]
        assert [(one["finding"], one["said"]) for one in listed] == [(found, "other")]
        assert client.get("/verdicts", params={"finding": hidden}).json()["items"] == []
        problem(client.post(f"/findings/{found}/verdict", json={"said": "other", "label": "nonsense"}), 422, "invalid")
        problem(client.post(f"/findings/{found}/verdict", json={"said": "other"}), 422, "invalid")
        problem(vera.post(f"/findings/{found}/verdict", json={"said": "right"}), 403, "scope_missing")
        problem(vera.post(f"/findings/{hidden}/verdict", json={"said": "right"}), 404, "not_found")
        client.post(f"/findings/{hidden}/verdict", json={"said": "right"})
        assert [one["finding"] for one in vera.get("/verdicts").json()["items"]] == [found], "of what vera may see"
    assert [(one.person, one.said.value) for one in site.store.verdicts.counting([hidden])[hidden]] == [("ada", "right")]


def test_mutes_and_expected_events_are_made_paged_and_ended(site: Site) -> None:
    olga = Person(id="olga", roles=("account-owner@brand:polna",))
    site.context.settings = site.context.settings.model_copy(update={"person": (*site.context.settings.person, olga)})
    mute = {"kind": "term", "value": "konkurs", "reason": "the campaign", "minutes": 60}
    event = {"name": "Wielkie rozdanie", "factor": 10, "minutes": 60, "starts_in_minutes": 30}
    with api(site, token_of(site)) as client, api(site, token_of(site, person="olga")) as owner:
        made = [client.post("/mutes", json=mute | {"value": f"konkurs{n}"}) for n in range(3)]
        assert [one.status_code for one in made] == [201] * 3
        first = client.get("/mutes", params={"limit": 2}).json()
        second = client.get("/mutes", params={"limit": 2, "cursor": first["next"]}).json()
        assert [one["value"] for one in (*first["items"], *second["items"])] == ["konkurs2", "konkurs1", "konkurs0"]
        assert second["next"] is None
        problem(client.get("/expected", params={"cursor": first["next"]}), 400, "bad_cursor")
        ended = client.post(f"/mutes/{made[0].json()['id']}/end").json()
        assert ended["ended_by"] == "ada"
        assert ended["ends_at"] < made[0].json()["ends_at"]
        problem(client.post(f"/mutes/{made[0].json()['id']}/end"), 409, "conflict")
        assert len(client.get("/mutes").json()["items"]) == 2
        assert len(client.get("/mutes", params={"ended": True}).json()["items"]) == 3
        problem(client.post("/mutes", json=mute | {"kind": "label", "value": "*"}), 409, "conflict")
        problem(client.post("/mutes", json=mute | {"brand": "gorna"}), 409, "conflict")
        problem(owner.post("/mutes", json=mute), 403, "scope_missing")
        assert owner.post("/mutes", json=mute | {"brand": "polna"}).status_code == 201
        problem(owner.post(f"/mutes/{made[1].json()['id']}/end"), 403, "scope_missing")
        planned = owner.post("/expected", json=event | {"brand": "polna"}).json()
        assert planned["starts_at"] == "2026-11-20T21:44:00Z", "half an hour from now"
        assert client.post(f"/expected/{planned['id']}/end").json()["ended_by"] == "ada"
        problem(client.post("/expected/999/end"), 404, "not_found")
    with api(site, token_of(site, scopes=("see", "act"))) as actor:
        problem(actor.post("/mutes", json=mute), 403, "scope_missing")
        problem(actor.post("/expected", json=event), 403, "scope_missing")
    assert ("olga", "POST /mutes") in [(line.actor, line.act) for line in site.store.audit.lines(50)]
