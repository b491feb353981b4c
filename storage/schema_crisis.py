"""Crises with their log, what was ticked of their checklist, their statements, and the actions that their reviews ended in."""

import sqlalchemy as sa

from storage.schema import Document, Id, Utc, metadata, unannounced
from storage.schema_action import action_table

crisis = sa.Table(
    "crisis",
    metadata,
    sa.Column("id", Id, primary_key=True, autoincrement=True),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("title", sa.String(200), nullable=False),
    sa.Column("brand", sa.String(64)),
    sa.Column("incident_id", Id, sa.ForeignKey("incident.id")),
    sa.Column("stage", sa.String(16), nullable=False),
    sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    sa.Column("roles", Document, nullable=False),
    sa.Column("declared_by", sa.String(64), nullable=False),
    sa.Column("declared_at", Utc, nullable=False),
    sa.Column("stood_down_by", sa.String(64)),
    sa.Column("stood_down_at", Utc),
    sa.Column("reviewed_by", sa.String(64)),
    sa.Column("reviewed_at", Utc),
)
_lasts = crisis.c.stage == "declared"
sa.Index("uq_crisis_incident_id_declared", crisis.c.incident_id, unique=True, sqlite_where=_lasts, postgresql_where=_lasts)

crisis_entry = sa.Table(
    "crisis_entry",
    metadata,
    sa.Column("id", Id, primary_key=True, autoincrement=True),
    sa.Column("crisis_id", Id, sa.ForeignKey("crisis.id"), nullable=False),
    sa.Column("at", Utc, nullable=False),
    sa.Column("actor", sa.String(64), nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("text", sa.Text, nullable=False, server_default=""),
    sa.Column("detail", Document, nullable=False),
    sa.Column("unannounced", sa.Boolean, default=True),
)
unannounced(crisis_entry)
sa.Index("ix_crisis_entry_crisis_id_id", crisis_entry.c.crisis_id, crisis_entry.c.id)

crisis_tick = sa.Table(
    "crisis_tick",
    metadata,
    sa.Column("crisis_id", Id, sa.ForeignKey("crisis.id"), primary_key=True),
    sa.Column("item", sa.String(64), primary_key=True),
    sa.Column("person", sa.String(64), nullable=False),
    sa.Column("at", Utc, nullable=False),
)

crisis_statement = sa.Table(
    "crisis_statement",
    metadata,
    sa.Column("id", Id, primary_key=True, autoincrement=True),
    sa.Column("crisis_id", Id, sa.ForeignKey("crisis.id"), nullable=False),
    sa.Column("language", sa.String(8), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("drafted_by", sa.String(64), nullable=False),
    sa.Column("drafted_at", Utc, nullable=False),
    sa.Column("approved_by", sa.String(64)),
    sa.Column("approved_at", Utc),
    sa.Column("published_by", sa.String(64)),
    sa.Column("published_at", Utc),
    sa.Column("published_where", sa.String(500), nullable=False, server_default=""),
    sa.Column("dropped_at", Utc),
)
sa.Index("ix_crisis_statement_crisis_id", crisis_statement.c.crisis_id)

crisis_action = action_table("crisis_action", parent="crisis", doer="owner")
