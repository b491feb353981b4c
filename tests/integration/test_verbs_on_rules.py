"""The verbs on rules and verdicts, as a script uses them, on both databases: what they print, what they write, how they refuse."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from actions.verdicts import judge
from core.clock import utc_now
from core.errors import ConfigError, NotFound, Refused
from core.types import Finding, Severity
from core.verdicts import Said
from czujka.cli import cli
from storage import Store
from storage.reading import Read
from storage.schema import finding
from tests.contract.test_store import NOW, an_item, arrive, understood

LATE = "complaint.delivery.parcel"
Run = Callable[..., Result]


@pytest.fixture
def run(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """`run("rules", "list")` in a folder with a configuration; the person at the keys is Ola."""
    monkeypatch.setenv("SUDO_USER", "ola")
    monkeypatch.setenv("CZUJKA_HOME", str(tmp_path))
    written = tmp_path / "czujka.toml"
    text = (
        '[company]\nname = "Mleczarnia Polna"\nfallback = "pr"\n[[owner]]\nid = "pr"\n[[brand]]\nid = "polna"\nname = "Mleczarnia Polna"\n'
    )
    written.write_text(f'{text}terms = ["Polna"]\n[storage]\nurl = "{database_url}"\n', encoding="utf-8")

    def invoke(*words: str) -> Result:
        return CliRunner().invoke(cli, ["--config", str(written), *words])

    return invoke


def lines(result: Result) -> list[dict[str, object]]:
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def a_finding(store: Store, text: str = "paczka z Polnej nie doszła") -> int:
    """One more post of today with one finding of the rule on parcels; answers the finding's number."""
    store.items.add([arrive(an_item(store.items.count() + 1, text, created_at=utc_now()))], NOW)
    version = next(one["version"] for one in lines(CliRunner().invoke(cli, ["rules", "list", "--json"])) if one["id"] == LATE)
    one = Finding(label="complaint.delivery", score=0.9, severity=Severity.MEDIUM, detector=f"{LATE}@{version}", start=0, end=6)
    store.reading.apply([Read(each, understood(one)) for each in store.reading.unread("v1", 100, NOW)], "v1", NOW)
    with store.database.read() as connection:
        return int(connection.execute(sa.select(sa.func.max(finding.c.id))).scalar_one())


def test_a_verdict_is_set_shown_and_counted(run: Run, store: Store) -> None:
    number = a_finding(store)
    assert run("verdicts").stdout.startswith("no verdicts yet")
    assert run("verdicts", "set", str(number), "right").stdout == f"finding {number}: right\n"
    assert run("verdicts", "set", str(number), "right").stdout == f"finding {number}: right, as you said before\n"
    assert run("verdicts", "set", str(number), "complaint.service", "--note", "the hotline").exit_code == 0
    shown = lines(run("verdicts", "show", str(number), "--json"))
    assert [(one["person"], one["said"], one["label"], one["note"]) for one in shown] == [
        ("cli:ola", "right", None, ""),
        ("cli:ola", "other", "complaint.service", "the hotline"),
    ]
    assert (shown[0]["superseded_at"] is None, shown[1]["superseded_at"]) == (False, None)
    [header, first, _] = run("verdicts", "show", str(number)).stdout.splitlines()
    assert header.split() == ["when", "who", "verdict", "counts", "note"]
    assert first.split()[2:] == ["cli:ola", "right", "False"]
    [rule, label] = lines(run("verdicts", "--json"))
    assert (rule["of"], rule["right"], rule["wrong"], rule["precision"]) == ("rule", 0, 1, 0.0)
    assert (label["of"], label["name"]) == ("label", "complaint.delivery")


def test_a_verdict_that_cannot_be_is_refused(run: Run, store: Store) -> None:
    number = a_finding(store)
    assert isinstance(run("verdicts", "set", "999", "right").exception, NotFound)
    assert isinstance(run("verdicts", "show", "999").exception, NotFound)
    unknown = run("verdicts", "set", str(number), "rihgt").exception
    assert isinstance(unknown, ConfigError)
    assert "'rihgt' is not a label" in str(unknown)
    assert store.verdicts.judged() == []


def test_judged_posts_are_exported_for_training(run: Run, store: Store, tmp_path: Path) -> None:
    right, other, disputed = (a_finding(store, text) for text in ("paczka zginęła", "infolinia milczy", "kurier nie był"))
    judge(store, right, Said.RIGHT, "anna", NOW)
    judge(store, other, Said.OTHER, "anna", NOW, label="complaint.service")
    judge(store, disputed, Said.RIGHT, "anna", NOW)
    judge(store, disputed, Said.WRONG, "jan", NOW)
    written = tmp_path / "verdicts.jsonl"
    done = run("verdicts", "export", str(written))
    assert (done.exit_code, done.stderr) == (0, "3 posts\n")
    rows = [json.loads(line) for line in written.read_text(encoding="utf-8").splitlines()]
    assert [(row["text"], row["label"], row["right"], row["labels"]) for row in rows] == [
        ("paczka zginęła", "complaint.delivery", True, []),
        ("infolinia milczy", "complaint.delivery", False, ["complaint.service"]),
        ("kurier nie był", "complaint.delivery", None, []),
    ]
    assert run("verdicts", "export").stdout == written.read_text(encoding="utf-8")


