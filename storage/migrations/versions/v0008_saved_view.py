"""Views that people keep, and an index in the order of the inbox

Revision 0008, after 0007.
"""

import sqlalchemy as sa
from alembic import op

from storage.schema import Id, Utc

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "saved_view",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("query", sa.String(length=1000), nullable=False),
        sa.Column("team", sa.String(length=64), nullable=True),
        sa.Column("made_at", Utc, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint("person", "name", name=op.f("uq_saved_view_person_name")),
    )
    op.create_index(op.f("ix_saved_view_team"), "saved_view", ["team"])
    op.create_table(
        "default_view",
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("view_id", Id, nullable=False),
        sa.ForeignKeyConstraint(["view_id"], ["saved_view.id"], name=op.f("fk_default_view_view_id")),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_default_view")),
    )
    op.create_index(op.f("ix_default_view_view_id"), "default_view", ["view_id"])
    unresolved = sa.text("state != 'resolved'")
    columns = ["severity", "opened_at", "id"]
    op.create_index("ix_incident_unresolved", "incident", columns, sqlite_where=unresolved, postgresql_where=unresolved)


def downgrade() -> None:
    op.drop_index("ix_incident_unresolved", "incident")
    op.drop_table("default_view")
    op.drop_table("saved_view")
