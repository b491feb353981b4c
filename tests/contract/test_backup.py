"""Backup and restore on both databases: what was there is there again, and nothing is ever half-replaced."""

import os
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.errors import StoreError
from storage import Store
from storage.backup import back_up, restore
from tests.contract.test_store import NOW, an_incident


def everything(store: Store) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, as text, read past our own questions."""
    with store.database.read() as connection:
        names = sorted(name for name in sa.inspect(connection).get_table_names() if not name.startswith(("sqlite_", "item_text")))
        rows = {name: connection.execute(sa.text(f'SELECT * FROM "{name}"')).all() for name in names}
    return {name: sorted((tuple(map(str, row)) for row in found), key=str) for name, found in rows.items()}


@pytest.fixture
def places(store: Store, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Store, str, Path]:
    from tests.fakes.postgres import _programs

    monkeypatch.setenv("PATH", f"{_programs()}{os.pathsep}{os.environ['PATH']}")
    return store, database_url, tmp_path / "czujka.backup"


def test_what_was_there_is_there_again(places: tuple[Store, str, Path]) -> None:
    store, url, file = places
    an_incident(store)
    before = everything(store)
    assert sum(map(len, before.values())) > 5
    assert back_up(store, file) == file.stat().st_size
    store.conversations.list()
    store.people.add_token("later", "anna", NOW)
    assert everything(store) != before
    store.close()
    restore(url, file)
    again = Store.open(url)
    assert everything(again) == before
    assert again.problems() == []
    again.close()


def test_a_backup_replaces_no_file(places: tuple[Store, str, Path]) -> None:
    store, _, file = places
    file.write_text("mine", encoding="utf-8")
    with pytest.raises(StoreError, match="is there already"):
        back_up(store, file)
    assert file.read_text(encoding="utf-8") == "mine"
    assert [one.name for one in file.parent.iterdir() if one.name.endswith(".part")] == []


def test_a_file_that_is_no_backup_changes_nothing(places: tuple[Store, str, Path]) -> None:
    store, url, file = places
    an_incident(store)
    before = everything(store)
    whole = file.with_name("whole")
    back_up(store, whole)
    store.close()
    body = whole.read_bytes()
    for broken in (b"", b"text", body[: len(body) // 2], os.urandom(5000)):
        file.write_bytes(broken)
        with pytest.raises(StoreError):
            restore(url, file)
        again = Store.open(url)
        assert everything(again) == before
        again.close()


def test_a_running_one_is_not_pulled_from_under_itself(places: tuple[Store, str, Path]) -> None:
    store, url, file = places
    back_up(store, file)
    assert store.take_over()
    with pytest.raises(StoreError, match="stop it first"):
        restore(url, file)


def test_a_program_that_is_missing_is_named(places: tuple[Store, str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    store, _, file = places
    if store.database.is_sqlite:
        with pytest.raises(StoreError, match="cannot be written"):
            back_up(store, file.parent / "no" / "such" / "folder")
        return
    monkeypatch.setattr("storage.backup.shutil.which", lambda _: None)
    monkeypatch.setattr("storage.backup.Path.glob", lambda *_: iter(()))
    with pytest.raises(StoreError, match="pg_dump is not installed"):
        back_up(store, file)
