"""The policy's versions, what was said and approved of them, and the reviews that its clauses want."""

import sqlalchemy as sa

from storage.schema import Document, Id, Utc, metadata

policy_version = sa.Table(
    "policy_version",
    metadata,
    sa.Column("id", Id, primary_key=True, autoincrement=True),
    sa.Column("note", sa.String(500), nullable=False),
    sa.Column("fingerprint", sa.String(16), nullable=False),
    sa.Column("needs", Document, nullable=False),
    sa.Column("made_by", sa.String(64), nullable=False),
    sa.Column("made_at", Utc, nullable=False),
    sa.Column("effective_at", Utc),
    sa.Column("published_by", sa.String(64)),
    sa.Column("published_at", Utc),
    sa.Column("ended_at", Utc),
)
sa.Index("ix_policy_version_effective_at", policy_version.c.effective_at)

policy_clause = sa.Table(
    "policy_clause",
    metadata,
    sa.Column("version_id", Id, sa.ForeignKey("policy_version.id"), primary_key=True),
    sa.Column("clause", sa.String(16), primary_key=True),
    sa.Column("body", Document, nullable=False),
)

policy_approval = sa.Table(
    "policy_approval",
    metadata,
    sa.Column("version_id", Id, sa.ForeignKey("policy_version.id"), primary_key=True),
    sa.Column("office", sa.String(64), primary_key=True),
    sa.Column("person", sa.String(64), nullable=False),
    sa.Column("actor", sa.String(64), nullable=False),
    sa.Column("at", Utc, nullable=False),
)

policy_comment = sa.Table(
    "policy_comment",
    metadata,
    sa.Column("id", Id, primary_key=True, autoincrement=True),
    sa.Column("version_id", Id, sa.ForeignKey("policy_version.id"), nullable=False),
    sa.Column("clause", sa.String(16), nullable=False, server_default=""),
    sa.Column("person", sa.String(64), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("at", Utc, nullable=False),
)
sa.Index("ix_policy_comment_version_id_id", policy_comment.c.version_id, policy_comment.c.id)

policy_review = sa.Table(
    "policy_review",
    metadata,
    sa.Column("id", Id, primary_key=True, autoincrement=True),
    sa.Column("clause", sa.String(16), nullable=False),
    sa.Column("trigger", sa.String(16), nullable=False),
    sa.Column("key", sa.String(200), nullable=False),
    sa.Column("owner", sa.String(64), nullable=False),
    sa.Column("evidence", Document, nullable=False),
    sa.Column("opened_by", sa.String(64), nullable=False),
    sa.Column("opened_at", Utc, nullable=False),
    sa.Column("due_at", Utc, nullable=False),
    sa.Column("outcome", sa.String(16)),
    sa.Column("reason", sa.String(500), nullable=False, server_default=""),
    sa.Column("decided_by", sa.String(64)),
    sa.Column("decided_at", Utc),
    sa.UniqueConstraint("clause", "trigger", "key"),
)
_open = policy_review.c.outcome.is_(None)
sa.Index("ix_policy_review_open", policy_review.c.due_at, sqlite_where=_open, postgresql_where=_open)
