"""Posts counted by day, and the times in which a source was not read."""

import sqlalchemy as sa
from alembic import op

from storage.schema import Utc

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tally",
        sa.Column("measure", sa.String(length=120), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("brand", sa.String(length=64), nullable=False),
        sa.Column("platform", sa.String(length=32), nullable=False),
        sa.Column("scope", sa.String(length=16), nullable=False),
        sa.Column("voice", sa.String(length=16), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("measure", "day", "brand", "platform", "scope", "voice", name=op.f("pk_tally")),
    )
    op.create_table(
        "tally_zone",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tally_zone")),
    )
    op.create_table(
        "blind_spell",
        sa.Column("source_id", sa.String(length=64), nullable=False),
        sa.Column("starts_at", Utc, nullable=False),
        sa.Column("ends_at", Utc, nullable=False),
        sa.PrimaryKeyConstraint("source_id", "starts_at", name=op.f("pk_blind_spell")),
    )
    op.create_index("ix_blind_spell_ends_at", "blind_spell", ["ends_at"], unique=False)


def downgrade() -> None:
    op.drop_table("blind_spell")
    op.drop_table("tally_zone")
    op.drop_table("tally")
