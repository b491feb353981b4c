"""Signing in by a password and at a real OpenID provider; sessions that can be ended; what people do is written down."""

import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

import httpx
import pytest
from pydantic import HttpUrl

from actions.sign_in import set_password
from core.clock import utc_now
from core.http import Http
from core.oidc import Oidc, OidcPeople
from core.readers import Colleague
from core.table import Secret
from tests.fakes.postgres import free_port
from tests.web.site import Site, form_of

PASSWORD = "koń bateria zszywka zielona"


def enter(client: httpx.Client, person: str, password: str, there: str = "/") -> httpx.Response:
    return client.post("/sign-in/password", data={"person": person, "password": password, "there": there})


def acts(site: Site) -> list[tuple[str, str]]:
    return [(line.actor, line.act) for line in site.store.audit.lines()]


def test_a_password_signs_in_and_is_stored_as_a_hash_alone(site: Site) -> None:
    set_password(site.store, "anna", PASSWORD, site.clock())
    with site.client(None) as client:
        answer = enter(client, "anna", PASSWORD, "/incidents")
        assert (answer.status_code, answer.headers["location"]) == (303, "/incidents")
        assert client.get("/incidents").status_code == 200
    kept = site.store.accounts.password("anna")
    assert kept is not None
    assert kept.startswith("$argon2id$")
    assert acts(site)[:2] == [("anna", "signed_in"), ("anna", "password_set")]


@pytest.mark.parametrize(("person", "password"), [("anna", "wrong"), ("jan", PASSWORD), ("nobody", PASSWORD), ("anna", ""), ("", PASSWORD)])
def test_what_does_not_fit_gets_one_and_the_same_answer(site: Site, person: str, password: str) -> None:
    set_password(site.store, "anna", PASSWORD, site.clock())
    with site.client(None) as client:
        answer = enter(client, person, password)
        assert answer.status_code == (403 if person and password else 400)
        assert "czujka_session" not in answer.headers.get("set-cookie", "")
        if answer.status_code == 403:
            assert "do not fit together" in answer.text
        assert client.get("/").status_code == 303


def test_a_person_who_left_the_configuration_has_no_password(site: Site) -> None:
    set_password(site.store, "zofia", PASSWORD, site.clock())
    with site.client(None) as client:
        assert enter(client, "zofia", PASSWORD).status_code == 403


def test_guessing_is_slow_for_one_address_and_for_one_person(site: Site) -> None:
    set_password(site.store, "anna", PASSWORD, site.clock())
    with site.client(None) as client:
        assert [enter(client, "anna", f"guess {n}").status_code for n in range(11)] == [403] * 10 + [429]
        assert enter(client, "anna", PASSWORD).status_code == 429
        site.clock.now += timedelta(minutes=5, seconds=1)
        assert enter(client, "anna", PASSWORD).status_code == 303


def test_a_new_password_wants_the_present_one_and_ends_every_other_session(site: Site) -> None:
    set_password(site.store, "anna", PASSWORD, site.clock())
    with site.client("anna") as here, site.client("anna") as there:
        assert there.get("/").status_code == 200
        csrf = form_of(here, "/account")
        assert here.post("/account/password", data={"csrf": csrf, "present": "wrong", "new": "x" * 20}).status_code == 403
        assert here.post("/account/password", data={"csrf": csrf, "present": PASSWORD, "new": "short"}).status_code == 422
        assert there.get("/").status_code == 200
        assert here.post("/account/password", data={"csrf": csrf, "present": PASSWORD, "new": "a new long password"}).status_code == 303
        assert here.get("/").status_code == 200
        assert there.get("/").status_code == 303
        assert enter(there, "anna", PASSWORD).status_code == 403
        assert enter(there, "anna", "a new long password").status_code == 303


