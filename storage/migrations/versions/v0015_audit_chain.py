"""The audit is chained and cannot be changed; people in it are pseudonyms

Revision 0015, after 0014. What stands in the audit already is chained as it is met here.
"""

import re

import sqlalchemy as sa
from alembic import op

from core.accounts import AuditLine
from core.chain import GENESIS, chained, new_alias
from storage.schema import Id, Utc

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

LINES = sa.table(
    "audit_line",
    sa.column("id", Id),
    sa.column("at", Utc),
    sa.column("actor", sa.String),
    sa.column("act", sa.String),
    sa.column("subject", sa.String),
    sa.column("hash", sa.String),
)
ALIASES = sa.table("pseudonym", sa.column("pseudonym", sa.String), sa.column("name", sa.String), sa.column("key", sa.String))

WORD = re.compile("[a-z0-9][a-z0-9._-]*")


def upgrade() -> None:
    op.create_table(
        "pseudonym",
        sa.Column("pseudonym", sa.String(length=33), nullable=False),
        sa.Column("name", sa.String(length=320), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("pseudonym", name=op.f("pk_pseudonym")),
        sa.UniqueConstraint("name", name=op.f("uq_pseudonym_name")),
    )
    op.add_column("audit_line", sa.Column("hash", sa.String(length=64), nullable=False, server_default=""))
    _chain(op.get_bind())
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_line_no_{act.lower()} BEFORE {act} ON audit_line "
                "BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION czujka_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the audit is append-only'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_line_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_line "
        "FOR EACH STATEMENT EXECUTE FUNCTION czujka_append_only()"
    )


def _chain(connection: sa.Connection) -> None:
    """Number the lines without gaps, put pseudonyms in the place of everybody who ever acted or may sign in, and chain them."""
    lines = connection.execute(sa.select(LINES).order_by(LINES.c.id)).all()
    known = connection.execute(
        sa.text("SELECT person FROM password UNION SELECT subject FROM access_token UNION SELECT person FROM session")
    )
    aliases = {name: new_alias(name) for name in sorted({line.actor for line in lines} | set(known.scalars()))}
    if aliases:
        rows = [{"pseudonym": one.pseudonym, "name": one.name, "key": one.key} for one in aliases.values()]
        connection.execute(sa.insert(ALIASES), rows)

    def hidden(text: str) -> str:
        return WORD.sub(lambda found: aliases[found[0]].pseudonym if found[0] in aliases else found[0], text)

    last = GENESIS
    for number, row in enumerate(lines, start=1):
        line = AuditLine(line_id=number, at=row.at, actor=aliases[row.actor].pseudonym, act=row.act, subject=hidden(row.subject)[:256])
        last = chained(last, line)
        connection.execute(
            sa.update(LINES).where(LINES.c.id == row.id).values(id=number, actor=line.actor, subject=line.subject, hash=last)
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER audit_line_no_update")
        op.execute("DROP TRIGGER audit_line_no_delete")
    else:
        op.execute("DROP TRIGGER audit_line_append_only ON audit_line")
        op.execute("DROP FUNCTION czujka_append_only()")
    op.drop_column("audit_line", "hash")
    op.drop_table("pseudonym")
