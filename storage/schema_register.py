"""The register of accounts, what its checks have found, and strangers who use the brand."""

import sqlalchemy as sa

from storage.schema import Document, Id, Utc, metadata

registered_account = sa.Table(
    "registered_account",
    metadata,
    sa.Column("id", Id, primary_key=True, autoincrement=True),
    sa.Column("key", sa.String(192), nullable=False),
    sa.Column("platform", sa.String(32), nullable=False),
    sa.Column("handle", sa.String(128), nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("owner", sa.String(64), nullable=False),
    sa.Column("person", sa.String(64), nullable=False),
    sa.Column("deputies", Document, nullable=False),
    sa.Column("access", Document, nullable=False),
    sa.Column("mandate", sa.Text, nullable=False),
    sa.Column("two_factor", sa.Boolean, nullable=False),
    sa.Column("recovery", sa.String(256), nullable=False),
    sa.Column("brand", sa.String(64)),
    sa.Column("account_id", sa.String(256), nullable=False),
    sa.Column("source", sa.String(64), nullable=False),
    sa.Column("reviewed_at", Utc),
    sa.Column("registered_at", Utc, nullable=False),
    sa.Column("ended_at", Utc),
    sa.Column("ended_because", sa.String(500), nullable=False, server_default=""),
)
_kept = registered_account.c.ended_at.is_(None)
sa.Index("uq_registered_account_kept_key", registered_account.c.key, unique=True, sqlite_where=_kept, postgresql_where=_kept)

account_fault = sa.Table(
    "account_fault",
    metadata,
    sa.Column("id", Id, primary_key=True, autoincrement=True),
    sa.Column("account_id", Id, sa.ForeignKey("registered_account.id"), nullable=False),
    sa.Column("fault", sa.String(32), nullable=False),
    sa.Column("detail", sa.String(500), nullable=False),
    sa.Column("incident_id", Id, sa.ForeignKey("incident.id")),
    sa.Column("found_at", Utc, nullable=False),
    sa.Column("mended_at", Utc),
)
_standing = account_fault.c.mended_at.is_(None)
sa.Index(
    "uq_account_fault_standing",
    account_fault.c.account_id,
    account_fault.c.fault,
    unique=True,
    sqlite_where=_standing,
    postgresql_where=_standing,
)

account_look = sa.Table(
    "account_look",
    metadata,
    sa.Column("account_id", Id, sa.ForeignKey("registered_account.id"), primary_key=True, autoincrement=False),
    sa.Column("looked_at", Utc, nullable=False),
    sa.Column("misses", sa.Integer, nullable=False),
    sa.Column("platform_id", sa.String(256), nullable=False),
    sa.Column("handle", sa.Text, nullable=False),
)

stranger = sa.Table(
    "stranger",
    metadata,
    sa.Column("id", Id, primary_key=True, autoincrement=True),
    sa.Column("author_key", sa.String(320), nullable=False, unique=True),
    sa.Column("platform", sa.String(32), nullable=False),
    sa.Column("handle", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("brand", sa.String(64)),
    sa.Column("owner", sa.String(64), nullable=False),
    sa.Column("item_id", Id, sa.ForeignKey("item.id"), nullable=False),
    sa.Column("incident_id", Id, sa.ForeignKey("incident.id")),
    sa.Column("found_at", Utc, nullable=False),
    sa.Column("settled", sa.String(16)),
    sa.Column("reason", sa.String(500), nullable=False, server_default=""),
    sa.Column("settled_by", sa.String(96)),
    sa.Column("settled_at", Utc),
)
_unsettled = stranger.c.settled.is_(None)
sa.Index("ix_stranger_unsettled", stranger.c.id, sqlite_where=_unsettled, postgresql_where=_unsettled)

looked_upto = sa.Table(
    "looked_upto",
    metadata,
    sa.Column("what", sa.String(32), primary_key=True),
    sa.Column("item_id", Id, nullable=False),
)
