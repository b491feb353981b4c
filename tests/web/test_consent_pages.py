"""The pages on consent over HTTP: staff read the exact notice and decide for themselves alone; who governs asks, and sees no reasons."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from actions import consents as acts
from core.consent import Consent, ConsentState
from core.http import Http
from core.settings import Person
from tests.web.site import NOW, Site, form_of

PEOPLE = {"stan": ("staff",), "lea": ("staff",), "cora": ("compliance",)}


@pytest.fixture
def asked(site: Site) -> Iterator[Consent]:
    """Stan is asked about an account; somebody saw the code there."""
    people = tuple(Person(id=name, name=name.title(), roles=roles) for name, roles in PEOPLE.items())
    settings = site.context.settings.model_copy(update={"person": (*site.context.settings.person, *people)})
    site.context.settings = settings
    with closing(Http()) as http:
        site.context.http = http
        yield acts.invite(site.store, settings, "stan", "mastodon", "@stan@social.example", "cora", NOW)


def test_the_person_reads_the_notice_shows_the_code_agrees_and_takes_it_back(site: Site, asked: Consent) -> None:
    number = asked.consent_id
    with site.client("stan") as client:
        page = client.get("/consent").text
        assert "<strong>Saying no has no consequence</strong>" in page and asked.code in page
        assert "I agree" not in page, "first the account is shown to be theirs"
        data = {"csrf": form_of(client, "/consent"), "version": acts.notice(site.context.settings, asked, "en")[1], "language": "en"}
        assert client.post(f"/consent/{number}/grant", data=data).status_code == 422
        wrong = client.post(f"/consent/{number}/prove", data=data | {"address": "https://elsewhere.example/@stan"})
        assert wrong.status_code == 422 and "this very account" in wrong.text
        acts.attest(site.store, number, "cora", NOW)
        assert "I agree" in client.get("/consent").text
        assert "changed meanwhile" in client.post(f"/consent/{number}/grant", data=data | {"version": "old"}).text
        assert client.post(f"/consent/{number}/grant", data=data).headers["location"] == "/consent?done=granted"
        assert "What you agreed to" in client.get("/consent").text
        assert client.post(f"/consent/{number}/grant", data=data).status_code == 422, "not twice"
        assert client.post(f"/consent/{number}/withdraw", data=data).headers["location"] == "/consent?done=withdrawn"
    assert site.store.consents.get(number).state is ConsentState.WITHDRAWN


def test_nobody_sees_or_decides_for_another(site: Site, asked: Consent) -> None:
    acts.attest(site.store, asked.consent_id, "cora", NOW)
    for person in ("lea", "cora"):
        with site.client(person) as client:
            page = client.get("/consent").text
            assert "You have not been asked" in page and asked.code not in page
            data = {"csrf": form_of(client, "/consent"), "version": "x", "language": "en", "address": "https://social.example/@stan"}
            for act in ("prove", "grant", "decline", "withdraw"):
                assert client.post(f"/consent/{asked.consent_id}/{act}", data=data).status_code == 404
    assert site.store.consents.get(asked.consent_id).state is ConsentState.PROVEN


def test_saying_no_is_one_button_without_a_reason_and_in_polish_too(site: Site, asked: Consent) -> None:
    with site.client("stan", "pl") as client:
        page = client.get("/consent").text
        assert "<strong>Odmowa nie ma żadnych konsekwencji</strong>" in page and "Nie, nie zgadzam się" in page
        data = {"csrf": form_of(client, "/consent")}
        assert client.post(f"/consent/{asked.consent_id}/decline", data=data).status_code == 303
    with site.client("cora") as client:
        assert "did not agree" in client.get("/consents").text


def test_only_who_governs_asks(site: Site, asked: Consent) -> None:
    with site.client("stan") as client:
        assert client.get("/consents").status_code == 403
        data = {"csrf": form_of(client, "/consent"), "person": "lea", "platform": "mastodon", "handle": "@lea"}
        assert client.post("/consents", data=data).status_code == 403
    with site.client("cora") as client:
        data["csrf"] = form_of(client, "/consents")
        assert client.post("/consents", data=data).status_code == 303
        assert client.post("/consents", data=data).status_code == 422, "not twice"
    assert [one.person for one in site.store.consents.list()] == ["lea", "stan"]
