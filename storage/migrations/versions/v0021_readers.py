"""The staff, and who has read which version of the policy."""

import sqlalchemy as sa
from alembic import op

from storage.schema import Id, Utc

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "colleague",
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=256), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("manager", sa.String(length=64), nullable=False),
        sa.Column("joined_at", Utc, nullable=True),
        sa.Column("left_at", Utc, nullable=True),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_colleague")),
    )
    op.create_table(
        "policy_read",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("version_id", Id, nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("at", Utc, nullable=False),
        sa.ForeignKeyConstraint(["version_id"], ["policy_version.id"], name=op.f("fk_policy_read_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_read")),
        sa.UniqueConstraint("version_id", "what", "person", name=op.f("uq_policy_read_version_id_what_person")),
    )


def downgrade() -> None:
    op.drop_table("policy_read")
    op.drop_table("colleague")
