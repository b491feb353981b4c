"""The story of a breach, from the post to the end of its appeal, on SQLite and on PostgreSQL.

Somebody posts a code name on the dairy's own account, edits it and deletes it. What was said stays, sealed; three people have their part;
nobody else learns of it, but for one who breaks the glass for a reason, and is seen doing so.
"""

import hashlib
import io
import json
import zipfile
from dataclasses import dataclass
from datetime import timedelta

import pytest

from actions import case_sight as sight
from actions import cases as acts
from actions import policy
from actions.case_sight import Desk, key_of
from actions.digest import week_figures
from core.access import viewer_of
from core.cases import CaseCounts, CaseFound, CaseStage, Consequence
from core.errors import NotFound, Refused
from core.settings import Office, Person
from governance.audit import faults
from governance.clauses import STARTER
from reports.digest import build_mail
from storage.items import store_items
from tests.acceptance.city import City

PEOPLE = {"ola": "compliance", "piotr": "compliance", "teresa": "compliance", "anna": "responder", "jan": "responder"}
OFFICES = tuple(Office(id=office, people=("ola",)) for office in ("compliance", "hr", "legal", "pr", "privacy", "security", "care"))
JUDGES = {f"{name}@polna.example" for name in ("ola", "piotr", "teresa")}
SAID = "Projekt Bursztyn rusza w maju, kupujemy mleczarnie na Podlasiu"


@dataclass
class Hall:
    """Where the dairy's people work on cases."""

    dairy: City

    def desk(self, person: str) -> Desk:
        store, settings = self.dairy.house.store, self.dairy.house.settings
        key = key_of(settings, self.dairy.house.secret)
        return Desk(store=store, settings=settings, viewer=viewer_of(person, settings), key=key, now=self.dairy.now)


@pytest.fixture
def hall(dairy: City) -> Hall:
    """The starter policy binds, and everybody has a role."""
    known = {person.id: person for person in dairy.house.settings.person}
    people = {
        name: Person(id=name, name=f"{name.title()} Kos", language="pl", contacts=(f"email:{name}@polna.example",), roles=(role,))
        for name, role in PEOPLE.items()
    }
    changed = {"person": tuple({**known, **people}.values()), "office": OFFICES}
    dairy.house.settings = dairy.house.settings.model_copy(update=changed)
    dairy.at("2026-11-23 09:00")
    store, settings = dairy.house.store, dairy.house.settings
    draft = policy.propose(store, settings, STARTER, "", "ola", dairy.now)
    for office in draft.needs:
        policy.approve(store, settings, draft.number, office, "ola", dairy.now)
    policy.publish(store, draft.number, None, "ola", dairy.now)
    return Hall(dairy)


def days_pass(dairy: City, days: int) -> None:
    """Nothing is posted, so the stages need not run in between; the letters do."""
    dairy.now += timedelta(days=days)
    dairy.settle()


