"""Calls of hooks, and marks on what happens until hooks were told of it

Revision 0009, after 0008. What happened before is not announced.
"""

import sqlalchemy as sa
from alembic import op

from storage.schema import Document, Id, Utc

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

MARKED = ("incident_event", "conversation_event", "conversation", "finding")


def upgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    marked = sa.text("unannounced IS 1" if is_sqlite else "unannounced IS true")
    for table in MARKED:
        op.add_column(table, sa.Column("unannounced", sa.Boolean(), nullable=True))
        op.create_index(f"ix_{table}_unannounced", table, ["id"], sqlite_where=marked, postgresql_where=marked)
    op.create_table(
        "hook_call",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("hook", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=96), nullable=False),
        sa.Column("at", Utc, nullable=False),
        sa.Column("data", Document, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("due_at", Utc, nullable=False),
        sa.Column("created_at", Utc, nullable=False),
        sa.Column("lease_until", Utc, nullable=True),
        sa.Column("token", sa.Integer(), server_default="0", nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("first_try_at", Utc, nullable=True),
        sa.Column("sent_at", Utc, nullable=True),
        sa.Column("reason", sa.String(length=96), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hook_call")),
        sa.UniqueConstraint("hook", "key", name=op.f("uq_hook_call_hook_key")),
    )
    waiting = sa.text("state = 'waiting'")
    op.create_index("ix_hook_call_waiting", "hook_call", ["due_at"], sqlite_where=waiting, postgresql_where=waiting)
    op.create_index(op.f("ix_hook_call_created_at"), "hook_call", ["created_at"])


def downgrade() -> None:
    op.drop_table("hook_call")
    for table in MARKED:
        op.drop_index(f"ix_{table}_unannounced", table)
        op.drop_column(table, "unannounced")
