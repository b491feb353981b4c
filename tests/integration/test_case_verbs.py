"""The verbs on cases, as somebody at the keys uses them, on both databases: from the opening to the ZIP, and a change that is found."""

import io
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from actions import policy
from core.clock import utc_now
from core.errors import NotFound, Refused
from core.settings import Settings
from czujka.cli import cli
from czujka.config import load
from governance.clauses import STARTER
from storage import Store
from storage.schema_case import case_evidence
from tests.contract.test_cases import arrival

Run = Callable[..., Result]
OFFICES = ("legal", "security", "privacy", "pr", "hr", "compliance", "care")
PEOPLE = {"ola": "compliance", "piotr": "compliance", "teresa": "compliance", "jan": "responder"}


@pytest.fixture
def run(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """`run("cases", "list")` in a folder with a configuration, a policy that binds, and a post of our own."""
    monkeypatch.setenv("SUDO_USER", "root")
    monkeypatch.setenv("CZUJKA_HOME", str(tmp_path))
    people = "".join(f'[[person]]\nid = "{name}"\nroles = ["{role}"]\n' for name, role in PEOPLE.items())
    offices = "".join(f'[[office]]\nid = "{office}"\npeople = ["ola"]\n' for office in OFFICES)
    head = '[company]\nname = "Mleczarnia Polna"\nfallback = "pr"\n[[owner]]\nid = "pr"\npeople = ["jan"]\n'
    brand = '[[brand]]\nid = "polna"\nname = "Mleczarnia Polna"\n'
    written = tmp_path / "czujka.toml"
    written.write_text(f'{head}{brand}{people}{offices}[storage]\nurl = "{database_url}"\n', encoding="utf-8")
    store = Store.open(database_url)
    _binding(store, load(written))
    store.items.add([arrival("p1", "Projekt Bursztyn rusza w maju", at=utc_now())], utc_now())
    store.close()

    def invoke(*words: str) -> Result:
        return CliRunner().invoke(cli, ["--config", str(written), "cases", *words])

    return invoke


def _binding(store: Store, settings: Settings) -> None:
    before = utc_now() - timedelta(days=1)
    draft = policy.propose(store, settings, STARTER, "", "ola", before)
    for office in draft.needs:
        policy.approve(store, settings, draft.number, office, "ola", before)
    policy.publish(store, draft.number, None, "ola", before)


def said(result: Result) -> str:
    assert result.exit_code == 0, (result.output, result.exception)
    return result.stdout


def test_from_the_opening_to_the_zip_and_a_change_that_is_found(run: Run, database_url: str, tmp_path: Path) -> None:
    opening = ("open", "--item", "1", "--clause", "POL-07", "--concerns", "Zenon Żuk")
    assert "case 1 on POL-07: 1 posts are frozen" in said(run(*opening, "--person", "ola"))
    assert isinstance(run(*opening, "--person", "jan").exception, NotFound)
    assert "Zenon" not in said(run("list")) and "Zenon Żuk" in said(run("1"))
    said(run("hear", "1", "He had leave.", "--person", "ola"))
    decision = ("decide", "1", "breach", "--consequence", "warning", "--reason", "seen", "--person")
    assert isinstance(run(*decision, "ola").exception, Refused)
    assert "breach, warning; an appeal is possible until" in said(run(*decision, "piotr"))
    said(run("appeal", "1", "It was public."))
    said(run("assign", "1", "teresa", "--appeal"))
    last = ("decide", "1", "no_breach", "--reason", "It was.", "--person", "teresa")
    assert said(run(*last)) == "case 1: no breach, none\n"
    said(run("freeze", "1"))
    said(run("close", "1"))
    file = tmp_path / "case.zip"
    said(run("export", "1", "--to", str(file)))
    with zipfile.ZipFile(io.BytesIO(file.read_bytes())) as archive:
        assert "evidence/2.json" in archive.namelist()
    assert "within 10 working days" in said(run("rights"))
    assert said(run("verify")) == "1 cases are as they were written\n"

    store = Store.open(database_url)
    typed = [entry.detail.get("typed_by", "") for entry in store.cases.file(1).entries]
    assert typed == ["cli:root", "cli:root", "cli:root", "", "", "cli:root", "", ""], "who typed in another's name stands there"
    with store.database.write() as connection:
        connection.execute(sa.update(case_evidence).where(case_evidence.c.id == 2).values(body={"text": "nothing"}))
    store.close()
    found = run("verify")
    assert (found.exit_code, found.stdout) == (1, "case 1: evidence_changed 2\n")
