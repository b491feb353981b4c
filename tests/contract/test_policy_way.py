"""The policy's way from its files into force, on both databases: every act with its audit line, nothing half-applied."""

import threading
from datetime import timedelta
from pathlib import Path
from shutil import copytree

import pytest
import sqlalchemy as sa

from actions import policy as acts
from core.errors import ConfigError, Conflict, NotFound, Refused
from core.policy import Stage, Version
from core.settings import Office, PolicyTable, Settings
from core.types import Finding, Severity
from czujka.config import load
from demo.policy import bring_into_force
from governance.clauses import STARTER
from reports.clauses import clause_line
from reports.wording import Speech
from storage import Store
from storage.reading import Read
from storage.schema import audit_line
from storage.schema_policy import policy_clause, policy_version
from tests.contract.test_store import NOW, an_item, arrive, understood
from tests.fakes.dairy import dairy

LATER = NOW + timedelta(days=1)
HELD = {"legal": "tom", "privacy": "ola", "hr": "anna", "pr": "jan", "security": "tom"}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """The dairy with an office for each reviewer and the starter policy in a folder of its own."""
    copytree(STARTER, tmp_path / "policy")
    offices = tuple(Office(id=office, people=(person,)) for office, person in HELD.items())
    return dairy(office=offices, policy=PolicyTable(folder=str(tmp_path / "policy")))


def folder_of(settings: Settings) -> Path:
    folder = settings.policy_folder()
    assert folder is not None
    return folder


def drafted(store: Store, settings: Settings) -> Version:
    return acts.propose(store, settings, folder_of(settings), "the first", "cli:ola", NOW)


def published(store: Store, settings: Settings) -> Version:
    made = drafted(store, settings)
    for office in made.needs:
        acts.approve(store, settings, made.number, office, HELD[office], NOW)
    return acts.publish(store, made.number, None, "cli:ola", NOW)


def edit(settings: Settings, name: str, was: str, becomes: str) -> None:
    path = folder_of(settings) / name
    text = path.read_text(encoding="utf-8")
    assert was in text
    path.write_text(text.replace(was, becomes), encoding="utf-8")


def audit(store: Store) -> list[tuple[str, str, str]]:
    return [(line.actor, line.act, line.subject) for line in reversed(store.audit.lines())]


def test_from_draft_to_superseded(store: Store, settings: Settings) -> None:
    first = drafted(store, settings)
    assert (first.stage(NOW), len(first.clauses), first.needs) == (Stage.DRAFT, 18, ("hr", "legal", "pr", "privacy", "security"))
    assert store.policies.in_force(NOW) is None
    for office in first.needs:
        acts.approve(store, settings, first.number, office, HELD[office], NOW)
    acts.publish(store, first.number, LATER, "anna", NOW)
    assert store.policies.in_force(NOW) is None
    assert store.policies.get(first.number).stage(NOW) is Stage.SCHEDULED
    bound = store.policies.in_force(LATER)
    assert bound is not None
    assert (bound.number, bound.clauses) == (first.number, first.clauses)

    edit(settings, "POL-11.md", "watcher: pr", "watcher: hr")
    second = acts.propose(store, settings, folder_of(settings), "hashtags", "anna", LATER)
    assert second.needs == ("pr",), "only the reviewers of what changed"
    acts.approve(store, settings, second.number, "pr", "jan", LATER)
    week = LATER + timedelta(days=7)
    acts.publish(store, second.number, week, "anna", LATER)
    stages = [(one.number, one.stage(week)) for one in store.policies.history()]
    assert stages == [(second.number, Stage.IN_FORCE), (first.number, Stage.SUPERSEDED)]
    still = store.policies.in_force(week - timedelta(seconds=1))
    assert still is not None
    assert (still.number, still.stage(week - timedelta(seconds=1))) == (first.number, Stage.IN_FORCE)


def test_every_act_leaves_its_audit_line(store: Store, settings: Settings) -> None:
    made = drafted(store, settings)
    number = made.number
    acts.comment(store, number, "too strict", "ola", NOW, clause="POL-05")
    for office in made.needs:
        acts.approve(store, settings, number, office, HELD[office], NOW, actor="cli:root" if office == "hr" else None)
    acts.publish(store, number, None, "anna", NOW)
    edit(settings, "POL-11.md", "watcher: pr", "watcher: hr")
    other = acts.propose(store, settings, folder_of(settings), "", "anna", LATER)
    acts.withdraw(store, other.number, "jan", LATER)
    assert audit(store) == [
        ("cli:ola", "policy_drafted", f"version {number}, {made.fingerprint}"),
        ("ola", "policy_commented", f"version {number} POL-05"),
        ("cli:root", "policy_approved", f"version {number} for hr by anna"),
        ("tom", "policy_approved", f"version {number} for legal by tom"),
        ("jan", "policy_approved", f"version {number} for pr by jan"),
        ("ola", "policy_approved", f"version {number} for privacy by ola"),
        ("tom", "policy_approved", f"version {number} for security by tom"),
        ("anna", "policy_published", f"version {number} from {NOW:%Y-%m-%d %H:%M} UTC"),
        ("anna", "policy_drafted", f"version {other.number}, {other.fingerprint}"),
        ("jan", "policy_withdrawn", f"version {other.number}"),
    ]


