"""Tokens that open a part of Czujka to another program

Revision 0004, after 0003.
"""

import sqlalchemy as sa
from alembic import op

from storage.schema import Document, Id, Utc

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "access_token",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=96), nullable=False),
        sa.Column("name", sa.String(length=96), nullable=False),
        sa.Column("scopes", Document, nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("made_at", Utc, nullable=False),
        sa.Column("expires_at", Utc, nullable=True),
        sa.Column("used_at", Utc, nullable=True),
        sa.Column("revoked_at", Utc, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_token")),
        sa.UniqueConstraint("hash", name=op.f("uq_access_token_hash")),
    )


def downgrade() -> None:
    op.drop_table("access_token")
