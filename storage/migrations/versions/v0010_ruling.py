"""What people decided about rules and labels: on trial, live, reported from another score

Revision 0010, after 0009.
"""

import sqlalchemy as sa
from alembic import op

from storage.schema import Id, Utc

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ruling",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("about", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=96), nullable=False),
        sa.Column("standing", sa.String(length=8), nullable=False),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("made_at", Utc, nullable=False),
        sa.Column("ended_by", sa.String(length=64), nullable=True),
        sa.Column("ended_at", Utc, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ruling")),
    )
    holding = sa.text("ended_at IS NULL")
    op.create_index("uq_ruling_holding", "ruling", ["about", "name"], unique=True, sqlite_where=holding, postgresql_where=holding)


def downgrade() -> None:
    op.drop_table("ruling")