def test_without_every_approval_nothing_is_published(store: Store, settings: Settings) -> None:
    made = drafted(store, settings)
    for office in made.needs[:-1]:
        acts.approve(store, settings, made.number, office, HELD[office], NOW)
    with pytest.raises(Refused, match="the approval of security is missing"):
        acts.publish(store, made.number, None, "anna", NOW)
    assert store.policies.in_force(LATER) is None
    assert [act for _, act, _ in audit(store)].count("policy_published") == 0


def test_only_who_holds_an_office_approves_for_it(store: Store, settings: Settings) -> None:
    made = drafted(store, settings)
    with pytest.raises(Refused, match="'anna' does not hold the office 'legal'; it is held by tom"):
        acts.approve(store, settings, made.number, "legal", "anna", NOW)
    with pytest.raises(Refused, match="needs no approval of 'care'"):
        acts.approve(store, settings, made.number, "care", "ola", NOW)
    acts.approve(store, settings, made.number, "legal", "tom", NOW)
    with pytest.raises(Conflict, match="legal has approved version"):
        acts.approve(store, settings, made.number, "legal", "tom", LATER)
    assert [(one.office, one.person, one.at) for one in store.policies.get(made.number).approvals] == [("legal", "tom", NOW)]


def test_a_newer_draft_ends_the_one_before_and_its_approvals_do_not_pass_on(store: Store, settings: Settings) -> None:
    first = drafted(store, settings)
    acts.approve(store, settings, first.number, "legal", "tom", NOW)
    edit(settings, "POL-01.md", "Pytanie nikomu nie zaszkodzi.", "Pytaj śmiało.")
    second = acts.propose(store, settings, folder_of(settings), "", "anna", LATER)
    assert store.policies.get(first.number).stage(LATER) is Stage.WITHDRAWN
    open_draft = store.policies.draft()
    assert open_draft is not None
    assert (open_draft.number, open_draft.approvals) == (second.number, ())
    with pytest.raises(Refused, match="is no draft any more"):
        acts.approve(store, settings, first.number, "hr", "anna", LATER)
    with pytest.raises(Refused, match="is no draft any more"):
        acts.comment(store, first.number, "late", "ola", LATER)


def test_what_was_said_of_a_draft_is_kept_in_order(store: Store, settings: Settings) -> None:
    number = drafted(store, settings).number
    acts.comment(store, number, " who is on the list? ", "ola", NOW, clause="POL-02")
    acts.comment(store, number, "good", "jan", LATER)
    assert [(one.clause, one.person, one.text) for one in store.policies.comments(number)] == [
        ("POL-02", "ola", "who is on the list?"),
        ("", "jan", "good"),
    ]
    for text, clause in (("  ", ""), ("x" * 2001, ""), ("fine", "POL-99")):
        with pytest.raises(Refused):
            acts.comment(store, number, text, "ola", NOW, clause=clause)
    with pytest.raises(NotFound):
        acts.comment(store, 999, "fine", "ola", NOW)
    assert len(store.policies.comments(number)) == 2


