"""Who has confirmed which message of the communication plan

Revision 0030, after 0029.
"""

import sqlalchemy as sa
from alembic import op

from storage.schema import Id, Utc

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "message_read",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("plan", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", Utc, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_read")),
        sa.UniqueConstraint("plan", "day", "person", name=op.f("uq_message_read_plan_day_person")),
    )


def downgrade() -> None:
    op.drop_table("message_read")
