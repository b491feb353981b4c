"""The register's page and API: each sees what is theirs, whoever answers for an account says how it stands, strangers are settled."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from actions import register as acts
from core.register import Settled
from core.settings import Person
from core.types import Author, IncidentState
from czujka.registering import look
from tests.contract.test_store import an_item, arrive
from tests.web.calling import api, evening_at, token_of
from tests.web.site import NOW, Site, form_of

SHEET = """platform,handle,kind,owner,person,access,two_factor,mandate
x,polna,official,pr,anna,"anna, jan",yes,news <b>and</b> answers
facebook,polna,official,care,ewa,ewa,no,
"""


@pytest.fixture
def registered(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The evening with two accounts, one of them with faults, and a stranger."""
    people = (Person(id="vera", roles=("viewer@owner:care",)), Person(id="stan", roles=("staff",)))
    site.context.settings = site.context.settings.model_copy(update={"person": (*site.context.settings.person, *people)})
    yield prepared(site, tmp_path_factory.mktemp("sheet"))


def prepared(site: Site, folder: Path) -> Site:
    (folder / "accounts.csv").write_text(SHEET, encoding="utf-8")
    acts.take_in(site.store, site.context.settings, folder / "accounts.csv", "tests", NOW)
    author = Author(id="77", handle="polna_<i>promo", name=f"{site.context.settings.brand[0].name} Promo")
    site.store.items.add([arrive(an_item(990, author=author, platform="mastodon"), brand=site.context.settings.brand[0].id)], NOW)
    with site.store.database.write() as connection:
        connection.exec_driver_sql("UPDATE item SET assessed_at = collected_at")
    look(site.store, site.context.settings, NOW)
    return site


def labels(site: Site) -> set[str]:
    rows = site.store.incidents.list([IncidentState.OPEN], limit=200)
    return {row.label for row in rows if row.label.startswith("account.")}


def test_the_page_shows_who_answers_and_what_is_to_be_mended(registered: Site) -> None:
    with registered.client("anna") as client:
        page = client.get("/accounts").text
        assert "@polna" in page
        assert "news &lt;b&gt;and&lt;/b&gt; answers" in page
        assert "polna_&lt;i&gt;promo" in page
    with registered.client("ewa", language="pl") as client:
        page = client.get("/accounts").text
        assert "Konto: dostęp ma tylko jedna osoba" in page
        assert "Konto bez logowania dwuskładnikowego" in page


def test_each_sees_their_own_and_staff_nothing(registered: Site) -> None:
    with registered.client("vera") as client:
        page = client.get("/accounts").text
        assert "Facebook" in page
        assert "news &lt;b&gt;" not in page
        data = {"csrf": form_of(client, "/accounts"), "two_factor": "yes", "access": "ewa, anna"}
        assert client.post("/accounts/2/reviewed", data=data).status_code == 403
        assert client.post("/accounts/1/reviewed", data=data).status_code in (403, 404)
    with registered.client("stan") as client:
        assert client.get("/accounts").status_code == 403


def test_whoever_answers_says_how_it_stands_and_the_incidents_end(registered: Site) -> None:
    assert {"account.no_two_factor", "account.single_access"} <= labels(registered)
    number = registered.store.register.by_key("facebook:polna").number
    with registered.client("ewa") as client:
        data = {"csrf": form_of(client, "/accounts"), "two_factor": "yes", "access": "ewa, nobody"}
        assert client.post(f"/accounts/{number}/reviewed", data=data).status_code == 422
        assert client.post(f"/accounts/{number}/reviewed", data=data | {"access": "ewa, anna"}).status_code == 303
        assert client.post("/accounts/99/reviewed", data=data).status_code == 404
    assert not {"account.no_two_factor", "account.single_access"} & labels(registered)
    assert registered.store.register.get(number).reviewed_at == NOW


def test_a_stranger_is_settled_once(registered: Site) -> None:
    [met] = registered.store.account_checks.strangers()
    with registered.client("anna") as client:
        data = {"csrf": form_of(client, "/accounts"), "how": "tolerated", "reason": " "}
        assert client.post(f"/accounts/strangers/{met.stranger_id}/settle", data=data).status_code == 422
        assert client.post(f"/accounts/strangers/{met.stranger_id}/settle", data=data | {"reason": "a shop"}).status_code == 303
        assert client.post(f"/accounts/strangers/{met.stranger_id}/settle", data=data | {"reason": "a shop"}).status_code == 422
    assert registered.store.account_checks.stranger(met.stranger_id).settled is Settled.TOLERATED
    assert "account.unregistered" not in labels(registered)


def test_the_api_does_the_same(database_url: str, tmp_path: Path) -> None:
    with evening_at(database_url, tmp_path) as site:
        prepared(site, tmp_path)
        with api(site, token_of(site)) as client:
            told = {one["platform"]: one for one in client.get("/accounts").json()}
            assert [one["fault"] for one in told["facebook"]["faults"]] == ["account.no_two_factor", "account.single_access"]
            number = told["facebook"]["id"]
            answer = client.post(f"/accounts/{number}/reviewed", json={"two_factor": True})
            assert [one["fault"] for one in answer.json()["faults"]] == ["account.single_access"]
            assert client.post(f"/accounts/{number}/reviewed", json={"access": ["nobody"]}).status_code == 409
            [met] = client.get("/strangers").json()
            assert met["handle"] == "polna_<i>promo"
            done = client.post(f"/strangers/{met['id']}/settle", json={"how": "reported", "reason": "poses as us"})
            assert done.json()["settled"] == "reported"
        with api(site, token_of(site, "vera", ("see", "act"))) as client:
            assert [one["platform"] for one in client.get("/accounts").json()] == ["facebook"]
            assert client.post(f"/accounts/{number}/reviewed", json={"two_factor": False}).status_code == 403
