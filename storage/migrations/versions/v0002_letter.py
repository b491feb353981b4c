"""Which mail of the calendar went to whom

Revision 0002, after 0001.
"""

import sqlalchemy as sa
from alembic import op

from storage.schema import Id, Utc

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "letter",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("topic", sa.String(length=128), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=256), nullable=False),
        sa.Column("planned_at", Utc, nullable=False),
        sa.Column("due_at", Utc, nullable=False),
        sa.Column("lease_until", Utc, nullable=True),
        sa.Column("token", sa.Integer(), server_default="0", nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("reason", sa.String(length=96), server_default="", nullable=False),
        sa.Column("sent_at", Utc, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
        sa.UniqueConstraint("kind", "topic", "address", name=op.f("uq_letter_kind_topic_address")),
    )
    op.create_index(
        "ix_letter_unsent",
        "letter",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("sent_at IS NULL"),
        postgresql_where=sa.text("sent_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("letter")
