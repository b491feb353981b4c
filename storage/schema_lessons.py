"""What incidents and exercises taught, and the actions that follow; those of crises stand beside their crises."""

import sqlalchemy as sa

from storage.schema import Id, Utc, metadata
from storage.schema_action import action_table

lesson = sa.Table(
    "lesson",
    metadata,
    sa.Column("id", Id, primary_key=True, autoincrement=True),
    sa.Column("origin", sa.String(16), nullable=False),
    sa.Column("subject", sa.String(64), nullable=False),
    sa.Column("text", sa.String(500), nullable=False),
    sa.Column("learned_by", sa.String(64), nullable=False),
    sa.Column("learned_at", Utc, nullable=False),
    sa.UniqueConstraint("origin", "subject"),
)

lesson_action = action_table("lesson_action", parent="lesson", doer="person")
