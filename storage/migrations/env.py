"""Alembic's entry: runs on the connection that `storage.store` hands over."""

from alembic import context

from storage.schema_daily import duty

metadata = duty.metadata


def _is_ours(_object: object, name: str | None, kind: str, _reflected: bool, _other: object) -> bool:
    """The full-text index is made by hand in the migrations: the schema does not name it."""
    return not (kind in ("table", "index") and (name or "").startswith(("item_words", "ix_item_words")))


context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, include_object=_is_ours)
with context.begin_transaction():
    context.run_migrations()
