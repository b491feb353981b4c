"""The page where the policy is read: signed in or by the link of a letter, said once, and never by merely opening it."""

import re
from datetime import date, timedelta
from pathlib import Path
from shutil import copytree

import pytest

from actions import policy as acts
from actions import readers
from core.links import reader_token
from core.message_plan import MessagePlan
from core.readers import What
from core.sending import Reader
from core.settings import Office, Person, PolicyTable
from core.training import Training
from governance.clauses import STARTER
from tests.web.site import NOW, SECRET, Site, form_of

SHEET = "id,name,email,language\nzofia,Zofia Kos,zofia@polna.example,pl\n"
OFFICES = ("legal", "security", "privacy", "pr", "hr", "compliance")


@pytest.fixture
def binding(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The evening with the starter policy in force, Stan of the staff who signs in, and Zofia who has a link alone."""
    home = tmp_path_factory.mktemp("policy")
    copytree(STARTER, home / "policy")
    changed = {
        "person": (*site.context.settings.person, Person(id="stan", name="Stan", roles=("staff",))),
        "office": tuple(Office(id=office, people=("stan",)) for office in OFFICES),
        "policy": PolicyTable(folder=str(home / "policy")),
    }
    site.context.settings = site.context.settings.model_copy(update=changed)
    made = acts.propose(site.store, site.context.settings, home / "policy", "the first", "tests", NOW)
    for office in made.needs:
        acts.approve(site.store, site.context.settings, 1, office, "stan", NOW)
    acts.publish(site.store, 1, None, "tests", NOW)
    sheet = Path(home) / "people.csv"
    sheet.write_text(SHEET, encoding="utf-8")
    readers.take_in(site.store, site.context.settings, sheet, "tests", NOW)
    return site


def said(site: Site) -> set[tuple[str, What]]:
    return {(one.person, one.what) for one in site.store.readers.read()}


def test_staff_read_and_say_so_once(binding: Site) -> None:
    with binding.client("stan", language="pl") as client:
        assert "Polityka i religia" in client.get("/policy/read").text
        data = {"csrf": form_of(client, "/policy/read"), "number": "1"}
        assert client.post("/policy/read", data=data).status_code == 422
        assert client.post("/policy/read", data=data | {"number": "2", "what": ["policy"]}).status_code == 422
        assert said(binding) == set()
        for _ in range(2):
            assert client.post("/policy/read", data=data | {"what": ["policy", "notice"]}).status_code == 303
        page = client.get("/policy/read").text
        assert "Wersja 1 jest przeczytana" in page
        assert 'name="what"' not in page
    assert said(binding) == {("stan", What.POLICY), ("stan", What.NOTICE)}
    assert len(binding.store.readers.read()) == 2


def test_a_link_needs_no_password_and_opening_it_says_nothing(binding: Site) -> None:
    link = f"/read/{reader_token(SECRET, 'zofia', NOW)}"
    with binding.client(None, language="pl") as client:
        assert "Znam treść zasad" in client.get(link).text
        assert said(binding) == set()
        assert client.post(link, data={"number": "1", "what": ["policy", "notice"]}).status_code == 303
        assert "Wersja 1 jest przeczytana" in client.get(link).text
    assert said(binding) == {("zofia", What.POLICY), ("zofia", What.NOTICE)}


@pytest.mark.parametrize(("person", "age_days", "secret"), [("nobody", 0, SECRET), ("zofia", 91, SECRET), ("zofia", 0, SECRET + "x")])
def test_a_link_that_is_old_or_nobody_s_opens_nothing(binding: Site, person: str, age_days: int, secret: str) -> None:
    link = f"/read/{reader_token(secret, person, NOW - timedelta(days=age_days))}"
    with binding.client(None) as client:
        assert client.get(link).status_code == 404
        assert client.post(link, data={"number": "1", "what": ["policy"]}).status_code == 404
    assert said(binding) == set()


BASICS = Training(
    id="basics", title="Social media <b>at work</b>", title_pl="Media w pracy", since=date(2026, 11, 1), within=timedelta(days=5)
)


def test_a_training_is_completed_by_the_same_link_and_only_by_whom_it_is_for(binding: Site) -> None:
    binding.context.settings = binding.context.settings.model_copy(update={"training": (BASICS,)})
    link = f"/read/{reader_token(SECRET, 'zofia', NOW)}"
    with binding.client(None, language="en") as client:
        page = client.get(link).text
        assert "Social media &lt;b&gt;at work&lt;/b&gt;" in page
        assert client.post(f"{link}/trained", data={"training": "dance"}).status_code == 404
        assert client.post("/read/made-up/trained", data={"training": "basics"}).status_code == 404
        assert client.post(f"{link}/trained", data={"training": "basics"}).status_code == 303
        page = client.get(link).text
        assert "I have completed it" not in page
        assert re.search(r">completed [^<{]+</span>", page)
    assert [(one.person, one.training) for one in binding.store.trainings.done()] == [("zofia", "basics")]
    with binding.client("stan") as client:
        assert client.post("/policy/read/trained", data={"csrf": form_of(client, "/policy/read"), "training": "basics"}).status_code == 404


def test_who_governs_sees_who_is_late_and_nobody_else(binding: Site) -> None:
    people = (*binding.context.settings.person, Person(id="cora", roles=("compliance",)))
    binding.context.settings = binding.context.settings.model_copy(update={"training": (BASICS,), "person": people})
    with binding.client("cora", language="pl") as client:
        page = client.get("/staff").text
        assert "Zofia Kos" in page
        assert "Media w pracy" in page
        assert "0 z 1" in page
    with binding.client("stan") as client:
        assert client.get("/staff").status_code == 403


def test_a_message_is_confirmed_by_its_link_and_never_by_opening_it(binding: Site, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("words")
    (folder / "m.md").write_text("First.\n\nSecond <b>thing</b>.", encoding="utf-8")
    plan = MessagePlan(id="careful", title="Before you post", text="m.md", start=date(2026, 11, 1))
    changed = {"message_plan": (plan,), "path": folder / "czujka.toml"}
    binding.context.settings = binding.context.settings.model_copy(update=changed)
    zofia = Reader(person="zofia", address="zofia@polna.example")
    binding.store.letters.plan("message", "careful/2026-11-01", NOW, [zofia], NOW)
    link = f"/read/{reader_token(SECRET, 'zofia', NOW)}"
    with binding.client(None, language="en") as client:
        page = client.get(link).text
        assert "<p>Second &lt;b&gt;thing&lt;/b&gt;.</p>" in page
        assert binding.store.messages.confirmed("careful", date(2026, 11, 1)) == []
        assert client.post(f"{link}/message", data={"plan": "careful", "day": "2026-10-01"}).status_code == 404
        assert client.post(f"{link}/message", data={"plan": "careful", "day": "never"}).status_code in (400, 422)
        assert client.post(f"{link}/message", data={"plan": "careful", "day": "2026-11-01"}).status_code == 303
        assert "Before you post" not in client.get(link).text
    assert [one.person for one in binding.store.messages.confirmed("careful", date(2026, 11, 1))] == ["zofia"]
