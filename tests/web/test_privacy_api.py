"""Consents, erasure and the right to see all, over the API: for those who govern, with their scope, and only what was shown goes."""

from datetime import date, timedelta

import pytest

from actions import consents as acts
from core.consent import ConsentState
from core.message_plan import MessagePlan
from core.readers import Colleague
from core.sending import Reader
from core.settings import Person
from core.training import Training
from core.types import Author
from tests.contract.test_store import an_item, arrive
from tests.web.calling import api, problem, token_of
from tests.web.site import NOW, Site

GOVERN = ("see", "act", "govern")
HANDLE = "kasia.zielarz"
KASIA = Author(id="k1", handle=HANDLE, name="Katarzyna Zielarz")


@pytest.fixture
def governed(site: Site) -> Site:
    """Cora governs, Rob responds, Cam governs one brand alone; somebody wrote two posts and is named in a third."""
    roles = {"cora": "compliance", "rob": "responder", "cam": "compliance@brand:polna"}
    people = tuple(Person(id=name, roles=(role,)) for name, role in roles.items())
    site.context.settings = site.context.settings.model_copy(update={"person": (*site.context.settings.person, *people)})
    site.store.items.add([arrive(an_item(9001, author=KASIA)), arrive(an_item(9002, author=KASIA))], NOW)
    site.store.items.add([arrive(an_item(9003, text=f"zgadzam się z @{HANDLE}"))], NOW)
    return site


def test_consents_are_asked_for_listed_and_taken_back(governed: Site) -> None:
    with api(governed, token_of(governed, "cora", GOVERN)) as client:
        made = client.post("/consents", json={"person": "rob", "platform": "mastodon", "handle": "@rob@social.example"})
        assert (made.status_code, made.json()["state"], made.json()["account"]) == (201, "invited", "rob@social.example")
        assert "code" not in made.json(), "what proves the account is the person's own"
        number = made.json()["id"]
        assert client.post("/consents", json={"person": "rob", "platform": "mastodon", "handle": "rob@social.example"}).status_code == 409
        assert client.get("/consents", params={"state": "granted"}).json() == []
        assert [one["id"] for one in client.get("/consents", params={"person": "rob"}).json()] == [number]
        asked = client.get(f"/consents/{number}").headers["etag"]
        acts.attest(governed.store, number, "cora", NOW)
        one = governed.store.consents.get(number)
        version = acts.notice(governed.context.settings, one, "en")[1]
        acts.grant(governed.store, governed.context.settings, number, version, "en", "rob", NOW)
        problem(client.post(f"/consents/{number}/withdraw", headers={"If-Match": asked}), 412, "version_changed")
        seen = client.get(f"/consents/{number}").headers["etag"]
        done = client.post(f"/consents/{number}/withdraw", headers={"If-Match": seen})
        assert (done.status_code, done.json()["consent"]["state"]) == (200, "withdrawn")
        assert client.post(f"/consents/{number}/withdraw").json()["posts"] == 0, "taken back twice is taken back"
    assert governed.store.consents.get(number).state is ConsentState.WITHDRAWN


def test_each_sees_and_takes_back_their_own_and_nobody_another_s(governed: Site) -> None:
    one = acts.invite(governed.store, governed.context.settings, "rob", "mastodon", "@rob@social.example", "cora", NOW)
    with api(governed, token_of(governed, "rob", ("see", "act"))) as rob:
        assert rob.get(f"/consents/{one.consent_id}").json()["person"] == "rob"
        problem(rob.get("/consents"), 403, "scope_missing")
    with api(governed, token_of(governed, "cam", GOVERN)) as cam:
        problem(cam.get(f"/consents/{one.consent_id}"), 404, "not_found")
        problem(cam.post(f"/consents/{one.consent_id}/withdraw"), 404, "not_found")
    with api(governed, token_of(governed, "cora", ("see", "act"))) as cora:
        problem(cora.get("/consents"), 403, "scope_missing")


