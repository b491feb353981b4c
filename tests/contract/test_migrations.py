"""The migrations, one after another, give exactly the schema that the code speaks of; a database of any age is brought up to date."""

from contextlib import closing
from itertools import pairwise

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.command import upgrade
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from core.errors import StoreError
from storage import Store
from storage.database import Database
from storage.migrating import alembic_config, newest
from storage.schema import metadata

REVISIONS = [script.revision for script in ScriptDirectory.from_config(alembic_config()).walk_revisions()][::-1]


def test_each_follows_the_one_before() -> None:
    scripts = {script.revision: script.down_revision for script in ScriptDirectory.from_config(alembic_config()).walk_revisions()}
    assert [(scripts[later], later) for _, later in pairwise(REVISIONS)] == list(pairwise(REVISIONS))
    assert newest() == REVISIONS[-1], "the names of the files say which is the newest"


def test_they_give_the_schema_that_the_code_speaks_of(store: Store) -> None:
    with store.database.read() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": ours, "compare_type": True})
        assert compare_metadata(context, metadata) == []


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_database_of_any_age_is_brought_up_to_date(bare_url: str, revision: str) -> None:
    database, config = Database(bare_url), alembic_config()
    with closing(database), database.write() as connection:
        config.attributes["connection"] = connection
        upgrade(config, revision)
        connection.execute(
            sa.text("INSERT INTO rollup (brand, source_id, measure, minute, value) VALUES ('b', 's', 'volume', '2026-11-16 07:00', 3)")
        )
    opened = Store.open(bare_url)
    with closing(opened), opened.database.read() as connection:
        assert connection.execute(sa.text("SELECT value FROM rollup")).scalar_one() == 3
        assert MigrationContext.configure(connection).get_current_revision() == REVISIONS[-1]


def test_a_database_of_a_newer_czujka_is_left_alone(store: Store, database_url: str) -> None:
    with store.database.write() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    try:
        with pytest.raises(StoreError, match="revision 9999, newer than this Czujka; start the newer version"):
            Store.open(database_url)
    finally:
        with store.database.write() as connection:
            connection.execute(sa.text(f"UPDATE alembic_version SET version_num = '{REVISIONS[-1]}'"))


def ours(_object: object, name: str | None, _kind: str, _reflected: bool, _compared: object) -> bool:
    """Full-text search is each database's own and no table of the metadata."""
    return not (name or "").startswith(("item_words", "ix_item_words"))
