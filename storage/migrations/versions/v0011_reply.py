"""The outbox of answers on platforms

Revision 0011, after 0010.
"""

import sqlalchemy as sa
from alembic import op

from storage.schema import Id, Utc

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

PENDING = sa.text("state IN ('approval', 'waiting', 'checking', 'undecided')")
SAID = sa.text("state IN ('approval', 'waiting', 'checking', 'undecided') AND kind = 'reply'")
TRIED = sa.text("state IN ('waiting', 'checking')")


def upgrade() -> None:
    op.create_table(
        "reply",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("conversation_id", Id, nullable=False),
        sa.Column("item_id", Id, nullable=False),
        sa.Column("source_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("written_by", sa.String(length=64), nullable=False),
        sa.Column("written_at", Utc, nullable=False),
        sa.Column("approved_by", sa.String(length=64), nullable=True),
        sa.Column("due_at", Utc, nullable=False),
        sa.Column("lease_until", Utc, nullable=True),
        sa.Column("token", sa.Integer(), server_default="0", nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("looks", sa.Integer(), server_default="0", nullable=False),
        sa.Column("first_try_at", Utc, nullable=True),
        sa.Column("sent_at", Utc, nullable=True),
        sa.Column("remote_id", sa.String(length=512), server_default="", nullable=False),
        sa.Column("reason", sa.String(length=96), server_default="", nullable=False),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.Column("version", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name=op.f("fk_reply_conversation_id")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_reply_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reply")),
    )
    op.create_index("uq_reply_item_kind", "reply", ["item_id", "kind"], unique=True, sqlite_where=PENDING, postgresql_where=PENDING)
    op.create_index("uq_reply_conversation", "reply", ["conversation_id"], unique=True, sqlite_where=SAID, postgresql_where=SAID)
    op.create_index("ix_reply_due_at", "reply", ["due_at"], unique=False, sqlite_where=TRIED, postgresql_where=TRIED)
    op.create_index("ix_reply_conversation_id_id", "reply", ["conversation_id", "id"], unique=False)
    op.create_index("ix_reply_state_id", "reply", ["state", "id"], unique=False)


def downgrade() -> None:
    op.drop_table("reply")