def test_sessions_elsewhere_can_be_ended_and_an_administrator_ends_anybodys(site: Site) -> None:
    with site.client("anna") as here, site.client("anna") as there, site.client("jan") as jan:
        assert here.post("/account/sign-out-elsewhere", data={"csrf": form_of(here, "/account")}).status_code == 303
        assert (here.get("/").status_code, there.get("/").status_code) == (200, 303)
        assert here.post("/users/jan/sign-out", data={"csrf": form_of(here, "/users")}).status_code == 303
        assert jan.get("/").status_code == 303


def test_an_administrator_makes_a_link_that_is_shown_once(site: Site) -> None:
    with site.client("anna") as client, site.client(None) as jan:
        shown = client.post("/users/jan/invite", data={"csrf": form_of(client, "/users")}).text
        link = re.search(r"token=([\w-]+)", shown)
        assert link is not None
        assert link[1] not in client.get("/users").text
        assert jan.post("/sign-in", data={"token": link[1]}).status_code == 303
        assert client.post("/users/nobody/invite", data={"csrf": form_of(client, "/users")}).status_code == 404


def test_no_act_without_its_line_in_the_audit(site: Site) -> None:
    with site.client("anna") as client:
        client.post(f"/incidents/{site.city.leak}/acknowledge", data={"csrf": form_of(client, "/"), "seen": "open"})
        assert acts(site)[0] == ("anna", "POST /incidents/{incident_id}/acknowledge")
        page = client.get("/audit").text
        assert f"/incidents/{site.city.leak}/acknowledge" in page
        assert "Anna Lis" in page


# At the company's own provider.


@pytest.fixture
def issuer() -> Iterator[str]:
    """A real OpenID provider, a process of its own on a free port of this machine."""
    port = free_port()
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--host", "127.0.0.1", "--port", str(port)]
    provider = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        answers(f"{address}/.well-known/openid-configuration")
        yield address
    finally:
        provider.terminate()
        provider.wait(timeout=10)


def answers(address: str) -> None:
    """Wait until somebody is there."""
    with httpx.Client(transport=httpx.HTTPTransport(retries=8)) as client:
        assert client.get(address).status_code == 200


@pytest.fixture
def company(site: Site, issuer: str, tmp_path: Path) -> Iterator[Site]:
    site.clock.now = utc_now()
    (tmp_path / "client").write_text("kept secret", encoding="utf-8")
    oidc = Oidc.model_validate({"issuer": issuer, "client_id": "czujka", "client_secret": Secret(file=str(tmp_path / "client"))})
    site.context.settings = site.context.settings.model_copy(update={"oidc": oidc})
    site.context.http = Http(allow_private=("127.0.0.0/8", "::1/128"))
    yield site
    site.context.http.close()


def vouch(issuer: str, sub: str, **claims: object) -> None:
    assert httpx.put(f"{issuer}/users/{sub}", json=claims).status_code == 204


def return_address(client: httpx.Client, sub: str, there: str = "/") -> str:
    """Go to the provider, say yes there, and come back with the address to which it sends the browser."""
    leaving = client.get("/sign-in/provider", params={"next": there}).headers["location"]
    return httpx.post(leaving, data={"sub": sub}).headers["location"]


def changed(address: str, **values: str) -> str:
    parts = urlsplit(address)
    query = {key: found[0] for key, found in parse_qs(parts.query).items()} | values
    return urlunsplit(parts._replace(query=urlencode(query)))


def test_the_company_s_provider_vouches_for_somebody_configured(company: Site, issuer: str) -> None:
    vouch(issuer, "a1", email="Anna@Polna.example", email_verified=True)
    with company.client(None) as client:
        assert "/sign-in/provider?next=" in client.get("/sign-in").text
        answer = client.get(return_address(client, "a1", "/incidents"))
        assert (answer.status_code, answer.headers["location"]) == (303, "/incidents")
        assert "Anna Lis" in client.get("/").text
    assert acts(company)[0] == ("anna", "signed_in")


def test_who_is_not_configured_or_not_verified_stays_outside(company: Site, issuer: str) -> None:
    vouch(issuer, "x", email="mallory@evil.example", email_verified=True)
    vouch(issuer, "u", email="anna@polna.example", email_verified=False)
    vouch(issuer, "n", name="no address")
    for sub in ("x", "u", "n"):
        with company.client(None) as client:
            answer = client.get(return_address(client, sub))
            assert answer.status_code == 403
            assert "Nobody here knows you yet" in answer.text
            assert client.get("/").status_code == 303


