"""A draft is tried over what is stored, on both databases: what it would raise, for whom, what verdicts imply. Nothing is written."""

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from actions.verdicts import judge
from classifiers.rules.cases import CASE_CONTEXT
from classifiers.rules.draft import as_live
from classifiers.rules.engine import RuleEngine
from classifiers.rules.pack import load_packs
from core.errors import ConfigError
from core.settings import Owner, Route, Settings
from core.types import Severity
from core.verdicts import Said
from czujka import backtesting
from storage import Store
from storage.backtesting import SaidOf, posts_query, said_query
from storage.schema import finding
from tests.contract.test_store import NOW, an_item, arrive, found, read_all
from tests.integration.test_query_plans import is_scan, plan

LOCKER = """
id: complaint.delivery.locker
version: 3
status: draft
label: complaint.delivery
score: 0.7
any: [{terms: {pl: [skrytka]}, near: [{within_words: 6, terms: {pl: ["=nie chce się otworzyć"]}}]}]
because: {pl: "Klient nie może otworzyć skrytki.", en: "A customer cannot open the locker."}
"""
STUCK = "Polna, skrytka {} nie chce się otworzyć"
SETTINGS = Settings.model_validate(
    {
        "company": {"name": "Mleczarnia Polna", "fallback": "pr"},
        "owner": [Owner(id="pr"), Owner(id="logistics")],
        "route": [Route(label="complaint.delivery", owner="logistics")],
    }
)


@pytest.fixture
def draft(tmp_path: Path) -> str:
    path = tmp_path / "complaint.delivery.locker.yaml"
    path.write_text(LOCKER, encoding="utf-8")
    return str(path)


def tried(store: Store, draft: str) -> backtesting.Trial:
    packs, rule = as_live(load_packs(), draft)
    return backtesting.run(store, SETTINGS, RuleEngine(packs, CASE_CONTEXT), rule, NOW - timedelta(days=14), NOW)


def test_a_draft_says_what_it_would_have_raised_for_whom_and_how_often(store: Store, draft: str) -> None:
    late = an_item(9, STUCK.format("stara"), created_at=NOW - timedelta(days=20))
    store.items.add(
        [arrive(an_item(n, STUCK.format(n))) for n in (1, 2)] + [arrive(an_item(3, "Polna ma nową skrytkę")), arrive(late)], NOW
    )
    read_all(store)
    trial = tried(store, draft)
    assert (trial.rule, trial.posts, len(trial.raised), trial.a_week) == ("complaint.delivery.locker@3", 3, 2, 1.0)
    assert trial.owners == {"logistics": 2}
    assert {one.finding.severity for one in trial.raised} == {Severity.MEDIUM}
    assert trial.precision is None
    with store.database.read() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(finding)).scalar_one() == 0, "nothing is written"


def test_verdicts_on_the_same_posts_imply_a_precision(store: Store, draft: str) -> None:
    store.items.add([arrive(an_item(n, STUCK.format(n))) for n in (1, 2, 3)], NOW)
    read_all(store, found("complaint.delivery"), found("question"))
    with store.database.read() as connection:
        rows = connection.execute(
            sa.select(finding.c.id, finding.c.label, finding.c.item_id).order_by(finding.c.item_id, finding.c.label)
        ).all()
    delivery = [row.id for row in rows if row.label == "complaint.delivery"]
    question = [row.id for row in rows if row.label == "question"]
    judge(store, delivery[0], Said.RIGHT, "anna", NOW)
    judge(store, delivery[1], Said.WRONG, "anna", NOW)
    judge(store, question[2], Said.OTHER, "jan", NOW, label="complaint.delivery")
    trial = tried(store, draft)
    assert (trial.right, trial.wrong) == (2, 1)
    assert trial.precision == pytest.approx(2 / 3)
    low, high = trial.interval
    assert low == pytest.approx(0.2077, abs=1e-4) and high == pytest.approx(0.9385, abs=1e-4)


def test_each_post_counts_once_by_its_majority_and_other_labels_say_nothing() -> None:
    def said(item_id: int, what: Said, label: str = "praise", instead: str | None = None) -> SaidOf:
        return SaidOf(item_id=item_id, label=label, said=what, instead=instead)

    votes = [said(1, Said.RIGHT), said(1, Said.RIGHT), said(1, Said.WRONG), said(2, Said.RIGHT), said(2, Said.OTHER, instead="question")]
    votes += [said(3, Said.WRONG, "question"), said(4, Said.OTHER, "question", "praise"), said(5, Said.WRONG)]
    assert backtesting.judged(votes, "praise") == (2, 1)


def test_a_rule_nobody_knows_names_the_nearest() -> None:
    with pytest.raises(ConfigError, match=r"did you mean 'complaint\.delivery\.parcel'"):
        as_live(load_packs(), "complaint.delivery.parcle")


def test_a_draft_with_a_fault_names_file_and_key(tmp_path: Path) -> None:
    path = tmp_path / "complaint.delivery.locker.yaml"
    path.write_text(LOCKER.replace("skrytka]", "skrytka], xx: [a]"), encoding="utf-8")
    with pytest.raises(ConfigError, match=r"complaint\.delivery\.locker\.yaml.*any\.0\.terms"):
        as_live(load_packs(), str(path))


def test_a_trial_run_reads_by_index(store: Store) -> None:
    with store.database.read() as connection:
        if not store.database.is_sqlite:
            connection.execute(sa.text("SET LOCAL enable_seqscan = off"))
        for query in (posts_query(0, NOW, 10), said_query([1, 2])):
            assert not [line for line in plan(connection, query) if is_scan(line)]
