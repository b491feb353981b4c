"""The register of accounts, what its checks found, strangers who use the brand."""

import sqlalchemy as sa
from alembic import op

from storage.schema import Document, Id, Utc

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

KEPT = sa.text("ended_at IS NULL")
STANDING = sa.text("mended_at IS NULL")
UNSETTLED = sa.text("settled IS NULL")


def upgrade() -> None:
    op.create_table(
        "registered_account",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=192), nullable=False),
        sa.Column("platform", sa.String(length=32), nullable=False),
        sa.Column("handle", sa.String(length=128), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("deputies", Document, nullable=False),
        sa.Column("access", Document, nullable=False),
        sa.Column("mandate", sa.Text(), nullable=False),
        sa.Column("two_factor", sa.Boolean(), nullable=False),
        sa.Column("recovery", sa.String(length=256), nullable=False),
        sa.Column("brand", sa.String(length=64), nullable=True),
        sa.Column("account_id", sa.String(length=256), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("reviewed_at", Utc, nullable=True),
        sa.Column("registered_at", Utc, nullable=False),
        sa.Column("ended_at", Utc, nullable=True),
        sa.Column("ended_because", sa.String(length=500), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registered_account")),
    )
    op.create_index("uq_registered_account_kept_key", "registered_account", ["key"], unique=True, sqlite_where=KEPT, postgresql_where=KEPT)
    op.create_table(
        "account_fault",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("account_id", Id, nullable=False),
        sa.Column("fault", sa.String(length=32), nullable=False),
        sa.Column("detail", sa.String(length=500), nullable=False),
        sa.Column("incident_id", Id, nullable=True),
        sa.Column("found_at", Utc, nullable=False),
        sa.Column("mended_at", Utc, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["registered_account.id"], name=op.f("fk_account_fault_account_id")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_account_fault_incident_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_fault")),
    )
    op.create_index(
        "uq_account_fault_standing",
        "account_fault",
        ["account_id", "fault"],
        unique=True,
        sqlite_where=STANDING,
        postgresql_where=STANDING,
    )
    op.create_table(
        "stranger",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("author_key", sa.String(length=320), nullable=False),
        sa.Column("platform", sa.String(length=32), nullable=False),
        sa.Column("handle", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("brand", sa.String(length=64), nullable=True),
        sa.Column("owner", sa.String(length=64), nullable=False),
        sa.Column("item_id", Id, nullable=False),
        sa.Column("incident_id", Id, nullable=True),
        sa.Column("found_at", Utc, nullable=False),
        sa.Column("settled", sa.String(length=16), nullable=True),
        sa.Column("reason", sa.String(length=500), server_default="", nullable=False),
        sa.Column("settled_by", sa.String(length=96), nullable=True),
        sa.Column("settled_at", Utc, nullable=True),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_stranger_incident_id")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_stranger_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stranger")),
        sa.UniqueConstraint("author_key", name=op.f("uq_stranger_author_key")),
    )
    op.create_index("ix_stranger_unsettled", "stranger", ["id"], sqlite_where=UNSETTLED, postgresql_where=UNSETTLED)
    op.create_table(
        "looked_upto",
        sa.Column("what", sa.String(length=32), nullable=False),
        sa.Column("item_id", Id, nullable=False),
        sa.PrimaryKeyConstraint("what", name=op.f("pk_looked_upto")),
    )


def downgrade() -> None:
    for table in ("looked_upto", "stranger", "account_fault", "registered_account"):
        op.drop_table(table)
