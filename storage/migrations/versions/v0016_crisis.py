"""Crises: their log, checklists, statements and actions

Revision 0016, after 0015.
"""

import sqlalchemy as sa
from alembic import op

from storage.schema import Document, Id, Utc

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

RUNNING = sa.text("stage = 'declared'")
OPEN = sa.text("done_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "crisis",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("brand", sa.String(length=64), nullable=True),
        sa.Column("incident_id", Id, nullable=True),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("roles", Document, nullable=False),
        sa.Column("declared_by", sa.String(length=64), nullable=False),
        sa.Column("declared_at", Utc, nullable=False),
        sa.Column("stood_down_by", sa.String(length=64), nullable=True),
        sa.Column("stood_down_at", Utc, nullable=True),
        sa.Column("reviewed_by", sa.String(length=64), nullable=True),
        sa.Column("reviewed_at", Utc, nullable=True),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_crisis_incident_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crisis")),
    )
    op.create_index(
        "uq_crisis_incident_id_declared", "crisis", ["incident_id"], unique=True, sqlite_where=RUNNING, postgresql_where=RUNNING
    )
    op.create_table(
        "crisis_action",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("crisis_id", Id, nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=False),
        sa.Column("due_at", Utc, nullable=False),
        sa.Column("about", sa.String(length=16), nullable=False),
        sa.Column("pointer", sa.String(length=200), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("made_at", Utc, nullable=False),
        sa.Column("done_by", sa.String(length=64), nullable=True),
        sa.Column("done_at", Utc, nullable=True),
        sa.ForeignKeyConstraint(["crisis_id"], ["crisis.id"], name=op.f("fk_crisis_action_crisis_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crisis_action")),
    )
    op.create_index("ix_crisis_action_crisis_id", "crisis_action", ["crisis_id"])
    op.create_index("ix_crisis_action_open", "crisis_action", ["due_at"], sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_table(
        "crisis_entry",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("crisis_id", Id, nullable=False),
        sa.Column("at", Utc, nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("detail", Document, nullable=False),
        sa.ForeignKeyConstraint(["crisis_id"], ["crisis.id"], name=op.f("fk_crisis_entry_crisis_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crisis_entry")),
    )
    op.create_index("ix_crisis_entry_crisis_id_id", "crisis_entry", ["crisis_id", "id"])
    op.create_table(
        "crisis_statement",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("crisis_id", Id, nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("drafted_by", sa.String(length=64), nullable=False),
        sa.Column("drafted_at", Utc, nullable=False),
        sa.Column("approved_by", sa.String(length=64), nullable=True),
        sa.Column("approved_at", Utc, nullable=True),
        sa.Column("published_by", sa.String(length=64), nullable=True),
        sa.Column("published_at", Utc, nullable=True),
        sa.Column("published_where", sa.String(length=500), server_default="", nullable=False),
        sa.Column("dropped_at", Utc, nullable=True),
        sa.ForeignKeyConstraint(["crisis_id"], ["crisis.id"], name=op.f("fk_crisis_statement_crisis_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crisis_statement")),
    )
    op.create_index("ix_crisis_statement_crisis_id", "crisis_statement", ["crisis_id"])
    op.create_table(
        "crisis_tick",
        sa.Column("crisis_id", Id, nullable=False),
        sa.Column("item", sa.String(length=64), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("at", Utc, nullable=False),
        sa.ForeignKeyConstraint(["crisis_id"], ["crisis.id"], name=op.f("fk_crisis_tick_crisis_id")),
        sa.PrimaryKeyConstraint("crisis_id", "item", name=op.f("pk_crisis_tick")),
    )


def downgrade() -> None:
    for table in ("crisis_tick", "crisis_statement", "crisis_entry", "crisis_action", "crisis"):
        op.drop_table(table)
