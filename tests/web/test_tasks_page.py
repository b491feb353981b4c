"""Legal duties in one list: on the page and over the API, each for whoever sees what they belong to, the late ones first."""

import re
from datetime import timedelta

import pytest

from core.duties import Decision, DutyKind, Owed
from core.settings import Person
from storage.duties import owe
from tests.web.calling import api, problem, token_of
from tests.web.site import NOW, Site, form_of

HOUR = timedelta(hours=1)


@pytest.fixture
def owing(site: Site) -> Site:
    """The evening with a leak's duty that is late by an hour and a complaint's that has two days; Vera sees care's, Stan nothing."""
    known = site.context.settings
    new = (("ada", "admin"), ("vera", "viewer@owner:care"), ("stan", "staff"))
    people = (*known.person, *(Person(id=name, roles=(role,)) for name, role in new))
    site.context.settings = known.model_copy(update={"person": people})
    complaint = Owed(kind=DutyKind.CONSUMER_COMPLAINT, due_at=NOW + 48 * HOUR)
    breach = Owed(kind=DutyKind.PERSONAL_DATA_BREACH, due_at=NOW - HOUR)
    with site.store.database.write() as connection:
        owe(site.store.database, connection, [complaint], "care", NOW - 48 * HOUR, conversation_id=site.city.late_talk)
        owe(site.store.database, connection, [breach], "pr", NOW - 73 * HOUR, incident_id=site.city.leak)
    return site


def test_the_late_come_first_and_are_decided_where_they_stand(owing: Site) -> None:
    complaint, breach = sorted(owing.store.duties.list(), key=lambda one: one.duty_id)
    with owing.client("ada") as client:
        page = client.get("/tasks").text
        assert re.findall(r'id="task-(\d+)"', page) == [str(breach.duty_id), str(complaint.duty_id)]
        assert "late for 1 h" in page
        assert "2 d left" in page
        assert f'href="/incidents/{owing.city.leak}"' in page
        assert f'href="/conversations/{owing.city.late_talk}"' in page
        sent = {"csrf": form_of(client, "/tasks"), "decision": "done", "reason": "zgłoszone do UODO", "back": "/tasks"}
        answer = client.post(f"/duties/{breach.duty_id}/decide", data=sent)
        assert (answer.status_code, answer.headers["location"]) == (303, "/tasks")
        assert re.findall(r'id="task-(\d+)"', client.get("/tasks").text) == [str(complaint.duty_id)]
        assert 'id="task-' not in client.get(f"/tasks?after={complaint.duty_id}").text
        assert client.get("/tasks?after=0").status_code == 400
    with owing.client("ada", language="pl") as client:
        assert "jeszcze 2 d" in client.get("/tasks").text
        assert "Obowiązki prawne" in client.get("/").text
    assert owing.store.duties.get(breach.duty_id).decision is Decision.DONE


def test_each_sees_what_is_theirs_and_only_who_may_act_gets_a_form(owing: Site) -> None:
    with owing.client("vera") as client:
        page = client.get("/tasks").text
        assert page.count('id="task-') == 1
        assert "Personal data breach" not in page
        assert "/decide" not in page, "she only looks"
    with owing.client("ewa") as client:
        page = client.get("/tasks").text
        assert (page.count('id="task-'), page.count("/decide")) == (1, 1)
    with owing.client("stan") as client:
        assert client.get("/tasks").status_code == 403
        assert "/tasks" not in client.get("/account").text
    with owing.client(None) as client:
        assert client.get("/tasks").status_code == 303


def test_fifty_stand_on_a_page_and_the_rest_behind_a_link(owing: Site) -> None:
    talks = [row.conversation_id for row in owing.store.conversations.list(limit=500)]
    assert len(talks) >= 2
    with owing.store.database.write() as connection:
        for kind in DutyKind:
            for talk in talks:
                owe(owing.store.database, connection, [Owed(kind=kind, due_at=NOW + 72 * HOUR)], "care", NOW, conversation_id=talk)
    with owing.client("ada") as client, pytest.MonkeyPatch.context() as patch:
        patch.setattr("web.pages.duties.SHOWN", 4)
        seen, address = [], "/tasks"
        while True:
            page = client.get(address).text
            seen += re.findall(r'id="task-(\d+)"', page)
            more = re.search(r'id="more" href="([^"]+)"', page)
            if more is None:
                break
            address = more[1]
    assert seen == [str(one.duty_id) for one in owing.store.duties.list()]
    assert len(seen) > 4


def test_the_api_pages_the_same_list_with_a_cursor(owing: Site) -> None:
    complaint, breach = sorted(owing.store.duties.list(), key=lambda one: one.duty_id)
    with api(owing, token_of(owing)) as client:
        first = client.get("/duties", params={"limit": 1}).json()
        assert [(one["id"], one["kind"], one["owner"], one["incident_id"]) for one in first["items"]] == [
            (breach.duty_id, "personal_data_breach", "pr", owing.city.leak)
        ]
        second = client.get("/duties", params={"limit": 1, "cursor": first["next"]}).json()
        assert ([one["id"] for one in second["items"]], second["next"]) == ([complaint.duty_id], None)
        problem(client.get("/duties", params={"cursor": client.get("/posts", params={"limit": 1}).json()["next"]}), 400, "bad_cursor")
        owing.store.duties.decide(complaint, Decision.NOT_APPLICABLE, "nie konsument", "ewa", NOW)
        assert [one["id"] for one in client.get("/duties").json()["items"]] == [breach.duty_id]
        told = client.get("/duties", params={"decided": True}).json()["items"]
        assert [(one["decision"], one["decided_by"]) for one in told] == [(None, None), ("not_applicable", "ewa")]
        decided = {"decision": "done", "reason": "zgłoszone do UODO"}
        done = client.post(f"/duties/{breach.duty_id}/decide", json=decided).json()
        assert (done["decision"], done["reason"], done["decided_by"]) == ("done", "zgłoszone do UODO", "ada")
        problem(client.post(f"/duties/{breach.duty_id}/decide", json=decided), 409, "conflict")
        problem(client.post(f"/duties/{breach.duty_id}/decide", json=decided | {"reason": ""}), 422, "invalid")
        problem(client.post("/duties/999/decide", json=decided), 404, "not_found")
    with api(owing, token_of(owing, person="vera")) as vera:
        assert vera.get("/duties").json()["items"] == []
        problem(vera.post(f"/duties/{breach.duty_id}/decide", json=decided), 404, "not_found")
        problem(vera.post(f"/duties/{complaint.duty_id}/decide", json=decided), 403, "scope_missing")
    with api(owing, token_of(owing, person="stan", scopes=("see",))) as stan:
        assert stan.get("/duties").status_code == 403
