"""The policy's versions, comments, approvals and reviews

Revision 0013, after 0012.
"""

import sqlalchemy as sa
from alembic import op

from storage.schema import Document, Id, Utc

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

OPEN = sa.text("outcome IS NULL")


def upgrade() -> None:
    op.create_table(
        "policy_version",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("fingerprint", sa.String(length=16), nullable=False),
        sa.Column("needs", Document, nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("made_at", Utc, nullable=False),
        sa.Column("effective_at", Utc, nullable=True),
        sa.Column("published_by", sa.String(length=64), nullable=True),
        sa.Column("published_at", Utc, nullable=True),
        sa.Column("ended_at", Utc, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_version")),
    )
    op.create_index("ix_policy_version_effective_at", "policy_version", ["effective_at"])
    op.create_table(
        "policy_clause",
        sa.Column("version_id", Id, nullable=False),
        sa.Column("clause", sa.String(length=16), nullable=False),
        sa.Column("body", Document, nullable=False),
        sa.ForeignKeyConstraint(["version_id"], ["policy_version.id"], name=op.f("fk_policy_clause_version_id")),
        sa.PrimaryKeyConstraint("version_id", "clause", name=op.f("pk_policy_clause")),
    )
    op.create_table(
        "policy_approval",
        sa.Column("version_id", Id, nullable=False),
        sa.Column("office", sa.String(length=64), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("at", Utc, nullable=False),
        sa.ForeignKeyConstraint(["version_id"], ["policy_version.id"], name=op.f("fk_policy_approval_version_id")),
        sa.PrimaryKeyConstraint("version_id", "office", name=op.f("pk_policy_approval")),
    )
    op.create_table(
        "policy_comment",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("version_id", Id, nullable=False),
        sa.Column("clause", sa.String(length=16), server_default="", nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", Utc, nullable=False),
        sa.ForeignKeyConstraint(["version_id"], ["policy_version.id"], name=op.f("fk_policy_comment_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_comment")),
    )
    op.create_index("ix_policy_comment_version_id_id", "policy_comment", ["version_id", "id"])
    op.create_table(
        "policy_review",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("clause", sa.String(length=16), nullable=False),
        sa.Column("trigger", sa.String(length=16), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=False),
        sa.Column("evidence", Document, nullable=False),
        sa.Column("opened_by", sa.String(length=64), nullable=False),
        sa.Column("opened_at", Utc, nullable=False),
        sa.Column("due_at", Utc, nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.Column("reason", sa.String(length=500), server_default="", nullable=False),
        sa.Column("decided_by", sa.String(length=64), nullable=True),
        sa.Column("decided_at", Utc, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_review")),
        sa.UniqueConstraint("clause", "trigger", "key", name=op.f("uq_policy_review_clause_trigger_key")),
    )
    op.create_index("ix_policy_review_open", "policy_review", ["due_at"], sqlite_where=OPEN, postgresql_where=OPEN)


def downgrade() -> None:
    for table in ("policy_review", "policy_comment", "policy_approval", "policy_clause", "policy_version"):
        op.drop_table(table)
