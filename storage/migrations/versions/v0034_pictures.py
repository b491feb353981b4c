"""Pictures and films that nobody has described wait for a person."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

WAITING = sa.text("unseen > 0")


def upgrade() -> None:
    op.add_column("item", sa.Column("unseen", sa.Integer(), nullable=True))
    op.create_index("ix_item_unseen", "item", ["id"], sqlite_where=WAITING, postgresql_where=WAITING)


def downgrade() -> None:
    op.drop_index("ix_item_unseen", table_name="item")
    op.drop_column("item", "unseen")
