"""What goes out: deliveries about incidents with every try, and letters, which are about none."""

import sqlalchemy as sa

from storage.schema import Id, Utc, metadata

delivery = sa.Table(
    "delivery",
    metadata,
    sa.Column("id", Id, primary_key=True, autoincrement=True),
    sa.Column("dedup_key", sa.String(320), nullable=False, unique=True),
    sa.Column("incident_id", Id, sa.ForeignKey("incident.id"), nullable=False),
    sa.Column("person", sa.String(64)),
    sa.Column("contact", sa.String(256), nullable=False),
    sa.Column("channel", sa.String(64), nullable=False),
    sa.Column("language", sa.String(8), nullable=False),
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("severity", sa.String(16), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("due_at", Utc, nullable=False),
    sa.Column("created_at", Utc, nullable=False),
    sa.Column("lease_until", Utc),
    sa.Column("token", sa.Integer, nullable=False, server_default="0"),
    sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
    sa.Column("first_try_at", Utc),
    sa.Column("sent_at", Utc),
    sa.Column("remote_id", sa.String(512), nullable=False, server_default=""),
)
_waiting = delivery.c.state == "waiting"
sa.Index("ix_delivery_waiting", delivery.c.due_at, sqlite_where=_waiting, postgresql_where=_waiting)
sa.Index("ix_delivery_incident_id", delivery.c.incident_id)
sa.Index("ix_delivery_contact_due_at", delivery.c.contact, delivery.c.due_at)

attempt = sa.Table(
    "attempt",
    metadata,
    sa.Column("id", Id, primary_key=True, autoincrement=True),
    sa.Column("delivery_id", Id, sa.ForeignKey("delivery.id"), nullable=False),
    sa.Column("at", Utc, nullable=False),
    sa.Column("token", sa.Integer, nullable=False),
    sa.Column("outcome", sa.String(16), nullable=False),
    sa.Column("reason", sa.String(96), nullable=False),
    sa.Column("remote_id", sa.String(512), nullable=False, server_default=""),
)
sa.Index("ix_attempt_delivery_id", attempt.c.delivery_id)

letter = sa.Table(
    "letter",
    metadata,
    sa.Column("id", Id, primary_key=True, autoincrement=True),
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("topic", sa.String(128), nullable=False),
    sa.Column("person", sa.String(64), nullable=False),
    sa.Column("address", sa.String(256), nullable=False),
    sa.Column("planned_at", Utc, nullable=False),
    sa.Column("due_at", Utc, nullable=False),
    sa.Column("lease_until", Utc),
    sa.Column("token", sa.Integer, nullable=False, server_default="0"),
    sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
    sa.Column("reason", sa.String(96), nullable=False, server_default=""),
    sa.Column("sent_at", Utc),
    sa.UniqueConstraint("kind", "topic", "address"),
)
_unsent = letter.c.sent_at.is_(None)
sa.Index("ix_letter_unsent", letter.c.due_at, sqlite_where=_unsent, postgresql_where=_unsent)
