"""The tables of what reviews ended in: each kind of review has its own, all of one form."""

import sqlalchemy as sa

from storage.schema import Id, Utc, metadata


def action_table(name: str, parent: str, doer: str) -> sa.Table:
    """Actions of rows of `parent`, with its id, who does each in the column `doer`, and an index on the open ones by day."""
    table = sa.Table(
        name,
        metadata,
        sa.Column("id", Id, primary_key=True, autoincrement=True),
        sa.Column(f"{parent}_id", Id, sa.ForeignKey(f"{parent}.id"), nullable=False),
        sa.Column("text", sa.String(500), nullable=False),
        sa.Column(doer, sa.String(64), nullable=False),
        sa.Column("due_at", Utc, nullable=False),
        sa.Column("about", sa.String(16), nullable=False),
        sa.Column("pointer", sa.String(200), nullable=False),
        sa.Column("made_by", sa.String(64), nullable=False),
        sa.Column("made_at", Utc, nullable=False),
        sa.Column("done_by", sa.String(64)),
        sa.Column("done_at", Utc),
    )
    sa.Index(f"ix_{name}_{parent}_id", table.c[f"{parent}_id"])
    is_open = table.c.done_at.is_(None)
    sa.Index(f"ix_{name}_open", table.c.due_at, sqlite_where=is_open, postgresql_where=is_open)
    return table
