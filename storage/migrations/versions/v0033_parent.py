"""Replies are found from what they answer."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

REPLIES = sa.text("parent_id IS NOT NULL")


def upgrade() -> None:
    op.create_index("ix_item_parent_id", "item", ["parent_id"], sqlite_where=REPLIES, postgresql_where=REPLIES)


def downgrade() -> None:
    op.drop_index("ix_item_parent_id", table_name="item")
