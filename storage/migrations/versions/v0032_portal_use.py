"""How the portal is used: sums by month and department."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "portal_use",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("department", sa.String(length=64), nullable=False),
        sa.Column("staff", sa.Integer(), nullable=False),
        sa.Column("active", sa.Integer(), nullable=False),
        sa.Column("managers", sa.Integer(), nullable=False),
        sa.Column("managers_active", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("month", "department", name=op.f("pk_portal_use")),
    )


def downgrade() -> None:
    op.drop_table("portal_use")