def test_a_proposal_is_accepted_listed_and_revoked(run: Run, store: Store) -> None:
    for place in range(11):
        judge(store, a_finding(store, f"paczka {place} z Polnej"), Said.RIGHT if place < 2 else Said.WRONG, "anna", NOW)
    told = {(one["of"], one["name"]): one for one in lines(run("verdicts", "propose", "--json"))}
    assert (told["rule", LATE]["advice"], told["rule", LATE]["open"]) == ("trial", True)
    assert f"czujka verdicts accept {LATE}" in run("verdicts", "propose").stdout
    assert run("verdicts", "accept", LATE, "--reason", "too eager").stdout.startswith(f"rule {LATE}: trial since ")
    assert isinstance(run("verdicts", "accept", LATE).exception, Refused)
    standing = {one["id"]: one["standing"] for one in lines(run("rules", "list", "--json"))}
    assert str(standing[LATE]).startswith("trial since ")
    assert str(standing[LATE]).endswith(" by cli:ola")
    assert standing["question.asked"] == "live"
    [held] = lines(run("rules", "rulings", "--json"))
    assert (held["name"], held["reason"], held["ended_at"]) == (LATE, "too eager (2 of 11 judged right)", None)
    assert run("rules", "revoke", LATE).exit_code == 0
    assert {one["id"]: one["standing"] for one in lines(run("rules", "list", "--json"))}[LATE] == "live"
    assert isinstance(run("rules", "revoke", LATE).exception, NotFound)


def test_a_score_is_set_by_hand_and_nonsense_is_refused(run: Run, store: Store) -> None:
    assert run("rules", "set", "label:question", "0.8", "--reason", "sure ones").stdout.startswith("label question: from score 0.8 since ")
    assert run("rules", "set", "question.asked", "loud", "--reason", "x").exit_code == 2
    assert run("rules", "set", "question.asked", "trial").exit_code == 2, "without a reason"
    unknown = run("rules", "set", "question.aksed", "trial", "--reason", "x").exception
    assert isinstance(unknown, ConfigError)
    assert "did you mean 'question.asked'?" in str(unknown)
    assert [one.name for one in store.rulings.holding().holding] == ["question"]


def test_rules_are_listed_without_a_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CZUJKA_HOME", str(tmp_path / "nothing"))
    monkeypatch.chdir(tmp_path)
    standing = {one["id"]: one["standing"] for one in lines(CliRunner().invoke(cli, ["rules", "list", "--json"]))}
    assert standing[LATE] == "live"
    assert not (tmp_path / "nothing").exists()


def test_a_backtest_tells_what_a_rule_would_have_raised(run: Run, store: Store) -> None:
    number = a_finding(store, "Paczka z Polnej nie doszła, czekam drugi tydzień")
    store.items.add([arrive(an_item(50, "Polna ma dziś otwarte do ósmej", created_at=utc_now()))], NOW)
    store.reading.apply([Read(each, understood()) for each in store.reading.unread("v1", 100, NOW)], "v1", NOW)
    judge(store, number, Said.RIGHT, "anna", NOW)
    *raised, whole = lines(run("rules", "backtest", LATE, "--json"))
    assert [one["text"] for one in raised] == ["Paczka z Polnej nie doszła, czekam drugi tydzień"]
    assert (whole["posts"], whole["raised"], whole["owners"], whole["right"], whole["precision"]) == (2, 1, {"pr": 1}, 1, 1.0)
    shown = run("rules", "backtest", LATE, "--show", "1").stdout
    assert "czekam drugi tydzień" in shown
    assert "czekam" not in run("rules", "backtest", LATE, "--show", "0").stdout
    with store.database.read() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(finding)).scalar_one() == 1, "it writes nothing"


def test_a_backtest_of_lines_needs_no_database(run: Run, tmp_path: Path) -> None:
    posts = tmp_path / "posts.jsonl"
    rows = ['{"id": 1, "text": "Polna, moja paczka nie doszła"}', "not a line", '{"id": 3, "text": "dzień dobry, Polna"}']
    posts.write_text("\n".join(rows) + "\n", encoding="utf-8")
    done = run("rules", "backtest", LATE, "--jsonl", str(posts))
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.exit_code == 1, "a line could not be read"
    assert [(one["id"], [found["label"] for found in one.get("findings", ())]) for one in answers] == [
        (1, ["complaint.delivery"]),
        (None, []),
    ]
    assert answers[1]["line"] == 2


def test_a_backtest_of_an_unknown_rule_names_the_nearest(run: Run) -> None:
    error = run("rules", "backtest", "complaint.delivery.parcle").exception
    assert isinstance(error, ConfigError)
    assert f"did you mean {LATE!r}?" in str(error)
