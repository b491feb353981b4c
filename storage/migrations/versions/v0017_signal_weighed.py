"""What a signal came to, and when it is weighed again

Revision 0017, after 0016.
"""

import sqlalchemy as sa
from alembic import op

from storage.schema import Document, Id, Utc

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

LIVE = sa.text("weigh_at IS NOT NULL")
OF_INCIDENT = sa.text("incident_id IS NOT NULL")


def upgrade() -> None:
    op.add_column("signal", sa.Column("weigh_at", Utc, nullable=True))
    op.add_column("signal", sa.Column("verdict", sa.String(length=16), server_default="", nullable=False))
    op.add_column("signal", sa.Column("incident_id", Id, nullable=True))
    op.add_column("signal", sa.Column("numbers", Document, nullable=True))
    op.create_index("ix_signal_live", "signal", ["weigh_at"], sqlite_where=LIVE, postgresql_where=LIVE)
    op.create_index("ix_signal_incident_id", "signal", ["incident_id"], sqlite_where=OF_INCIDENT, postgresql_where=OF_INCIDENT)
    op.execute("UPDATE signal SET weigh_at = opened_at WHERE ended_at IS NULL")


def downgrade() -> None:
    op.drop_index("ix_signal_incident_id", "signal")
    op.drop_index("ix_signal_live", "signal")
    for column in ("numbers", "incident_id", "verdict", "weigh_at"):
        op.drop_column("signal", column)
