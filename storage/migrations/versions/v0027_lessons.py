"""What incidents and exercises taught, and the actions that follow

Revision 0027, after 0026.
"""

import sqlalchemy as sa
from alembic import op

from storage.schema import Id, Utc

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

OPEN = sa.text("done_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "lesson",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("origin", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("learned_by", sa.String(length=64), nullable=False),
        sa.Column("learned_at", Utc, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lesson")),
        sa.UniqueConstraint("origin", "subject", name=op.f("uq_lesson_origin_subject")),
    )
    op.create_table(
        "lesson_action",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("lesson_id", Id, nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("due_at", Utc, nullable=False),
        sa.Column("about", sa.String(length=16), nullable=False),
        sa.Column("pointer", sa.String(length=200), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("made_at", Utc, nullable=False),
        sa.Column("done_by", sa.String(length=64), nullable=True),
        sa.Column("done_at", Utc, nullable=True),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name=op.f("fk_lesson_action_lesson_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lesson_action")),
    )
    op.create_index("ix_lesson_action_lesson_id", "lesson_action", ["lesson_id"])
    op.create_index("ix_lesson_action_open", "lesson_action", ["due_at"], sqlite_where=OPEN, postgresql_where=OPEN)


def downgrade() -> None:
    op.drop_table("lesson_action")
    op.drop_table("lesson")