def test_an_answer_that_was_not_asked_for_is_refused(company: Site, issuer: str) -> None:
    vouch(issuer, "a1", email="anna@polna.example", email_verified=True)
    with company.client(None) as anna, company.client(None) as mallory:
        good = return_address(anna, "a1")
        assert mallory.get(good).status_code == 403, "another browser has no note of it"
        assert anna.get(changed(good, state="forged")).status_code == 403
        assert anna.get(changed(good, code="forged")).status_code == 403
        company.clock.now += timedelta(minutes=10, seconds=1)
        assert anna.get(good).status_code == 403, "too late"
        company.clock.now -= timedelta(minutes=10, seconds=1)
        assert anna.get(good).status_code == 303
        assert anna.get(good).status_code == 403, "an answer counts once"


def test_a_code_of_another_sign_in_has_the_wrong_nonce(company: Site, issuer: str) -> None:
    vouch(issuer, "a1", email="anna@polna.example", email_verified=True)
    with company.client(None) as anna, company.client(None) as mallory:
        stolen = parse_qs(urlsplit(return_address(anna, "a1")).query)["code"][0]
        assert mallory.get(changed(return_address(mallory, "a1"), code=stolen)).status_code == 403


def test_a_provider_that_is_away_or_another_is_said_and_harms_nothing(company: Site) -> None:
    for issuer in ("http://localhost:9", company.url):
        oidc = company.context.settings.oidc
        assert oidc is not None
        wrong = oidc.model_copy(update={"issuer": HttpUrl(issuer)})
        company.context.settings = company.context.settings.model_copy(update={"oidc": wrong})
        with company.client(None) as client:
            answer = client.get("/sign-in/provider")
            assert answer.status_code == 403
            assert "Signing in did not work" in answer.text


def test_what_the_provider_says_of_a_person_keeps_the_people_register(company: Site, issuer: str) -> None:
    oidc = company.context.settings.oidc
    assert oidc is not None
    people = OidcPeople(department="department", role="groups", manager="boss")
    company.context.settings = company.context.settings.model_copy(update={"oidc": oidc.model_copy(update={"people": people})})
    company.store.readers.vouched(Colleague(person="ola", name="Ola", address="ola@polna.example", language="pl"), company.clock())
    about = {"email": "anna@polna.example", "email_verified": True, "name": "Anna  Lis-Kos", "locale": "pl-PL", "department": "Marketing"}
    vouch(issuer, "a1", **about, groups=["manager", "staff"], boss="Ola@polna.example")
    with company.client(None) as client:
        assert client.get(return_address(client, "a1")).status_code == 303
    [anna, _] = company.store.readers.staff()
    assert (anna.person, anna.name, anna.address, anna.language) == ("anna", "Anna Lis-Kos", "anna@polna.example", "pl")
    assert (anna.department, anna.role, anna.manager, anna.source) == ("Marketing", "manager", "ola", "provider")

    vouch(issuer, "a1", email="anna@polna.example", email_verified=True, department="Sales", locale="xx", boss="anna")
    for _ in range(2):
        with company.client(None) as client:
            client.get(return_address(client, "a1"))
    [anna, _] = company.store.readers.staff()
    assert (anna.department, anna.language, anna.manager, anna.role) == ("Sales", "pl", "ola", "manager"), "what is not said stays"
    written = [line.act for line in company.store.audit.lines() if line.act.startswith("person_") and line.actor == "anna"]
    assert written == ["person_changed", "person_added"]


def test_without_such_a_table_the_register_is_nobody_s_business(company: Site, issuer: str) -> None:
    vouch(issuer, "a1", email="anna@polna.example", email_verified=True, name="Anna")
    with company.client(None) as client:
        client.get(return_address(client, "a1"))
    assert company.store.readers.staff() == []
