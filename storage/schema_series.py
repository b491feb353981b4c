"""The series that are watched: how far each was judged, what is remembered of it, and what was seen in it."""

import sqlalchemy as sa

from storage.schema import Document, Id, Utc, metadata

series_state = sa.Table(
    "series_state",
    metadata,
    sa.Column("brand", sa.String(64), primary_key=True),
    sa.Column("scope", sa.String(16), primary_key=True),
    sa.Column("measure", sa.String(96), primary_key=True),
    sa.Column("upto", Utc, nullable=False),
    sa.Column("blob", sa.Text, nullable=False),
)

signal = sa.Table(
    "signal",
    metadata,
    sa.Column("id", Id, primary_key=True, autoincrement=True),
    sa.Column("brand", sa.String(64), nullable=False),
    sa.Column("scope", sa.String(16), nullable=False),
    sa.Column("measure", sa.String(96), nullable=False),
    sa.Column("opened_at", Utc, nullable=False),
    sa.Column("ended_at", Utc),
    sa.Column("window_min", sa.Integer, nullable=False),
    sa.Column("seen", sa.Float, nullable=False),
    sa.Column("usual_low", sa.Float, nullable=False),
    sa.Column("usual_high", sa.Float, nullable=False),
    sa.Column("line", sa.Float, nullable=False),
    sa.Column("is_cold", sa.Boolean, nullable=False),
    sa.Column("weigh_at", Utc),
    sa.Column("verdict", sa.String(16), nullable=False, server_default=""),
    sa.Column("incident_id", Id),
    sa.Column("numbers", Document),
)
_LIVE = signal.c.weigh_at.is_not(None)
sa.Index("ix_signal_live", signal.c.weigh_at, sqlite_where=_LIVE, postgresql_where=_LIVE)
_OF_INCIDENT = signal.c.incident_id.is_not(None)
sa.Index("ix_signal_incident_id", signal.c.incident_id, sqlite_where=_OF_INCIDENT, postgresql_where=_OF_INCIDENT)
sa.Index("uq_signal_series_opened_at", signal.c.brand, signal.c.scope, signal.c.measure, signal.c.opened_at, unique=True)
sa.Index("ix_signal_opened_at", signal.c.opened_at)
