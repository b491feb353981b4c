"""The crisis room over HTTP: declared from an incident, roles kept apart, four eyes on every statement, both languages."""

import re
from datetime import timedelta

import pytest

from actions import crisis as acts
from core.crisis import Kind, Part, Stage
from core.settings import Person
from tests.web.site import NOW, Site, form_of

PEOPLE = {"stan": ("staff",), "vic": ("viewer",), "rob": ("responder",), "cora": ("compliance",), "aud": ("auditor",), "ada": ("admin",)}


@pytest.fixture
def company(site: Site) -> Site:
    """The evening with people of every role."""
    people = tuple(Person(id=name, name=name.title(), roles=roles) for name, roles in PEOPLE.items())
    site.context.settings = site.context.settings.model_copy(update={"person": (*site.context.settings.person, *people)})
    return site


def declared(site: Site, lead: str = "rob") -> int:
    return acts.declare(site.store, site.context.settings, "Ill after the yoghurt", lead, NOW, kind=Kind.HARM)


def test_declared_from_an_incident_with_the_checklist_that_fits(company: Site) -> None:
    with company.client("rob") as client:
        incident = client.get(f"/incidents/{company.city.safety}").text
        link = re.search(r'href="(/crisis\?incident=\d+)"', incident)
        assert link is not None
        page = client.get(link[1]).text
        assert '<option value="harm" selected>' in page
        data = {"csrf": form_of(client, link[1]), "title": "Ill <b>children</b>", "kind": "harm", "incident": str(company.city.safety)}
        answer = client.post("/crisis", data=data)
        assert answer.headers["location"] == "/crisis/1"
        room = client.get("/crisis/1").text
        assert "Ill &lt;b&gt;children&lt;/b&gt;" in room
        assert room.index("Pause scheduled posts") < room.index("Freeze who may publish") < room.index("Call quality and production")
        assert client.post("/crisis", data=data).status_code == 422, "one is enough"
        assert 'href="/crisis/1">Crisis room' in client.get(f"/incidents/{company.city.safety}").text
        assert "A crisis is running: Ill &lt;b&gt;children&lt;/b&gt;" in client.get("/posts").text
    one = company.store.crises.get(1)
    assert (one.incident_id, one.roles, one.declared_by) == (company.city.safety, {Part.LEAD: "rob"}, "rob")


def test_who_may_look_who_may_act_and_who_neither(company: Site) -> None:
    number = declared(company)
    for person, seen, acted in (("stan", 404, 404), ("vic", 200, 403), ("aud", 200, 403), ("rob", 200, 303), ("cora", 200, 303)):
        with company.client(person) as client:
            assert client.get(f"/crisis/{number}").status_code == seen, person
            data = {"csrf": form_of(client, "/policy"), "text": f"said by {person}"}
            assert client.post(f"/crisis/{number}/log", data=data).status_code == acted, person
    said = [entry.text for entry in company.store.crises.room(number).entries if entry.text]
    assert said == ["said by rob", "said by cora"]


def test_whoever_holds_a_role_is_in_the_room_whatever_their_role_elsewhere(company: Site) -> None:
    number = declared(company)
    acts.give_role(company.store, company.context.settings, number, Part.LEGAL, "stan", "rob", NOW)
    with company.client("stan") as client:
        assert client.get(f"/crisis/{number}").status_code == 200
        data = {"csrf": form_of(client, f"/crisis/{number}"), "text": "the insurer knows"}
        assert client.post(f"/crisis/{number}/log", data=data).status_code == 303


