"""When the letters in a post's pictures are to be read."""

import sqlalchemy as sa
from alembic import op

from storage.schema import Utc

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

DUE = sa.text("letters_due_at IS NOT NULL")


def upgrade() -> None:
    op.add_column("item", sa.Column("letters_due_at", Utc(), nullable=True))
    op.create_index("ix_item_letters_due_at", "item", ["letters_due_at"], sqlite_where=DUE, postgresql_where=DUE)


def downgrade() -> None:
    op.drop_index("ix_item_letters_due_at", table_name="item")
    op.drop_column("item", "letters_due_at")
