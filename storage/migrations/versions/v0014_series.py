"""The series that are watched, and what is seen in them

Revision 0014, after 0013.
"""

import sqlalchemy as sa
from alembic import op

from storage.schema import Id, Utc

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "series_state",
        sa.Column("brand", sa.String(length=64), nullable=False),
        sa.Column("scope", sa.String(length=16), nullable=False),
        sa.Column("measure", sa.String(length=96), nullable=False),
        sa.Column("upto", Utc, nullable=False),
        sa.Column("blob", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("brand", "scope", "measure", name=op.f("pk_series_state")),
    )
    op.create_table(
        "signal",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("brand", sa.String(length=64), nullable=False),
        sa.Column("scope", sa.String(length=16), nullable=False),
        sa.Column("measure", sa.String(length=96), nullable=False),
        sa.Column("opened_at", Utc, nullable=False),
        sa.Column("ended_at", Utc),
        sa.Column("window_min", sa.Integer(), nullable=False),
        sa.Column("seen", sa.Float(), nullable=False),
        sa.Column("usual_low", sa.Float(), nullable=False),
        sa.Column("usual_high", sa.Float(), nullable=False),
        sa.Column("line", sa.Float(), nullable=False),
        sa.Column("is_cold", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signal")),
    )
    op.create_index("uq_signal_series_opened_at", "signal", ["brand", "scope", "measure", "opened_at"], unique=True)
    op.create_index("ix_signal_opened_at", "signal", ["opened_at"])


def downgrade() -> None:
    op.drop_table("signal")
    op.drop_table("series_state")
