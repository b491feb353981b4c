"""Clicks on the buttons of messages, each counted once

Revision 0007, after 0006.
"""

import sqlalchemy as sa
from alembic import op

from storage.schema import Id, Utc

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "click",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("once", sa.String(length=64), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("act", sa.String(length=16), nullable=False),
        sa.Column("incident_id", Id, nullable=False),
        sa.Column("at", Utc, nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_click_incident_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_click")),
        sa.UniqueConstraint("channel", "once", name=op.f("uq_click_channel_once")),
    )


def downgrade() -> None:
    op.drop_table("click")
