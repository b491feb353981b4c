"""Who completed which training, and when."""

import sqlalchemy as sa

from storage.schema import Id, Utc, metadata

training_done = sa.Table(
    "training_done",
    metadata,
    sa.Column("id", Id, primary_key=True, autoincrement=True),
    sa.Column("person", sa.String(64), nullable=False),
    sa.Column("training", sa.String(64), nullable=False),
    sa.Column("at", Utc, nullable=False),
    sa.Column("noted_by", sa.String(64), nullable=False),
    sa.UniqueConstraint("person", "training", "at"),
)
