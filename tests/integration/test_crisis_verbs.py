"""A crisis declared at the keys is led by somebody whom the configuration knows."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from core.crisis import Part
from czujka.cli import cli
from storage import Store

HEAD = '[company]\nname = "Mleczarnia Polna"\nfallback = "pr"\n[[owner]]\nid = "pr"\npeople = ["jan"]\n'
PEOPLE = "".join(f'[[person]]\nid = "{name}"\nroles = ["responder"]\n' for name in ("jan", "ola"))


@pytest.fixture
def typed(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The configuration; root is at the keys."""
    monkeypatch.setenv("SUDO_USER", "root")
    monkeypatch.setenv("CZUJKA_HOME", str(tmp_path))
    written = tmp_path / "czujka.toml"
    written.write_text(f'{HEAD}{PEOPLE}[storage]\nurl = "{database_url}"\n', encoding="utf-8")
    Store.open(database_url).close()
    return written


def declare(written: Path, *words: str) -> Result:
    asked = ["--config", str(written), "crisis", "declare", "An outage", "--kind", "outage", *words]
    return CliRunner().invoke(cli, asked)


def leads(database_url: str) -> list[str]:
    store = Store.open(database_url)
    try:
        return [one.roles[Part.LEAD] for one in store.crises.list()]
    finally:
        store.close()


def test_who_leads_must_be_known(typed: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    refused = declare(typed)
    assert refused.exit_code == 2
    assert "There is no person 'root'; give --lead and one of: jan, ola." in refused.output
    assert leads(database_url) == []
    assert "jan leads" in declare(typed, "--lead", "jan").output
    monkeypatch.setenv("SUDO_USER", "ola")
    assert "ola leads" in declare(typed).output
    assert sorted(leads(database_url)) == ["jan", "ola"]


def test_where_there_is_no_person_yet_whoever_types_leads(typed: Path, database_url: str) -> None:
    written = typed.read_text("utf-8").replace(PEOPLE, "").replace('people = ["jan"]', "people = []")
    typed.write_text(written, "utf-8")
    assert declare(typed).exit_code == 0
    assert leads(database_url) == ["cli:root"]
