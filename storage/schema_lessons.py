"""What incidents and exercises taught, and the actions that follow; those of crises stand beside their crises."""

import sqlalchemy as sa

from storage.schema import Id, Utc, metadata

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

lesson_action = sa.Table(
    "lesson_action",
    metadata,
    sa.Column("id", Id, primary_key=True, autoincrement=True),
    sa.Column("lesson_id", Id, sa.ForeignKey("lesson.id"), nullable=False),
    sa.Column("text", sa.String(500), nullable=False),
    sa.Column("person", sa.String(64), nullable=False),
    sa.Column("due_at", Utc, nullable=False),
    sa.Column("about", sa.String(16), nullable=False),
    sa.Column("pointer", sa.String(200), nullable=False),
    sa.Column("made_by", sa.String(64), nullable=False),
    sa.Column("made_at", Utc, nullable=False),
    sa.Column("done_by", sa.String(64)),
    sa.Column("done_at", Utc),
)
sa.Index("ix_lesson_action_lesson_id", lesson_action.c.lesson_id)
_todo = lesson_action.c.done_at.is_(None)
sa.Index("ix_lesson_action_open", lesson_action.c.due_at, sqlite_where=_todo, postgresql_where=_todo)