def test_a_faulty_folder_changes_nothing(store: Store, settings: Settings) -> None:
    before = drafted(store, settings)
    edit(settings, "POL-05.md", "owner: pr", "owner: nobody")
    (folder_of(settings) / "POL-19.md").write_text((folder_of(settings) / "POL-03.md").read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(ConfigError, match=r"POL-19\.md:2: id: POL-03 is taken by POL-03\.md"):
        acts.propose(store, settings, folder_of(settings), "", "anna", LATER)
    (folder_of(settings) / "POL-19.md").unlink()
    with pytest.raises(ConfigError, match=r"POL-05\.md:4: owner: nobody holds the office 'nobody'"):
        acts.propose(store, settings, folder_of(settings), "", "anna", LATER)
    assert store.policies.draft() == before
    with store.database.read() as connection:
        counts = [connection.execute(sa.select(sa.func.count()).select_from(table)).scalar() for table in (policy_version, policy_clause)]
        assert (counts, connection.execute(sa.select(sa.func.count()).select_from(audit_line)).scalar()) == ([1, 18], 1)


def test_a_clause_that_findings_cite_is_retired_and_not_deleted(store: Store, settings: Settings) -> None:
    published(store, settings)
    store.items.add([arrive(an_item(1))], NOW)
    [unread] = store.reading.unread("v1", 1, NOW)
    phone = Finding(label="leak.pii.phone", score=0.9, severity=Severity.HIGH, detector="leak.pii.phone@1", start=0, end=6)
    store.reading.apply([Read(unread, understood(phone))], "v1", NOW)
    around = acts.surroundings(settings, store)
    assert around.cited is not None
    assert {clause: count for clause, count in around.cited.items() if count} == {"POL-09": 1}
    text = (folder_of(settings) / "POL-09.md").read_text(encoding="utf-8")
    (folder_of(settings) / "POL-09.md").unlink()
    with pytest.raises(ConfigError, match="POL-09 is gone, but cited 1 time; keep the file and write `retired: true`"):
        acts.propose(store, settings, folder_of(settings), "", "anna", LATER)
    (folder_of(settings) / "POL-09.md").write_text(text.replace("watcher:", "retired: true\nwatcher:"), encoding="utf-8")
    made = acts.propose(store, settings, folder_of(settings), "", "anna", LATER)
    assert made.clause_of("leak.pii.phone") is None
    assert made.needs == ("legal", "privacy")


def test_a_draft_that_says_nothing_new_is_refused(store: Store, settings: Settings) -> None:
    made = published(store, settings)
    with pytest.raises(Refused, match=f"nothing differs from version {made.number}"):
        acts.propose(store, settings, folder_of(settings), "", "anna", LATER)


def test_a_policy_binds_nobody_in_hindsight_nor_before_one_that_is_scheduled(store: Store, settings: Settings) -> None:
    made = drafted(store, settings)
    for office in made.needs:
        acts.approve(store, settings, made.number, office, HELD[office], NOW)
    with pytest.raises(Refused, match="in hindsight"):
        acts.publish(store, made.number, NOW - timedelta(days=1), "anna", NOW)
    acts.publish(store, made.number, LATER, "anna", NOW)
    edit(settings, "POL-11.md", "watcher: pr", "watcher: hr")
    other = acts.propose(store, settings, folder_of(settings), "", "anna", NOW)
    acts.approve(store, settings, other.number, "pr", "jan", NOW)
    with pytest.raises(Refused, match=f"version {made.number} takes effect on that day or later"):
        acts.publish(store, other.number, None, "anna", NOW)


def test_two_who_publish_at_once_publish_once(store: Store, settings: Settings) -> None:
    made = drafted(store, settings)
    for office in made.needs:
        acts.approve(store, settings, made.number, office, HELD[office], NOW)
    both, failed = threading.Barrier(2), []

    def publish(person: str) -> None:
        both.wait()
        try:
            acts.publish(store, made.number, None, person, NOW)
        except Refused as error:
            failed.append(error)

    threads = [threading.Thread(target=publish, args=(person,)) for person in ("anna", "jan")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(failed) == 1
    assert [act for _, act, _ in audit(store)].count("policy_published") == 1


@pytest.mark.parametrize(("language", "title"), [("en", "POL-09 Data of people"), ("pl", "POL-09 Dane osobowe")])
def test_reports_call_a_clause_as_the_policy_in_force_does(store: Store, settings: Settings, language: str, title: str) -> None:
    assert clause_line("leak.pii.phone", None, Speech("en")) == "POL-09 Personal data"
    edit(settings, "POL-09.md", "en: Personal data", "en: Data of people")
    published(store, settings)
    assert clause_line("leak.pii.phone", store.policies.in_force(NOW), Speech(language)) == title
    assert clause_line("question", store.policies.in_force(NOW), Speech(language)) == ""


def test_the_demonstration_has_its_policy_in_force_and_starting_again_changes_nothing(store: Store, tmp_path: Path) -> None:
    company = load(Path("demo/czujka.toml"), tmp_path)
    bring_into_force(store, company, NOW)
    bound = store.policies.in_force(NOW)
    assert bound is not None
    assert (len(bound.clauses), bound.missing(), {one.actor for one in bound.approvals}) == (18, (), {"demonstration"})
    bring_into_force(store, company, LATER)
    assert [one.number for one in store.policies.history()] == [bound.number]
