"""Brings a database's schema up to date. What is up to date is left alone at once: every start and every verb comes by here."""

from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from core.errors import StoreError
from storage.database import Database

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"
ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(7260101)"


def newest() -> str:
    """The revision that this Czujka speaks of, by the names of its files."""
    return max(path.name for path in (MIGRATIONS / "versions").glob("v*.py")).split("_")[0].removeprefix("v")


def alembic_config() -> "Config":
    """Where the migrations are."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    return config


def migrate(database: Database) -> None:
    """Bring the schema up to date; two processes that start together do it once. Raises StoreError for the database of a newer Czujka."""
    with database.read() as connection:
        if _revision(connection) == newest():
            return
    with database.write() as connection:
        if not database.is_sqlite:
            connection.execute(sa.text(ONE_AT_A_TIME))
        _upgrade(connection)


def _upgrade(connection: sa.Connection) -> None:
    from alembic.command import upgrade
    from alembic.script import ScriptDirectory

    config, current = alembic_config(), _revision(connection)
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if current is not None and current not in known:
        raise StoreError(f"the database is at revision {current}, newer than this Czujka; start the newer version", reason="newer_schema")
    config.attributes["connection"] = connection
    upgrade(config, "head")


def _revision(connection: sa.Connection) -> str | None:
    """How far the schema is; None for an empty database."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
