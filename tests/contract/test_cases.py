"""Cases on both databases: the way from the opening to the end, four eyes, evidence that stays what it was, and what has to go goes."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from actions import case_sight as sight
from actions import cases as acts
from actions import policy
from actions.case_sight import Desk
from core.access import viewer_of
from core.cases import CaseEntryKind, CaseFound, CaseStage, Consequence
from core.errors import Conflict, NotFound, Refused
from core.privacy import Kept, Retention
from core.sealing import sealing_key
from core.settings import Brand, Company, Office, Person, Settings
from core.types import Author, Item, ItemKind, Scope, Voice
from czujka.retaining import let_go
from governance.audit import faults as audit_faults
from governance.cases import Broken
from governance.clauses import STARTER
from storage import Store
from storage.items import Arrival, store_items
from storage.schema_case import case_entry, case_evidence, compliance_case

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)  # a Friday
KEY = sealing_key("a secret of the tests")
PEOPLE = {
    "ola": ("compliance",),
    "piotr": ("compliance",),
    "teresa": ("compliance",),
    "jan": ("responder",),
    "hanna": ("viewer",),
    "adam": ("admin",),
    "marek": ("compliance",),
}
ONE_OF_ALL = tuple(Office(id=office, people=("ola",)) for office in ("compliance", "hr", "legal", "pr", "privacy", "security", "care"))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    people = tuple(Person(id=name, name=f"{name.title()} Kos", roles=roles) for name, roles in PEOPLE.items())
    brand = (Brand(id="polna", name="Mleczarnia Polna"),)
    return Settings(company=Company(name="Mleczarnia Polna"), brand=brand, person=people, office=ONE_OF_ALL, home=tmp_path)


@pytest.fixture
def desk(store: Store, settings: Settings) -> Callable[..., Desk]:
    """A policy binds since yesterday; `desk("ola", at=…)` is where Ola works."""
    before = NOW - timedelta(days=1)
    draft = policy.propose(store, settings, STARTER, "", "ola", before)
    for office in draft.needs:
        policy.approve(store, settings, draft.number, office, "ola", before)
    policy.publish(store, draft.number, None, "ola", before)

    def at(person: str, after: timedelta = timedelta(0), **settled: object) -> Desk:
        chosen = settings.model_copy(update=settled)
        return Desk(store=store, settings=chosen, viewer=viewer_of(person, chosen), key=KEY, now=NOW + after)

    return at


def arrival(name: str, text: str, *, own: bool = True, at: datetime = NOW, handle: str = "polna") -> Arrival:
    item = Item(
        platform="x",
        external_id=name,
        kind=ItemKind.POST,
        text=text,
        voice=Voice.OURS if own else Voice.PUBLIC,
        created_at=at,
        author=Author(id=f"id-{handle}", name=handle.title(), handle=f"@{handle}"),
        raw={"id": name, "likes": 3, "score": 1.0, "tiny": 1e-7, "huge": 1e22, "client": "Zażółć"},
    )
    scope = Scope.OFFICIAL if own else Scope.MENTION
    return Arrival(item=item, source_id="x-polna", brand="polna", scope=scope, may_page=True, collected_at=at)


def a_post(store: Store, name: str = "p1", text: str = "Projekt Bursztyn rusza w maju", *, own: bool = True, handle: str = "polna") -> int:
    store.items.add([arrival(name, text, own=own, handle=handle)], NOW)
    return store.items.search("", 1)[0].item_id


def opened(at: Callable[..., Desk], item: int, concerned: str = "Zenon Żuk") -> int:
    return acts.open_case(at("ola"), item_id=item, clause="POL-07", concerned=concerned, because="plans before their day")


def test_the_way_from_the_opening_to_the_end_with_an_appeal(store: Store, desk: Callable[..., Desk]) -> None:
    number = opened(desk, a_post(store))
    found = store.cases.get(number)
    assert (found.clause, found.stage, found.concerned) == ("POL-07", CaseStage.OPENED, "Zenon Żuk")
    assert found.due_at == datetime(2026, 11, 27, 23, 0, tzinfo=UTC), "five working days, to the end of the Warsaw day"
    with pytest.raises(Refused, match="opened; this is done while it is heard"):
        acts.decide(desk("piotr"), number, CaseFound.BREACH, Consequence.WARNING, "seen")
    acts.hear(desk("ola", timedelta(days=3)), number, "He says\x00 that he had leave.\ud800")
    assert store.cases.file(number).entries[-1].text == "He says that he had leave."
    day = timedelta(days=5)
    with pytest.raises(Refused, match="another person must"):
        acts.decide(desk("ola", day), number, CaseFound.BREACH, Consequence.WARNING, "seen")
    with pytest.raises(Refused, match="POL-07 knows these consequences: correction"):
        acts.decide(desk("piotr", day), number, CaseFound.BREACH, Consequence.TALK, "seen")
    first = acts.decide(desk("piotr", day), number, CaseFound.BREACH, Consequence.WARNING, "The plan was secret.")
    assert first.appeal_until == datetime(2026, 12, 9, 23, 0, tzinfo=UTC), "the Wednesday's decision, ten working days"
    with pytest.raises(Refused, match="may appeal until 2026-12-09 23:00"):
        acts.close(desk("ola", day), number)
    acts.appeal(desk("ola", timedelta(days=9)), number, "The plan stood in the newspaper.")
    late = timedelta(days=11)
    for person, why in (("ola", "another person must"), ("piotr", "a third person")):
        with pytest.raises(Refused, match=why):
            acts.decide(desk(person, late), number, CaseFound.NO_BREACH, Consequence.NONE, "read")
    last = acts.decide(desk("teresa", late), number, CaseFound.NO_BREACH, Consequence.NONE, "It was public.")
    assert (last.final, last.first_decided_by, last.found) == (True, "piotr", CaseFound.NO_BREACH)
    with pytest.raises(Refused, match="leads to a court"):
        acts.appeal(desk("ola", late), number, "again")
    acts.close(desk("ola", late), number)
    file = store.cases.file(number)
    told = [entry.kind.value for entry in file.entries]
    assert told == ["opened", "heard", "decided", "appealed", "decided", "closed"]
    assert acts.verify(store, KEY) == (1, ())
    assert audit_faults(store.audit.links(), store.audit.aliases(), [store.audit.head(NOW)]) == []
    lines = [line for line in store.audit.lines(50) if line.act.startswith("case_")]
    assert {line.subject for line in lines} == {f"case {number}"}, "the audit names no person, no clause and no text"
    with pytest.raises(Refused, match="is closed"):
        acts.freeze(desk("ola", late), number)


def test_two_pages_and_a_step_that_was_taken_meanwhile(store: Store, desk: Callable[..., Desk]) -> None:
    number = opened(desk, a_post(store))
    seen = store.cases.get(number)
    acts.hear(desk("ola"), number, "said", seen=seen.version)
    with pytest.raises(Conflict, match="somebody else"):
        acts.name_person(desk("ola"), number, "Jan Nowak", seen=seen.version)
    with pytest.raises(Conflict, match="somebody else"):
        store.cases.move(seen, tuple(CaseStage), {"concerned": "x"}, store.cases.file(number).entries[0], KEY)


def test_an_appeal_after_its_time_is_refused_and_then_it_closes(store: Store, desk: Callable[..., Desk]) -> None:
    number = opened(desk, a_post(store))
    acts.hear(desk("ola"), number, "did not want to be heard")
    acts.decide(desk("piotr"), number, CaseFound.BREACH, Consequence.CORRECTION, "seen")
    over = timedelta(days=15)
    with pytest.raises(Refused, match="possible until 2026-12-04"):
        acts.appeal(desk("ola", over), number, "late")
    acts.close(desk("ola", over), number)
    other = acts.open_case(desk("ola"), item_id=a_post(store, "p2"), clause="POL-07")
    acts.hear(desk("ola"), other, "said")
    acts.decide(desk("piotr"), other, CaseFound.BREACH, Consequence.CORRECTION, "seen")
    acts.close(desk("ola"), other, "said so in a letter", waived=True)


def test_the_clause_is_the_one_that_bound_when_the_post_was_written(store: Store, desk: Callable[..., Desk]) -> None:
    old = NOW - timedelta(days=3)
    store.items.add([arrival("old", "Projekt Bursztyn", at=old)], NOW)
    with pytest.raises(Refused, match="no policy bound on 2026-11-17"):
        opened(desk, store.items.search("", 1)[0].item_id)
    with pytest.raises(Refused, match="has no clause POL-99"):
        acts.open_case(desk("ola"), item_id=a_post(store), clause="POL-99")


def test_evidence_of_our_own_account_outlives_edit_and_deletion(store: Store, desk: Callable[..., Desk]) -> None:
    item = a_post(store)
    number = opened(desk, item)
    store.items.add([arrival("p1", "nic takiego")], NOW + timedelta(hours=1))
    assert acts.freeze(desk("ola", timedelta(hours=1)), number) == 1
    with store.database.write() as connection:
        store_items(store.database, connection, [], [("x", "p1")], NOW + timedelta(hours=2))
    assert store.items.get(item).quote.text == ""
    first, second = store.cases.file(number).evidence
    assert first.body is not None and second.body is not None
    assert (first.body["text"], first.body["raw"]["client"], first.source_id) == ("Projekt Bursztyn rusza w maju", "Zażółć", "x-polna")
    assert second.body["revisions"] == [
        {"revision": 0, "text": "Projekt Bursztyn rusza w maju", "replaced_at": "2026-11-20T13:00:00.000000+00:00"}
    ]
    assert first.held_because == f"case {number}: a post of our own account"
    assert acts.verify(store, KEY) == (1, ())


def test_a_public_post_goes_from_the_case_when_its_author_deletes_it(store: Store, desk: Callable[..., Desk]) -> None:
    number = opened(desk, a_post(store, own=False, handle="zenek"))
    with store.database.write() as connection:
        store_items(store.database, connection, [], [("x", "p1")], NOW + timedelta(hours=2))
    [left] = store.cases.file(number).evidence
    assert (left.body, left.emptied_because, len(left.seal)) == (None, "deleted", 64)
    assert store.cases.file(number).entries[-1].kind is CaseEntryKind.EMPTIED
    assert acts.verify(store, KEY) == (1, ()), "what had to go is told, so it is no fault"


def test_erasing_a_person_takes_them_out_of_cases_and_the_seals_say_why(store: Store, desk: Callable[..., Desk]) -> None:
    hers = opened(desk, a_post(store, own=False, handle="kasia.zielarz"), concerned="@kasia.zielarz")
    ours = opened(desk, a_post(store, "p2", "Dziękujemy @kasia.zielarz za plan Bursztyn"), concerned="Zenon Żuk")
    erased = store.erasing.erase(store.erasing.who("kasia.zielarz"), (), "ola", NOW)
    assert store.cases.get(hers).concerned == erased.pseudonym
    assert store.cases.file(hers).evidence[0].body is None
    [held] = store.cases.file(ours).evidence
    assert held.body is not None and held.body["text"] == f"Dziękujemy {erased.pseudonym} za plan Bursztyn"
    assert held.redacted == erased.pseudonym
    assert acts.verify(store, KEY) == (2, ())
    with store.database.write() as connection:
        connection.execute(sa.update(case_evidence).where(case_evidence.c.id == held.number).values(redacted="~" + "0" * 32))
    [fault] = acts.verify(store, KEY)[1]
    assert (fault.case, fault.what) == (ours, Broken.EVIDENCE_CHANGED), "an erasure that nobody did excuses nothing"


def test_every_change_behind_our_back_shows(store: Store, desk: Callable[..., Desk]) -> None:
    numbers = [opened(desk, a_post(store, f"p{n}"), f"Zenon {n}") for n in range(7)]
    for number in numbers:
        acts.hear(desk("ola"), number, "said")
        acts.decide(desk("piotr"), number, CaseFound.BREACH, Consequence.WARNING, "seen")
    evidence = [sa.and_(case_evidence.c.case_id == number) for number in numbers]
    heard = [sa.and_(case_entry.c.case_id == number, case_entry.c.kind == "heard") for number in numbers]
    statements = {
        Broken.EVIDENCE_CHANGED: sa.update(case_evidence).where(evidence[0]).values(body={"text": "nothing"}),
        Broken.EVIDENCE_EMPTIED: sa.update(case_evidence).where(evidence[1]).values(body=sa.null(), emptied_at=NOW),
        Broken.EVIDENCE_GONE: sa.delete(case_evidence).where(evidence[2]),
        Broken.ENTRY_CHANGED: sa.update(case_entry).where(heard[3]).values(text="he confessed"),
        Broken.ENTRIES_MISSING: sa.delete(case_entry).where(heard[4]),
        Broken.DECISION_CHANGED: sa.update(compliance_case).where(compliance_case.c.id == numbers[5]).values(consequence="none"),
    }
    with store.database.write() as connection:
        for statement in statements.values():
            connection.execute(statement)
    checked, found = acts.verify(store, KEY)
    assert (checked, {fault.case: fault.what for fault in found}) == (7, dict(zip(numbers, statements, strict=False)))
    alone = desk("ola")
    assert [fault.what for fault in acts.look_over(alone, sight.read(alone, numbers[0]))] == [Broken.EVIDENCE_CHANGED], (
        "it shows on reading"
    )
    of_last = {fault.what for fault in acts.verify(store, sealing_key("another"))[1] if fault.case == numbers[6]}
    assert of_last == {Broken.EVIDENCE_CHANGED, Broken.ENTRY_CHANGED}, "without the key nobody can seal"


def test_who_sees_a_case_and_who_does_not_learn_that_it_is_there(store: Store, desk: Callable[..., Desk]) -> None:
    number = opened(desk, a_post(store), concerned="Marek Kos")
    for person in ("jan", "hanna", "adam", "marek"):
        with pytest.raises(NotFound, match=f"there is no case {number}"):
            sight.read(desk(person), number)
    for person in ("jan", "hanna", "adam"):
        with pytest.raises(NotFound):
            sight.listed(desk(person))
    assert sight.listed(desk("marek")) == [], "whom it concerns sees the others, and not this one"
    acts.assign(desk("ola"), number, "hanna")
    assert sight.read(desk("hanna"), number).case.decider == "hanna"
    assert [one.number for one in sight.listed(desk("hanna"))] == [number]
    with pytest.raises(Refused, match="by who judges cases"):
        acts.hear(desk("hanna"), number, "said")
    acts.hear(desk("ola"), number, "said")
    with pytest.raises(Refused, match="given to another person"):
        acts.decide(desk("piotr"), number, CaseFound.BREACH, Consequence.WARNING, "seen")
    acts.decide(desk("hanna"), number, CaseFound.BREACH, Consequence.WARNING, "seen")
    read = [(line.actor, line.subject) for line in store.audit.lines(100) if line.act == "case_read"]
    assert read == [("hanna", f"case {number}")], "every read is a line, and nothing else is"


def test_nobody_decides_who_has_another_part(store: Store, desk: Callable[..., Desk]) -> None:
    number = opened(desk, a_post(store), concerned="marek")
    for person, appeal in (("ola", False), ("marek", False), ("nobody", False), ("ola", True)):
        with pytest.raises(Refused):
            acts.assign(desk("ola"), number, person, appeal=appeal)
    acts.assign(desk("ola"), number, "piotr")
    with pytest.raises(Refused, match="another part"):
        acts.assign(desk("ola"), number, "piotr", appeal=True)


def test_breaking_the_glass_takes_a_reason_and_ends(store: Store, desk: Callable[..., Desk]) -> None:
    number = opened(desk, a_post(store), concerned="marek")
    for reason in ("", "   ", "x" * 501):
        with pytest.raises(Refused, match="a reason of 1 to 500"):
            sight.break_glass(desk("jan"), number, reason)
    with pytest.raises(NotFound):
        sight.break_glass(desk("marek"), number, "it is about me")
    with pytest.raises(NotFound):
        sight.break_glass(desk("jan"), number + 1, "a guess")
    assert sight.break_glass(desk("jan"), number, "the court asks, tonight") == NOW + timedelta(minutes=60)
    assert sight.read(desk("jan", timedelta(minutes=59)), number).glasses[0].reason == "the court asks, tonight"
    with pytest.raises(Refused, match="does not decide"):
        acts.decide(desk("jan"), number, CaseFound.BREACH, Consequence.WARNING, "seen")
    with pytest.raises(NotFound):
        sight.read(desk("jan", timedelta(minutes=60)), number)
    acted = [line.act for line in store.audit.lines(10) if line.actor == "jan"]
    assert acted == ["case_read", "case_glass"]
    assert acts.verify(store, KEY) == (1, ())


def test_a_clause_that_cases_cite_is_retired_not_deleted(
    store: Store, settings: Settings, desk: Callable[..., Desk], tmp_path: Path
) -> None:
    folder = tmp_path / "policy"
    folder.mkdir()
    for file in STARTER.glob("*.md"):
        (folder / file.name).write_bytes(file.read_bytes())
    (folder / "POL-14.md").unlink()
    draft = policy.propose(store, settings, folder, "", "ola", NOW)
    acts.open_case(desk("ola"), item_id=a_post(store), clause="POL-14", concerned="Zenon Żuk")
    for office in draft.needs:
        policy.approve(store, settings, draft.number, office, "ola", NOW)
    with pytest.raises(Refused, match=r"^POL-14 is gone, but 1 case cites it; draft it with `retired: true`$"):
        policy.publish(store, draft.number, None, "ola", NOW)
    with pytest.raises(Exception, match="POL-14 is gone, but 1 case cites it; keep the file") as told:
        policy.propose(store, settings, folder, "", "ola", NOW)
    assert "Zenon" not in str(told.value)


def test_closed_cases_are_forgotten_by_the_rule_and_still_verify(store: Store, settings: Settings, desk: Callable[..., Desk]) -> None:
    number = opened(desk, a_post(store))
    acts.hear(desk("ola"), number, "Zenon Żuk said that he had leave")
    acts.decide(desk("piotr"), number, CaseFound.NO_BREACH, Consequence.NONE, "he had")
    acts.close(desk("ola"), number)
    kept = settings.model_copy(update={"retention": (Retention(what=Kept.CASES, keep=timedelta(days=365)),)})
    assert let_go(store, kept, NOW + timedelta(days=364))[0][1] == 0
    assert let_go(store, kept, NOW + timedelta(days=366))[0][1] == 1
    file = store.cases.file(number)
    assert (file.case.concerned, file.evidence[0].body, {entry.text for entry in file.entries}) == ("", None, {""})
    assert file.case.found is CaseFound.NO_BREACH, "what was decided stays"
    assert acts.verify(store, KEY) == (1, ())
