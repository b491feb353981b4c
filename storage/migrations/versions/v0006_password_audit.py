"""Passwords, and who did what

Revision 0006, after 0005.
"""

import sqlalchemy as sa
from alembic import op

from storage.schema import Id, Utc

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "password",
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=256), nullable=False),
        sa.Column("set_at", Utc, nullable=False),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_password")),
    )
    op.create_table(
        "audit_line",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("at", Utc, nullable=False),
        sa.Column("actor", sa.String(length=96), nullable=False),
        sa.Column("act", sa.String(length=128), nullable=False),
        sa.Column("subject", sa.String(length=256), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_line")),
    )


def downgrade() -> None:
    op.drop_table("audit_line")
    op.drop_table("password")
