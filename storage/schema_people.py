"""Who may come in, and what they hold: passwords, sessions, tokens, clicks, overrides on call."""

import sqlalchemy as sa

from storage.schema import Document, Id, Utc, metadata

password = sa.Table(
    "password",
    metadata,
    sa.Column("person", sa.String(64), primary_key=True),
    sa.Column("hash", sa.String(256), nullable=False),
    sa.Column("set_at", Utc, nullable=False),
)

click = sa.Table(
    "click",
    metadata,
    sa.Column("id", Id, primary_key=True, autoincrement=True),
    sa.Column("channel", sa.String(64), nullable=False),
    sa.Column("once", sa.String(64), nullable=False),
    sa.Column("person", sa.String(64), nullable=False),
    sa.Column("act", sa.String(16), nullable=False),
    sa.Column("incident_id", Id, sa.ForeignKey("incident.id"), nullable=False),
    sa.Column("at", Utc, nullable=False),
    sa.UniqueConstraint("channel", "once"),
)

access_token = sa.Table(
    "access_token",
    metadata,
    sa.Column("id", Id, primary_key=True, autoincrement=True),
    sa.Column("hash", sa.String(64), nullable=False, unique=True),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("subject", sa.String(96), nullable=False),
    sa.Column("name", sa.String(96), nullable=False),
    sa.Column("scopes", Document, nullable=False),
    sa.Column("made_by", sa.String(64), nullable=False),
    sa.Column("made_at", Utc, nullable=False),
    sa.Column("expires_at", Utc),
    sa.Column("used_at", Utc),
    sa.Column("revoked_at", Utc),
)

oncall_override = sa.Table(
    "oncall_override",
    metadata,
    sa.Column("id", Id, primary_key=True, autoincrement=True),
    sa.Column("schedule", sa.String(64), nullable=False),
    sa.Column("layer", sa.Integer),
    sa.Column("person", sa.String(64)),
    sa.Column("starts_at", Utc, nullable=False),
    sa.Column("ends_at", Utc, nullable=False),
    sa.Column("made_by", sa.String(64), nullable=False),
    sa.Column("made_at", Utc, nullable=False),
)
sa.Index("ix_oncall_override_ends_at", oncall_override.c.ends_at)

sign_in_token = sa.Table(
    "sign_in_token",
    metadata,
    sa.Column("hash", sa.String(64), primary_key=True),
    sa.Column("person", sa.String(64), nullable=False),
    sa.Column("expires_at", Utc, nullable=False),
    sa.Column("used_at", Utc),
)

session = sa.Table(
    "session",
    metadata,
    sa.Column("hash", sa.String(64), primary_key=True),
    sa.Column("person", sa.String(64), nullable=False),
    sa.Column("opened_at", Utc, nullable=False),
    sa.Column("expires_at", Utc, nullable=False),
    sa.Column("ended_at", Utc),
)
