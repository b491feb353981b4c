"""What our accounts said, on both databases, and the verb that holds it against the key facts."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from core.clock import utc_now
from core.types import Voice
from czujka.cli import cli
from storage import Store
from storage.statements import ours_query
from tests.contract.test_store import NOW, an_item, arrive
from tests.integration.test_query_plans import is_scan, plan

FACT = """
[[fact]]
id = "maturing"
statement = "Bursztyn dojrzewa 12 miesięcy."
pattern = 'dojrzewa (\\d+) mies'
approved_by = "Anna Lis"
"""


def test_only_our_own_recent_words_are_statements(store: Store) -> None:
    ours = replace(an_item(1, "dojrzewa 18 mies."), voice=Voice.OURS)
    old = replace(an_item(2, "dojrzewa 3 mies.", created_at=NOW - timedelta(days=60)), voice=Voice.OURS)
    store.items.add([arrive(one) for one in (ours, old, an_item(3, "dojrzewa 5 mies., mówią"))], NOW)
    assert [one.text for one in store.statements.ours(NOW - timedelta(days=30), NOW + timedelta(days=1))] == ["dojrzewa 18 mies."]


def test_its_query_uses_an_index(store: Store) -> None:
    with store.database.read() as connection:
        if not store.database.is_sqlite:
            connection.execute(sa.text("SET LOCAL enable_seqscan = off"))
        assert [line for line in plan(connection, ours_query(NOW, NOW, 10)) if is_scan(line)] == []


def test_the_verb_names_the_fact_and_both_statements(
    store: Store, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CZUJKA_HOME", str(tmp_path))
    written = tmp_path / "czujka.toml"
    written.write_text(f'[company]\nname = "Polna"\n[storage]\nurl = "{database_url}"\n{FACT}', encoding="utf-8")
    asked = ["--config", str(written), "facts"]
    said = [
        replace(an_item(n, text, created_at=utc_now()), voice=Voice.OURS)
        for n, text in ((1, "dojrzewa 12 mies."), (2, "dojrzewa 18 mies."))
    ]
    store.items.add([arrive(said[0])], NOW)
    assert CliRunner().invoke(cli, asked).exit_code == 0
    store.items.add([arrive(said[1])], NOW)
    done = CliRunner().invoke(cli, [*asked, "--json"])
    [row] = [json.loads(line) for line in done.stdout.splitlines()]
    assert (done.exit_code, row["fact"], row["value"], row["against"]) == (1, "maturing", "18", "Bursztyn dojrzewa 12 miesięcy.")
    assert done.stderr == "1 facts, 2 statements, 1 differ\n"
    assert "dojrzewa 18 mies." in CliRunner().invoke(cli, asked).stdout
