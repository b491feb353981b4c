"""Who has confirmed which message of the communication plan."""

import sqlalchemy as sa

from storage.schema import Id, Utc, metadata

message_read = sa.Table(
    "message_read",
    metadata,
    sa.Column("id", Id, primary_key=True, autoincrement=True),
    sa.Column("person", sa.String(64), nullable=False),
    sa.Column("plan", sa.String(64), nullable=False),
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("at", Utc, nullable=False),
    sa.UniqueConstraint("plan", "day", "person"),
)
