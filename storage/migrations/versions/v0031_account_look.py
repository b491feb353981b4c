"""How the last look at each registered account's profile ended

Revision 0031, after 0030.
"""

import sqlalchemy as sa
from alembic import op

from storage.schema import Id, Utc

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account_look",
        sa.Column("account_id", Id, autoincrement=False, nullable=False),
        sa.Column("looked_at", Utc, nullable=False),
        sa.Column("misses", sa.Integer(), nullable=False),
        sa.Column("platform_id", sa.String(length=256), nullable=False),
        sa.Column("handle", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["registered_account.id"], name=op.f("fk_account_look_account_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_account_look")),
    )


def downgrade() -> None:
    op.drop_table("account_look")
