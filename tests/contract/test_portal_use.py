"""How the portal is used, on both databases: a sheet whole or not at all, shares over whole months, and no figure of one person."""

from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from actions.adoption import take_in
from actions.kpis import tell
from core.access import Sight
from core.adoption import Adoption
from core.errors import ConfigError
from core.periods import named
from czujka.cli import cli
from governance.adoption import by_department, read_adoption
from storage import Store
from tests.contract.test_kpis import NOW, SETTINGS, at, says

HEADER = "month,department,staff,active,managers,managers_active\n"
AUTUMN = f"{HEADER}2026-09,Sery,40,10,4,1\n2026-10,Sery,40,20,4,2\n2026-10,Kierowcy,60,10,2,0\n2026-10,Prawo,3,3,1,1\n"


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    path = tmp_path / "portal.csv"
    path.write_text(AUTUMN, encoding="utf-8")
    return path


def shares(store: Store, period: str, sight: Sight | None = None) -> tuple[float | None, float | None]:
    told = tell(store, SETTINGS, named(period), NOW, points=1, sight=sight)
    return told.figure("portal_active").value, told.figure("managers_active").value


def test_shares_are_of_whole_months(store: Store, sheet: Path) -> None:
    says(store, 1, at(1, month=9))
    assert take_in(store, sheet, "cli:ola", NOW) == 4
    assert shares(store, "2026-09") == (10 / 40, 1 / 4)
    assert shares(store, "2026-10") == (33 / 103, 3 / 7)
    assert shares(store, "2026-Q4") == (33 / 103, 3 / 7)
    assert shares(store, "2026") == (43 / 143, 4 / 11)
    assert shares(store, "2026-11") == shares(store, "2026-W40") == (None, None)
    assert shares(store, "2026-10", Sight(brands=frozenset({"polna"}))) == (None, None)


def test_a_month_is_told_by_its_newest_sheet(store: Store, sheet: Path) -> None:
    says(store, 1, at(1, month=9))
    take_in(store, sheet, "cli:ola", NOW)
    sheet.write_text(f"{HEADER}2026-10,Sery,50,50,5,5\n", encoding="utf-8")
    take_in(store, sheet, "cli:ola", NOW)
    assert shares(store, "2026-10") == (1.0, 1.0)
    assert shares(store, "2026-09") == (10 / 40, 1 / 4)
    assert [line.subject for line in store.audit.lines(limit=1)] == ["1 rows: 2026-10"]


def test_a_sheet_with_faults_names_each_and_changes_nothing(store: Store, sheet: Path) -> None:
    take_in(store, sheet, "cli:ola", NOW)
    sheet.write_text(f"{HEADER}2026-13,Sery,4,5,1,1\n2026-10,,x,1,1,1\n2026-10,A,4,4,1,1\n2026-10,a,4,4,1,1\n", encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        take_in(store, sheet, "cli:ola", NOW)
    for said in (
        "line 2: month: '2026-13'",
        "line 2: no more active",
        "line 3: department",
        "line 3: staff, active",
        "line 5: month and department stand in line 4",
    ):
        assert said in str(refused.value)
    assert len(store.portal_use.between(date(2026, 1, 1), date(2027, 1, 1))) == 4


def test_small_departments_stand_together_or_not_at_all(sheet: Path) -> None:
    october = tuple(one for one in read_adoption(sheet) if one.month.month == 10)
    assert [one.department for one in by_department(october)] == ["Sery", "Kierowcy"], "three people alone are nobody's figure"
    more = Adoption(month=date(2026, 10, 1), department="Zakupy", staff=4, active=1, managers=1, managers_active=0)
    assert [(one.department, one.staff, one.active) for one in by_department((*october, more))][2:] == [("…", 7, 4)]


def test_the_verbs_take_it_in_and_show_it(
    store: Store, sheet: Path, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CZUJKA_HOME", str(tmp_path))
    written = tmp_path / "czujka.toml"
    written.write_text(f'[company]\nname = "Polna"\n[storage]\nurl = "{database_url}"\n', encoding="utf-8")

    def run(*words: str) -> str:
        done = CliRunner().invoke(cli, ["--config", str(written), "portal", *words])
        assert done.exit_code == 0, done.output
        return done.output

    assert run("columns") == HEADER
    assert run("import", str(sheet)) == "4 rows\n"
    shown = run("list", "--month", "2026-10")
    assert "Kierowcy" in shown
    assert "Prawo" not in shown
