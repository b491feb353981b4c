"""Who completed which training

Revision 0028, after 0027.
"""

import sqlalchemy as sa
from alembic import op

from storage.schema import Id, Utc

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "training_done",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("training", sa.String(length=64), nullable=False),
        sa.Column("at", Utc, nullable=False),
        sa.Column("noted_by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_done")),
        sa.UniqueConstraint("person", "training", "at", name=op.f("uq_training_done_person_training_at")),
    )


def downgrade() -> None:
    op.drop_table("training_done")