def edit_and_delete(dairy: City) -> None:
    """The author changes the post, and then takes it away; our source sees both."""
    name = f"official-{dairy.posts}"
    row = {"id": name, "created_at": dairy.now.isoformat(), "text": "Dzień dobry!", "author_id": "polna", "author_handle": "polna"}
    with (dairy.folder / "official.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(row, ensure_ascii=False) + "\n")
    dairy.forward("2s")
    store = dairy.house.store
    assert store.items.search("dzien dobry"), "the edit was seen"
    with store.database.write() as connection:
        store_items(store.database, connection, [], [("official", name)], dairy.now)


def test_a_breach_from_post_to_appeal(hall: Hall) -> None:
    number = a_case_is_opened(hall)
    it_is_heard_decided_appealed_and_decided_by_three(hall, number)
    the_file_holds_what_was_said_before_the_edit(hall, number)
    one_breaks_the_glass_and_is_seen(hall, number)
    it_is_counted_without_a_name_and_the_chains_hold(hall, number)


def a_case_is_opened(hall: Hall) -> int:
    """The author changes and deletes the post; who has no part in the case learns nothing of it."""
    dairy, store = hall.dairy, hall.dairy.house.store
    dairy.at("2026-11-23 10:00")
    dairy.official(SAID, client="Hootsuite")
    [incident] = [row for row in store.incidents.list() if row.label == "leak.codename"]
    dairy.new_mails()
    number = acts.open_case(hall.desk("ola"), incident_id=incident.incident_id, concerned="Zenon Żuk", because="a name before its day")
    edit_and_delete(dairy)
    with pytest.raises(NotFound):
        sight.read(hall.desk("jan"), number)
    assert [one.kind for one in store.incidents.card(incident.incident_id).events if "case" in one.kind] == []
    return number


def it_is_heard_decided_appealed_and_decided_by_three(hall: Hall, number: int) -> None:
    """Who opened it does not decide it, who decided it does not judge the appeal."""
    dairy = hall.dairy
    days_pass(dairy, 6)
    assert {mail.recipients[0] for mail in dairy.mails() if f"Sprawa {number}" in str(mail.message["Subject"])} == JUDGES, (
        "the hearing is due soon, says a mail to who judges cases"
    )
    acts.hear(hall.desk("ola"), number, "He says that the name was in the paper.")
    with pytest.raises(Refused):
        acts.decide(hall.desk("ola"), number, CaseFound.BREACH, Consequence.WARNING, "seen")
    acts.decide(hall.desk("piotr"), number, CaseFound.BREACH, Consequence.WARNING, "The name was secret that day.")
    acts.appeal(hall.desk("ola"), number, "It stood in the paper that morning.")
    with pytest.raises(Refused):
        acts.decide(hall.desk("piotr"), number, CaseFound.BREACH, Consequence.WARNING, "still")
    done = acts.decide(hall.desk("teresa"), number, CaseFound.BREACH, Consequence.CORRECTION, "The paper came after the post.")
    assert (done.stage, done.consequence, done.final) == (CaseStage.DECIDED, Consequence.CORRECTION, True)


def the_file_holds_what_was_said_before_the_edit(hall: Hall, number: int) -> None:
    with zipfile.ZipFile(io.BytesIO(acts.export(hall.desk("ola"), number))) as archive:
        sums = [line.split("  ", 1) for line in archive.read("SHA256SUMS").decode().splitlines()]
        assert [digest for digest, _ in sums] == [hashlib.sha256(archive.read(name)).hexdigest() for _, name in sums]
        [frozen] = [json.loads(archive.read(name)) for name in archive.namelist() if name.startswith("evidence/") and name.endswith("json")]
        assert (frozen["body"]["text"], frozen["source_id"]) == (SAID, "official"), "as it was before the edit"
        assert [step["kind"] for step in json.loads(archive.read("trail.json"))] == ["opened", "heard", "decided", "appealed", "decided"]


def one_breaks_the_glass_and_is_seen(hall: Hall, number: int) -> None:
    """For a reason and for an hour; whose case it is does not stand in the mail."""
    dairy = hall.dairy
    dairy.new_mails()
    with pytest.raises(Refused):
        sight.break_glass(hall.desk("jan"), number, "")
    sight.break_glass(hall.desk("jan"), number, "the court asks tonight, ola is away")
    dairy.settle()
    told = {mail.recipients[0]: mail for mail in dairy.new_mails() if "bez uprawnień" in str(mail.message["Subject"])}
    assert set(told) == JUDGES
    mail = told["ola@polna.example"]
    assert "Jan Kos" in str(mail.message["Subject"]) and "the court asks tonight" in mail.part("plain")
    assert "Zenon" not in mail.part("plain") + str(mail.message["Subject"])
    assert sight.read(hall.desk("jan"), number).case.concerned == "Zenon Żuk"
    dairy.now += timedelta(minutes=60)
    with pytest.raises(NotFound):
        sight.read(hall.desk("jan"), number)


def it_is_counted_without_a_name_and_the_chains_hold(hall: Hall, number: int) -> None:
    dairy, store = hall.dairy, hall.dairy.house.store
    acts.close(hall.desk("ola"), number)
    counted = week_figures(dairy.house.settings, store, "2026-W48")
    assert counted.cases == CaseCounts(opened=1, decided=2, late=0)
    digest = build_mail(counted, dairy.house.settings, "anna@polna.example", "pl").as_string()
    assert "Zenon" not in digest and "ola" not in digest.casefold().split()
    assert acts.verify(store, hall.desk("ola").key) == (1, ())
    assert faults(store.audit.links(), store.audit.aliases(), [store.audit.head(dairy.now)]) == []
    lines = store.audit.lines(200)
    assert [line.actor for line in lines if line.act == "case_read"] == ["jan"]
    assert not any("Zenon" in line.subject for line in lines)
