"""How many different people write in five minutes, and how many follow them; marks on a crisis's log until hooks were told of it."""

import sqlalchemy as sa
from alembic import op

from storage.schema import Utc

revision = "0026"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    marked = sa.text("unannounced IS 1" if op.get_bind().dialect.name == "sqlite" else "unannounced IS true")
    op.add_column("crisis_entry", sa.Column("unannounced", sa.Boolean(), nullable=True))
    op.create_index("ix_crisis_entry_unannounced", "crisis_entry", ["id"], sqlite_where=marked, postgresql_where=marked)
    op.create_table(
        "audience",
        sa.Column("brand", sa.String(length=64), nullable=False),
        sa.Column("source_id", sa.String(length=64), nullable=False),
        sa.Column("bucket", Utc, nullable=False),
        sa.Column("authors", sa.Integer(), nullable=False),
        sa.Column("known", sa.Integer(), nullable=False),
        sa.Column("reach", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("brand", "source_id", "bucket", name=op.f("pk_audience")),
    )
    op.create_table(
        "audience_mark",
        sa.Column("bucket", Utc, nullable=False),
        sa.Column("brand", sa.String(length=64), nullable=False),
        sa.Column("scope", sa.String(length=16), nullable=False),
        sa.Column("author", sa.BigInteger(), nullable=False),
        sa.Column("is_known", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("bucket", "brand", "scope", "author", name=op.f("pk_audience_mark")),
    )


def downgrade() -> None:
    op.drop_table("audience_mark")
    op.drop_table("audience")
    op.drop_index("ix_crisis_entry_unannounced", "crisis_entry")
    op.drop_column("crisis_entry", "unannounced")
