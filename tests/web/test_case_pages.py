"""The pages on cases over HTTP: the whole way by forms, and for everybody else nothing is there until they break the glass for a reason."""

import io
import zipfile
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta

import pytest

from actions import cases as acts
from actions.case_sight import key_of
from core.cases import CaseStage
from tests.web.bound import bind
from tests.web.site import SECRET, Site, Visit, form_of

PEOPLE = {"cora": "compliance", "dan": "compliance", "eve": "compliance", "rick": "responder", "hana": "viewer"}


@pytest.fixture
def incident(site: Site) -> int:
    """A policy binds since before the evening's posts; the leak of a code name is the incident."""
    bind(site, PEOPLE)
    return site.city.leak


def opened(site: Site, incident: int) -> int:
    with site.client("cora") as client:
        data = {"csrf": form_of(client, f"/cases/open?incident={incident}"), "incident": str(incident)}
        answer = client.post("/cases", data=data | {"concerned": "Zenon Żuk", "because": "a code name"})
        assert answer.status_code == 303, answer.text
        return int(answer.headers["location"].rsplit("/", 1)[1])


def steps(post: Callable[..., int]) -> None:
    """From the hearing to the end, with what is refused on the way."""
    assert post("cora", "hear", said="") == 422, "nothing was said"
    assert post("cora", "hear", said="He had leave.") == 303
    assert post("cora", "decide", found="breach", consequence="warning", reason="seen") == 422, "who opened does not decide"
    assert post("dan", "decide", found="breach", consequence="warning", reason="seen") == 303
    assert post("dan", "hear", said="again", seen="1") == 422, "an old page"
    assert post("cora", "appeal", said="It was public.") == 303
    assert post("dan", "decide", found="no_breach", consequence="none", reason="read") == 422, "not the same person twice"
    assert post("eve", "decide", found="no_breach", consequence="none", reason="It was public.") == 303
    assert post("cora", "close", note="told in a letter") == 303


def test_the_way_of_a_case_by_forms_and_the_zip_in_the_end(site: Site, incident: int) -> None:
    number = opened(site, incident)
    base = f"/cases/{number}"

    with ExitStack() as stack:
        clients = {person: stack.enter_context(site.client(person)) for person in ("cora", "dan", "eve")}
        tokens = {person: form_of(client, base) for person, client in clients.items()}

        def post(person: str, act: str, **fields: str) -> int:
            return clients[person].post(f"{base}/{act}", data={"csrf": tokens[person], **fields}).status_code

        steps(post)

    assert site.store.cases.get(number).stage is CaseStage.CLOSED
    with site.client("cora") as client:
        page = client.get(base).text
        assert "POL-07" in page and "Zenon Żuk" in page and "the clause was not breached" in page and "He had leave." in page
        answer = client.post(f"{base}/export", data={"csrf": form_of(client, base)})
    assert answer.headers["content-disposition"] == f'attachment; filename="case-{number}.zip"'
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert "Projekcie Bursztyn" in archive.read("index.html").decode()
    assert acts.verify(site.store, key_of(site.context.settings, SECRET)) == (1, ())


def test_for_others_there_is_nothing_until_the_glass_is_broken(site: Site, incident: int) -> None:
    number = opened(site, incident)
    missing = ("/cases", "/cases/open?incident=1", f"/cases/{number}", f"/cases/{number + 1}")
    with site.client("rick") as client:
        answers = [client.get(path) for path in missing]
        assert {answer.status_code for answer in answers} == {404}
        assert answers[2].text == answers[3].text.replace(f"/cases/{number + 1}", f"/cases/{number}"), "one case is as missing as another"
        page = client.get(f"/incidents/{incident}").text
        assert "/cases/" not in page and "Zenon" not in page
        csrf = form_of(client, "/cases/break-glass")
        assert client.post(f"/cases/{number}/hear", data={"csrf": csrf, "said": "x"}).status_code == 404
        assert client.post("/cases/break-glass", data={"csrf": csrf, "number": str(number), "reason": " "}).status_code == 422
        assert client.get(f"/cases/{number}").status_code == 404, "without a reason the glass holds"
        assert client.post("/cases/break-glass", data={"csrf": csrf, "number": str(number + 1), "reason": "guess"}).status_code == 404
        done = client.post("/cases/break-glass", data={"csrf": csrf, "number": str(number), "reason": "the court asks"})
        assert done.headers["location"] == f"/cases/{number}"
        assert "Zenon Żuk" in client.get(f"/cases/{number}").text
        assert client.post(f"/cases/{number}/export", data={"csrf": csrf}).status_code == 422, "to look is not to take along"
        site.clock.now += timedelta(minutes=61)
        assert client.get(f"/cases/{number}").status_code == 404
    with site.client("hana") as client:
        assert client.post("/cases/break-glass", data={"csrf": form_of(client, "/account"), "number": "1"}).status_code == 403


def test_who_was_given_the_decision_sees_that_case_alone(site: Site, incident: int) -> None:
    number = opened(site, incident)
    with site.client("cora") as client:
        base = f"/cases/{number}"
        data = {"csrf": form_of(client, base), "person": "hana"}
        assert client.post(f"{base}/assign", data=data).status_code == 303
        client.post(f"{base}/hear", data=data | {"said": "said"})
    with site.client("hana") as client:
        page = client.get(f"/cases/{number}").text
        assert "Decide …" in page and "Say whom it concerns" not in page
        assert f"/cases/{number}" in client.get("/cases").text
        data = {"csrf": form_of(client, f"/cases/{number}"), "found": "breach", "consequence": "warning", "reason": "seen"}
        assert client.post(f"/cases/{number}/decide", data=data).status_code == 303
    lines = [line.act for line in site.store.audit.lines(100) if line.actor == "hana"]
    assert lines.count("case_read") == 2 and "case_decided" in lines and "cases_listed" in lines


def test_pages_fit_a_phone_in_polish(site: Site, incident: int, visit: Visit) -> None:
    number = opened(site, incident)
    for path in ("/cases", f"/cases/{number}", f"/cases/open?incident={incident}"):
        page = visit.page(f"{site.url}{path}", width=390, language="pl", scripts=False, sign_in=site.link("cora"))
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
        assert page.locator("html").get_attribute("lang") == "pl"
    assert "Sprawa" in page.locator("h1").inner_text() or "sprawę" in page.locator("h1").inner_text()
