"""The policy's pages over HTTP: staff read and comment, offices approve, compliance publishes, nobody else does."""

from shutil import copytree

import pytest

from actions import policy as acts
from actions.reviews import record_change
from core.policy import Stage, Trigger
from core.settings import Office, Person, PolicyTable
from governance.clauses import STARTER
from tests.web.site import NOW, Site, form_of

PEOPLE = {"stan": ("staff",), "lea": ("staff",), "cora": ("compliance",), "aud": ("auditor",), "ada": ("admin",)}
OFFICES = ("legal", "security", "privacy", "pr", "hr", "compliance")


@pytest.fixture
def drafted(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The evening with a draft of the starter policy; Lea holds every office."""
    folder = tmp_path_factory.mktemp("policy") / "policy"
    copytree(STARTER, folder)
    people = tuple(Person(id=name, name=name.title(), roles=roles) for name, roles in PEOPLE.items())
    changed = {
        "person": (*site.context.settings.person, *people),
        "office": tuple(Office(id=office, people=("lea",)) for office in OFFICES),
        "policy": PolicyTable(folder=str(folder)),
    }
    site.context.settings = site.context.settings.model_copy(update=changed)
    acts.propose(site.store, site.context.settings, folder, "the first", "cli:ola", NOW)
    return site


def approve_all(site: Site, number: int) -> None:
    for office in site.store.policies.get(number).missing():
        acts.approve(site.store, site.context.settings, number, office, "lea", NOW)


def test_staff_read_the_draft_and_comment_and_nothing_binds_yet(drafted: Site) -> None:
    with drafted.client("stan") as client:
        assert "No policy is in force yet" in client.get("/policy").text
        page = client.get("/policy/draft").text
        assert "Politics and religion" in page
        assert "Approve for" not in page
        data = {"csrf": form_of(client, "/policy/draft"), "number": "1", "clause": "POL-05", "text": "And <b>sport</b>?"}
        assert client.post("/policy/draft/comment", data=data).headers["location"] == "/policy/draft#POL-05"
        assert "And &lt;b&gt;sport&lt;/b&gt;?" in client.get("/policy/draft").text
        assert client.post("/policy/draft/comment", data=data | {"text": "  "}).status_code == 422
    [said] = drafted.store.policies.comments(1)
    assert (said.person, said.clause, said.text) == ("stan", "POL-05", "And <b>sport</b>?")


def test_only_whoever_holds_the_office_approves(drafted: Site) -> None:
    with drafted.client("stan") as client:
        data = {"csrf": form_of(client, "/policy/draft"), "number": "1", "office": "legal"}
        assert client.post("/policy/draft/approve", data=data).status_code == 422
    assert drafted.store.policies.get(1).approvals == ()
    with drafted.client("lea") as client:
        data = {"csrf": form_of(client, "/policy/draft"), "number": "1", "office": "legal"}
        assert client.post("/policy/draft/approve", data=data).status_code == 303
        assert "approved by Lea" in client.get("/policy/draft").text
    assert [(one.office, one.person) for one in drafted.store.policies.get(1).approvals] == [("legal", "lea")]


def test_compliance_publishes_once_all_have_approved_and_nobody_else_does(drafted: Site) -> None:
    with drafted.client("cora") as client:
        data = {"csrf": form_of(client, "/policy/draft"), "number": "1"}
        assert client.post("/policy/draft/publish", data=data).status_code == 422, "approvals are missing"
        approve_all(drafted, 1)
        for person in ("stan", "aud", "lea"):
            with drafted.client(person) as other:
                theirs = {"csrf": form_of(other, "/policy/draft"), "number": "1"}
                assert other.post("/policy/draft/publish", data=theirs).status_code == 403
        assert client.post("/policy/draft/publish", data=data | {"day": "2026-13-01"}).status_code == 422
        assert drafted.store.policies.get(1).stage(NOW) is Stage.DRAFT
        assert client.post("/policy/draft/publish", data=data).status_code == 303
    with drafted.client("stan", language="pl") as client:
        page = client.get("/policy").text
        assert "Polityka i religia" in page
        assert "Konta firmy nie popierają partii" in page
        assert "Politics and religion" not in page


def test_the_history_tells_in_words_what_changed(drafted: Site) -> None:
    approve_all(drafted, 1)
    acts.publish(drafted.store, 1, None, "cora", NOW)
    folder = drafted.context.settings.policy_folder()
    assert folder is not None
    path = folder / "POL-15.md"
    path.write_text(path.read_text(encoding="utf-8").replace("in the same minute", "within five minutes"), encoding="utf-8")
    acts.propose(drafted.store, drafted.context.settings, folder, "calmer", "cli:ola", NOW)
    with drafted.client("stan") as client:
        page = client.get("/policy/history?old=1&new=2").text
        assert "call security <del>in the same minute.</del> <ins>within five minutes.</ins>" in page
        assert "POL-15" in client.get("/policy/draft").text.split("What differs")[1][:400]
        assert client.get("/policy/history?old=1&new=99").status_code == 404


def test_an_incident_names_the_clause_of_the_policy_in_force(drafted: Site) -> None:
    with drafted.client("ada") as client:
        assert "POL-07" not in client.get(f"/incidents/{drafted.city.leak}").text
        approve_all(drafted, 1)
        acts.publish(drafted.store, 1, None, "cora", NOW)
        assert '<a href="/policy#POL-07">POL-07 Confidential information</a>' in client.get(f"/incidents/{drafted.city.leak}").text


def test_the_clause_s_owner_decides_its_review_and_nobody_else_does(drafted: Site) -> None:
    approve_all(drafted, 1)
    acts.publish(drafted.store, 1, None, "cora", NOW)
    record_change(drafted.store, Trigger.LAW, "a new <act>", ("POL-11",), "cora", NOW)
    with drafted.client("stan") as client:
        assert "POL-11" not in client.get("/policy/reviews").text
        data = {"csrf": form_of(client, "/policy"), "outcome": "kept", "reason": "fine"}
        assert client.post("/policy/reviews/1/decide", data=data).status_code == 403
    with drafted.client("lea") as client:
        assert "a new &lt;act&gt;" in client.get("/policy/reviews").text
        data = {"csrf": form_of(client, "/policy"), "outcome": "changed", "reason": " "}
        assert client.post("/policy/reviews/1/decide", data=data).status_code == 422
        assert client.post("/policy/reviews/1/decide", data=data | {"reason": "a new example"}).status_code == 303
        assert "changed, Lea: a new example" in client.get("/policy/reviews").text
    assert drafted.store.reviews.get(1).decided_by == "lea"
