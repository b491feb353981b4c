"""Consents of staff; without one the database takes nothing of their accounts

Revision 0020, after 0019.
"""

import sqlalchemy as sa
from alembic import op

from storage.schema import Id, Utc

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

STANDS = sa.text("state IN ('invited', 'proven', 'granted')")
MISSING = (
    "{0}.scope = 'employee' AND NOT EXISTS (SELECT 1 FROM consent WHERE state = 'granted' AND platform = {0}.platform "
    "AND account = lower(ltrim({0}.author_handle, '@')))"
)


def upgrade() -> None:
    op.create_table(
        "consent",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("platform", sa.String(length=32), nullable=False),
        sa.Column("account", sa.String(length=256), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("invited_by", sa.String(length=64), nullable=False),
        sa.Column("invited_at", Utc, nullable=False),
        sa.Column("expires_at", Utc, nullable=False),
        sa.Column("proven_at", Utc, nullable=True),
        sa.Column("proven_by", sa.String(length=64), nullable=True),
        sa.Column("decided_at", Utc, nullable=True),
        sa.Column("notice_version", sa.String(length=16), nullable=False, server_default=""),
        sa.Column("notice", sa.Text(), nullable=False, server_default=""),
        sa.Column("language", sa.String(length=8), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
        sa.UniqueConstraint("code", name=op.f("uq_consent_code")),
    )
    op.create_index("uq_consent_standing", "consent", ["platform", "account"], unique=True, sqlite_where=STANDS, postgresql_where=STANDS)
    op.create_index("ix_consent_person", "consent", ["person"])
    if op.get_bind().dialect.name == "sqlite":
        for when in ("INSERT", "UPDATE OF text"):
            name = when.split()[0].lower()
            op.execute(
                f"CREATE TRIGGER item_{name}_needs_consent BEFORE {when} ON item WHEN NEW.text <> '' AND {MISSING.format('NEW')} "
                "BEGIN SELECT RAISE(ABORT, 'no consent stands for this account of staff'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION czujka_needs_consent() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF NEW.text <> '' AND {MISSING.format('NEW')} THEN RAISE EXCEPTION 'no consent stands for this account of staff'; END IF; "
        "RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER item_needs_consent BEFORE INSERT OR UPDATE OF text ON item FOR EACH ROW EXECUTE FUNCTION czujka_needs_consent()"
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER item_insert_needs_consent")
        op.execute("DROP TRIGGER item_update_needs_consent")
    else:
        op.execute("DROP TRIGGER item_needs_consent ON item")
        op.execute("DROP FUNCTION czujka_needs_consent()")
    op.drop_table("consent")
