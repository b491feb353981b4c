"""Our replies beside what they answer, on both databases, and the verb that looks through them."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from core.clock import utc_now
from core.types import Finding, Item, Severity, Voice
from czujka.cli import cli
from storage import Store
from storage.items import Arrival
from storage.manners import replies_query
from storage.reading import Read
from tests.contract.test_store import NOW, an_item, arrive, understood
from tests.integration.test_query_plans import is_scan, plan

ASKED = "Kiedy zwrócicie mi pieniądze?"


def told(store: Store, number: int, text: str, answers: int | None = None, *labels: str, **changes: object) -> None:
    """A post of somebody's, or our reply to one, read with these findings."""
    item: Item = an_item(number, text)
    item = replace(item, voice=Voice.PUBLIC if answers is None else Voice.OURS, **changes)
    item = item if answers is None else replace(item, parent_id=an_item(answers).external_id)
    arrived: Arrival = arrive(item)
    store.items.add([arrived], NOW)
    found = [Finding(label=one, score=0.9, severity=Severity.MEDIUM, detector=f"{one}.rule@1") for one in labels]
    store.reading.apply([Read(one, understood(*found)) for one in store.reading.unread("v1", 10, NOW)], "v1", NOW)


def test_replies_come_with_what_they_answer_and_what_was_found(store: Store) -> None:
    told(store, 1, ASKED, None, "question")
    told(store, 2, "Dziękujemy za kontakt", 1)
    told(store, 3, "Ser był gorzki.")
    told(store, 4, "To pana wina", 3, "policy.quarrel")
    told(store, 5, "odpowiedź na nic", 99)
    told(store, 6, "stara odpowiedź", 1, created_at=NOW - timedelta(days=40))
    seen = store.manners.between(NOW - timedelta(days=30), NOW + timedelta(days=1))
    assert {(one.said, one.reply, one.asks, one.quarrels) for one in seen} == {
        (ASKED, "Dziękujemy za kontakt", True, False),
        ("Ser był gorzki.", "To pana wina", False, True),
    }


def test_its_query_uses_an_index(store: Store) -> None:
    with store.database.read() as connection:
        if not store.database.is_sqlite:
            connection.execute(sa.text("SET LOCAL enable_seqscan = off"))
        assert [line for line in plan(connection, replies_query(NOW, NOW, 10)) if is_scan(line)] == []


def test_the_verb_names_what_is_wrong(store: Store, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CZUJKA_HOME", str(tmp_path))
    written = tmp_path / "czujka.toml"
    written.write_text(f'[company]\nname = "Polna"\n[storage]\nurl = "{database_url}"\n', encoding="utf-8")
    told(store, 1, ASKED, created_at=utc_now())
    told(store, 2, "Dziękujemy za kontakt", 1, created_at=utc_now())
    told(store, 3, "Pieniądze wrócą do środy", 1, created_at=utc_now())
    done = CliRunner().invoke(cli, ["--config", str(written), "manners", "--json"])
    assert done.exit_code == 0, done.output
    [row] = [json.loads(line) for line in done.stdout.splitlines()]
    assert (row["faults"], row["said"], row["reply"]) == (["formula", "unanswered"], ASKED, "Dziękujemy za kontakt")
    shown = CliRunner().invoke(cli, ["--config", str(written), "manners", "--all"])
    assert "Pieniądze wrócą" in shown.stdout
    assert shown.stderr == "2 replies; quarrel 0, formula 1, unanswered 1\n"
