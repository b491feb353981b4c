"""What a week and a month are told as, and the audit, for programs: the figures of the pages, for who may see them."""

import csv
import io

import pytest

from core.settings import Person
from tests.web.calling import api, problem, token_of
from tests.web.site import Site


@pytest.fixture
def company(site: Site) -> Site:
    people = (Person(id="ada", roles=("admin",)), Person(id="vera", roles=("viewer@owner:care",)), Person(id="otto", roles=("auditor",)))
    site.context.settings = site.context.settings.model_copy(update={"person": (*site.context.settings.person, *people)})
    return site


def test_a_week_that_is_over_is_told_in_the_figures_of_its_sheet(company: Site) -> None:
    with api(company, token_of(company)) as client, company.client("ada") as browser:
        told = client.get("/digest").json()
        assert (told["week"], told["starts_at"], told["ends_at"]) == ("2026-W46", "2026-11-08T23:00:00Z", "2026-11-15T23:00:00Z")
        figures = {(one["part"], one["name"], one["figure"]): one["value"] for one in told["figures"]}
        assert figures["said", "2026-11-09", "posts"] == 0
        lines = list(csv.reader(io.StringIO(browser.get("/digest.csv?week=2026-W46").text, newline="")))[1:]
        assert [line[1:4] for line in lines] == [[one["part"], one["name"], one["figure"]] for one in told["figures"]]
        for week in ("2026-W47", "2026-W99", "next"):
            problem(client.get("/digest", params={"week": week}), 404, "not_found")
    with api(company, token_of(company, person="vera")) as vera:
        part = vera.get("/digest").json()
    assert (told["whose"], part["whose"]) == (None, ["care"])
    assert {one["name"] for one in told["figures"] if one["part"] == "open now"} > {"care"}
    assert {one["name"] for one in part["figures"] if one["part"] == "open now"} == {"care"}


def test_a_month_that_is_over_is_told_as_staff_read_it(company: Site) -> None:
    with api(company, token_of(company, person="vera")) as client:
        told = client.get("/summary", params={"language": "pl"}).json()
        assert (told["month"], told["language"]) == ("2026-10", "pl")
        assert told["title"] == "Mleczarnia Polna: co obserwowaliśmy w mediach społecznościowych, październik 2026"
        assert [one["heading"] for one in client.get("/summary").json()["parts"]] == [
            "What was watched",
            "What was found",
            "What was learned",
        ]
        for month in ("2026-11", "2026-W46", "nonsense"):
            problem(client.get("/summary", params={"month": month}), 404, "not_found")


def test_the_audit_is_read_a_page_at_a_time_by_who_may(company: Site) -> None:
    auditor = token_of(company, person="otto")
    with api(company, token_of(company)) as client:
        client.post(f"/incidents/{company.city.leak}/acknowledge")
        client.post(f"/incidents/{company.city.leak}/note", json={"text": "x"})
    with api(company, auditor) as otto:
        first = otto.get("/audit", params={"limit": 1}).json()
        rest = otto.get("/audit", params={"cursor": first["next"]}).json()["items"]
        assert (first["items"][0]["actor"], first["items"][0]["act"]) == ("ada", "POST /incidents/{incident_id}/note")
        assert rest[0]["act"] == "POST /incidents/{incident_id}/acknowledge"
        assert [one["id"] for one in rest] == list(range(first["items"][0]["id"] - 1, 0, -1))
        assert {one["actor"] for one in otto.get("/audit", params={"actor": "ada"}).json()["items"]} == {"ada"}
        problem(otto.get("/audit", params={"cursor": "made up"}), 400, "bad_cursor")
    with api(company, token_of(company, person="vera")) as vera, api(company, token_of(company, scopes=("see",))) as reader:
        problem(vera.get("/audit"), 403, "scope_missing")
        problem(reader.get("/audit"), 403, "scope_missing")
