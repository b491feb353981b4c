"""What those who leave a turn on call want to be known

Revision 0012, after 0011.
"""

import sqlalchemy as sa
from alembic import op

from storage.schema import Id, Utc

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "shift_remark",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("schedule", sa.String(length=64), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("at", Utc, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift_remark")),
    )
    op.create_index("ix_shift_remark_schedule_at", "shift_remark", ["schedule", "at"])


def downgrade() -> None:
    op.drop_table("shift_remark")