def test_only_what_was_shown_goes(governed: Site) -> None:
    with api(governed, token_of(governed, "cora", GOVERN)) as client:
        wanted = {"author": HANDLE}
        shown = client.post("/privacy/erase", json=wanted)
        assert (shown.status_code, shown.json()["accounts"], shown.json()["pseudonym"]) == (200, 1, None)
        assert governed.store.items.search("zgadzam")[0].quote.text.endswith(HANDLE)
        problem(client.post("/privacy/erase", json=wanted | {"dry_run": False}), 412, "look_at_it")
        governed.store.items.add([arrive(an_item(9004, author=KASIA))], NOW + timedelta(minutes=1))
        late = client.post("/privacy/erase", json=wanted | {"dry_run": False}, headers={"If-Match": shown.headers["etag"]})
        problem(late, 412, "look_at_it")
        again = client.post("/privacy/erase", json=wanted).headers["etag"]
        done = client.post("/privacy/erase", json=wanted | {"dry_run": False}, headers={"If-Match": again})
        assert done.status_code == 200
        assert done.json()["pseudonym"].startswith("~")
        problem(client.post("/privacy/erase", json=wanted), 404, "not_found")
    assert HANDLE not in governed.store.items.search("zgadzam")[0].quote.text
    assert governed.store.erasing.who(HANDLE) == []


def test_all_that_is_kept_is_shown_and_that_it_was_asked_for_is_written_down(governed: Site) -> None:
    with api(governed, token_of(governed, "cora", GOVERN)) as client:
        told = client.post("/privacy/export", json={"author": HANDLE}).json()
        assert (len(told["posts"]), told["authors"][0]["handles"]) == (2, [HANDLE])
        assert told["named_in"]["item"]
        problem(client.post("/privacy/export", json={"author": "nobody at all"}), 404, "not_found")
        problem(client.post("/privacy/export", json={}), 409, "conflict")
    acts_done = [(line.actor, line.act) for line in governed.store.audit.lines()]
    assert ("cora", "privacy_exported") in acts_done


@pytest.mark.parametrize(("person", "scopes"), [("rob", GOVERN), ("cam", GOVERN), ("cora", ("see", "act", "tune", "audit"))])
def test_without_the_right_everywhere_and_the_scope_nothing_is_shown_or_erased(
    governed: Site, person: str, scopes: tuple[str, ...]
) -> None:
    with api(governed, token_of(governed, person, scopes)) as client:
        for path in ("/privacy/erase", "/privacy/export"):
            problem(client.post(path, json={"author": HANDLE}), 403, "scope_missing")
        problem(client.get("/staff"), 403, "scope_missing")
    assert governed.store.erasing.who(HANDLE) != []


def test_a_person_completes_and_confirms_what_is_asked_of_them_alone(governed: Site) -> None:
    basics = Training(id="basics", title="Social media at work", since=date(2026, 11, 1))
    careful = MessagePlan(id="careful", title="Before you post", text="m.md", start=date(2026, 11, 1))
    governed.context.settings = governed.context.settings.model_copy(update={"training": (basics,), "message_plan": (careful,)})
    governed.store.readers.vouched(Colleague(person="rob", name="Rob", address="rob@polna.example", language="en"), NOW)
    governed.store.letters.plan("message", "careful/2026-11-01", NOW, [Reader(person="rob", address="rob@polna.example")], NOW)
    read = {"message": "careful", "day": "2026-11-01"}
    with api(governed, token_of(governed, "rob", ("see", "act"))) as rob:
        told = rob.get("/me/asked").json()
        assert ([one["training"] for one in told["trainings"]], [one["message"] for one in told["messages"]]) == (["basics"], ["careful"])
        for _ in range(2):
            assert rob.post("/me/trainings", json={"training": "basics"}).json()["trainings"] == []
            assert rob.post("/me/messages", json=read).json() == {"trainings": [], "messages": []}
        problem(rob.post("/me/trainings", json={"training": "dance"}), 404, "not_found")
        problem(rob.post("/me/messages", json=read | {"day": "2026-10-01"}), 404, "not_found")
    with api(governed, token_of(governed, "cora", GOVERN)) as cora:
        problem(cora.post("/me/trainings", json={"training": "basics"}), 404, "not_found")
        assert [one["done"] for one in cora.get("/staff").json()] == [1, 1]
    assert [one.person for one in governed.store.trainings.done()] == ["rob"]
