"""What people say of findings: right, wrong, another label

Revision 0003, after 0002.
"""

import sqlalchemy as sa
from alembic import op

from storage.schema import Id, Utc

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "verdict",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("finding_id", Id, nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("said", sa.String(length=8), nullable=False),
        sa.Column("label", sa.String(length=64), nullable=True),
        sa.Column("note", sa.String(length=500), server_default="", nullable=False),
        sa.Column("at", Utc, nullable=False),
        sa.Column("superseded_at", Utc, nullable=True),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name=op.f("fk_verdict_finding_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verdict")),
    )
    counting = sa.text("superseded_at IS NULL")
    op.create_index(
        "uq_verdict_counting", "verdict", ["finding_id", "person"], unique=True, sqlite_where=counting, postgresql_where=counting
    )
    op.create_index("ix_verdict_counting_at", "verdict", ["at"], unique=False, sqlite_where=counting, postgresql_where=counting)
    op.create_index("ix_verdict_finding_id_id", "verdict", ["finding_id", "id"], unique=False)


def downgrade() -> None:
    op.drop_table("verdict")
