"""Departments of the staff, and who keeps each entry

Revision 0029, after 0028.
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("colleague", sa.Column("department", sa.String(length=64), server_default="", nullable=False))
    op.add_column("colleague", sa.Column("source", sa.String(length=16), server_default="sheet", nullable=False))


def downgrade() -> None:
    op.drop_column("colleague", "source")
    op.drop_column("colleague", "department")
