"""The table of deaths: every fail-point of the code is killed at, and what the table must not say is found."""

import json
from pathlib import Path

import pytest

from tests.acceptance import test_killed_while_answering as answering
from tests.acceptance import test_killed_while_sending as sending
from tests.contract import test_signals as signals
from tests.fakes.toll import Toll, main, note, places, read, table, wrong
from tests.integration import test_kill as whole
from tests.integration import test_kill_parts as parts

KILLED_AT = {
    *whole.IMPORT_PLACES,
    *whole.RUN_PLACES,
    *sending.PLACES,
    *parts.ACT_PLACES,
    *(place for place in answering.PLACES if place != answering.IN_FLIGHT),
    *parts.HOOK_PLACES,
    *parts.CANARY_PLACES,
    *parts.LETTER_PLACES,
    *signals.SIGNAL_PLACES,
}
GOOD = [Toll("deliver.sent", "mail", 200, doubled=7, explained=7), Toll("act.written", "history", 100)]


def test_somebody_is_killed_at_every_fail_point_of_the_code() -> None:
    assert places() == KILLED_AT
    assert {"collect.rows_inserted", "deliver.sent", "act.written"} <= places(), "they are read from the code"


def test_lines_of_many_processes_become_one_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ledger = tmp_path / "toll.jsonl"
    monkeypatch.setenv("CZUJKA_TOLL", str(ledger))
    note([Toll("deliver.sent", "mail", 1, doubled=1, explained=1), Toll("deliver.sent", "slack", 2)])
    note([Toll("deliver.sent", "mail", 1)])
    assert read(ledger) == [Toll("deliver.sent", "mail", 2, doubled=1, explained=1), Toll("deliver.sent", "slack", 2)]
    assert [line.split() for line in table(read(ledger)).splitlines()] == [
        ["place", "where", "kills", "lost", "doubled", "explained"],
        ["deliver.sent", "mail", "2", "0", "1", "1"],
        ["deliver.sent", "slack", "2", "0", "0", "0"],
        ["all", "4", "0", "1", "1"],
    ]
    assert main(ledger) == 1
    assert "only 4 deaths" in capsys.readouterr().out
    ledger.write_text("".join(json.dumps({"place": one, "where": "mail", "kills": 50}) + "\n" for one in places()), encoding="utf-8")
    assert main(ledger) == 0


def test_without_a_ledger_nothing_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CZUJKA_TOLL", raising=False)
    monkeypatch.chdir(tmp_path)
    note(GOOD)
    assert (list(tmp_path.iterdir()), read(tmp_path / "none")) == ([], [])


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (Toll("deliver.sent", "mail", 200, lost=1, doubled=7, explained=7), "1 lost at deliver.sent (mail)"),
        (Toll("deliver.sent", "mail", 200, doubled=7, explained=6), "a double that nothing explains at deliver.sent (mail)"),
        (Toll("deliver.sent", "mail", 199, doubled=7, explained=7), "only 299 deaths, at least 300 were wanted"),
        (Toll("deliver.leased", "mail", 200), "nobody died at deliver.sent"),
    ],
)
def test_what_must_not_be_is_found(change: Toll, says: str) -> None:
    wanted = {"deliver.sent", "act.written"}
    assert wrong(GOOD, wanted) == []
    assert says in wrong([change, GOOD[1]], wanted)
