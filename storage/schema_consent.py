"""Consents of staff, and how each came and went."""

import sqlalchemy as sa

from storage.schema import Id, Utc, metadata

consent = sa.Table(
    "consent",
    metadata,
    sa.Column("id", Id, primary_key=True, autoincrement=True),
    sa.Column("person", sa.String(64), nullable=False),
    sa.Column("platform", sa.String(32), nullable=False),
    sa.Column("account", sa.String(256), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("code", sa.String(32), nullable=False, unique=True),
    sa.Column("invited_by", sa.String(64), nullable=False),
    sa.Column("invited_at", Utc, nullable=False),
    sa.Column("expires_at", Utc, nullable=False),
    sa.Column("proven_at", Utc),
    sa.Column("proven_by", sa.String(64)),
    sa.Column("decided_at", Utc),
    sa.Column("notice_version", sa.String(16), nullable=False, server_default=""),
    sa.Column("notice", sa.Text, nullable=False, server_default=""),
    sa.Column("language", sa.String(8), nullable=False, server_default=""),
)
_stands = sa.text("state IN ('invited', 'proven', 'granted')")
sa.Index("uq_consent_standing", consent.c.platform, consent.c.account, unique=True, sqlite_where=_stands, postgresql_where=_stands)
sa.Index("ix_consent_person", consent.c.person)