def test_only_the_lead_or_compliance_gives_roles_and_stands_down(company: Site) -> None:
    number = declared(company)
    path = f"/crisis/{number}"
    with company.client("jan") as client:
        csrf = form_of(client, path)
        assert "Stand down" not in client.get(path).text
        give = {"csrf": csrf, "part": "lead", "person": "jan"}
        assert client.post(f"{path}/role", data=give).status_code == 403
        assert client.post(f"{path}/stand-down", data={"csrf": csrf, "why": "tired"}).status_code == 403
        assert client.post(f"{path}/role", data=give | {"part": "log_keeper"}).status_code == 303, "a role that nobody has may be taken"
        assert client.post(f"{path}/role", data=give | {"part": "legal", "person": "anna"}).status_code == 403
    with company.client("cora") as client:
        csrf = form_of(client, path)
        old = {"csrf": csrf, "part": "log_keeper", "person": "anna", "seen": "1"}
        assert client.post(f"{path}/role", data=old).status_code in (409, 422), "the page was older than Jan's"
        assert client.post(f"{path}/role", data=old | {"seen": "2"}).status_code == 303
        assert client.post(f"{path}/stand-down", data={"csrf": csrf, "why": " "}).status_code == 422
        assert client.post(f"{path}/stand-down", data={"csrf": csrf, "why": "it is over"}).status_code == 303
    one = company.store.crises.get(number)
    assert (one.stage, one.roles, one.stood_down_by) == (Stage.STOOD_DOWN, {Part.LEAD: "rob", Part.LOG_KEEPER: "anna"}, "cora")


def test_four_eyes_on_every_statement(company: Site) -> None:
    number = declared(company)
    path = f"/crisis/{number}"
    with company.client("rob") as client:
        csrf = form_of(client, path)
        blank = client.post(f"{path}/statements", data={"csrf": csrf, "language": "en", "text": "We know of {what}."})
        assert blank.status_code == 422
        assert "a blank in braces is open" in blank.text
        client.post(f"{path}/statements", data={"csrf": csrf, "language": "en", "text": "We have stopped the sale of lot 4471."})
        assert "/statements/1/approve" not in client.get(path).text
        assert client.post(f"{path}/statements/1/approve", data={"csrf": csrf}).status_code == 422
    acts.give_role(company.store, company.context.settings, number, Part.SPOKESPERSON, "anna", "rob", NOW)
    with company.client("anna") as client:
        csrf = form_of(client, path)
        assert client.post(f"{path}/statements/1/publish", data={"csrf": csrf}).status_code == 422, "nobody has approved it"
        assert "/statements/1/approve" in client.get(path).text
        assert client.post(f"{path}/statements/1/approve", data={"csrf": csrf}).status_code == 303
        company.clock.now += timedelta(minutes=5)
        assert client.post(f"{path}/statements/1/publish", data={"csrf": csrf, "where": "our site"}).status_code == 303
        assert "our site" in client.get(path).text
    out = company.store.crises.room(number).last_statement()
    assert out is not None
    assert (out.drafted_by, out.approved_by, out.published_at) == ("rob", "anna", NOW + timedelta(minutes=5))


def test_a_tick_says_who_and_when_and_what_is_late_says_so(company: Site) -> None:
    number = declared(company)
    path = f"/crisis/{number}"
    company.clock.now += timedelta(minutes=12)
    with company.client("rob") as client:
        csrf = form_of(client, path)
        assert "<strong>late since 22:24</strong>" in client.get(path).text
        assert client.post(f"{path}/tick", data={"csrf": csrf, "item": "pause-scheduled"}).status_code == 303
        page = client.get(path).text
        assert "Checklist: 1 of 9" in page
        assert re.search(r"done by Rob.*2 min late", page)
        assert client.post(f"{path}/tick", data={"csrf": csrf, "item": "dance"}).status_code == 422


def test_the_room_speaks_polish(company: Site) -> None:
    number = declared(company)
    with company.client("rob", language="pl") as client:
        page = client.get(f"/crisis/{number}").text
    for words in ("Szkoda na zdrowiu", "Wstrzymaj zaplanowane posty", "Prowadzący", "Następne oświadczenie do 23:14", "Ogłoszono kryzys"):
        assert words in page, words


def test_on_a_phone_everything_fits_and_can_be_reached_without_a_script(company: Site, browser: object) -> None:
    from playwright.sync_api import Browser

    number = declared(company)
    assert isinstance(browser, Browser)
    view = browser.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    page = view.new_page()
    page.goto(company.link("rob"))
    page.get_by_role("button").first.click()
    page.goto(f"{company.url}/crisis/{number}")
    page.locator("#pause-scheduled button").click()
    assert "Checklist: 1 of 9" in page.content() or "1 z 9" in page.content()
    assert page.locator("body").evaluate("body => body.scrollWidth") <= 390
    view.close()
