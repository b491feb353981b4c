"""The staff, and who has read which version of the policy."""

import sqlalchemy as sa

from storage.schema import Id, Utc, metadata

colleague = sa.Table(
    "colleague",
    metadata,
    sa.Column("person", sa.String(64), primary_key=True),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("address", sa.String(256), nullable=False),
    sa.Column("language", sa.String(8), nullable=False),
    sa.Column("role", sa.String(32), nullable=False),
    sa.Column("manager", sa.String(64), nullable=False),
    sa.Column("department", sa.String(64), nullable=False, server_default=""),
    sa.Column("source", sa.String(16), nullable=False, server_default="sheet"),
    sa.Column("joined_at", Utc),
    sa.Column("left_at", Utc),
)

policy_read = sa.Table(
    "policy_read",
    metadata,
    sa.Column("id", Id, primary_key=True, autoincrement=True),
    sa.Column("person", sa.String(64), nullable=False),
    sa.Column("what", sa.String(16), nullable=False),
    sa.Column("version_id", Id, sa.ForeignKey("policy_version.id"), nullable=False),
    sa.Column("language", sa.String(8), nullable=False),
    sa.Column("at", Utc, nullable=False),
    sa.UniqueConstraint("version_id", "what", "person"),
)
