"""Cases of breaches: their history, their evidence, and who looked into one without the right."""

import sqlalchemy as sa
from alembic import op

from storage.schema import Document, Id, Utc

revision = "0024"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _cases()
    _belongings()


def _cases() -> None:
    op.create_table(
        "compliance_case",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("clause", sa.String(length=16), nullable=False),
        sa.Column("policy_version", Id, nullable=False),
        sa.Column("label", sa.String(length=64), nullable=False),
        sa.Column("brand", sa.String(length=64), nullable=True),
        sa.Column("incident_id", Id, nullable=True),
        sa.Column("concerned", sa.String(length=320), nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("opened_by", sa.String(length=64), nullable=False),
        sa.Column("opened_at", Utc, nullable=False),
        sa.Column("due_at", Utc, nullable=True),
        sa.Column("decider", sa.String(length=64), server_default="", nullable=False),
        sa.Column("appeal_decider", sa.String(length=64), server_default="", nullable=False),
        sa.Column("found", sa.String(length=16), nullable=True),
        sa.Column("consequence", sa.String(length=16), nullable=True),
        sa.Column("decided_by", sa.String(length=64), nullable=True),
        sa.Column("decided_at", Utc, nullable=True),
        sa.Column("first_decided_by", sa.String(length=64), nullable=True),
        sa.Column("appeal_until", Utc, nullable=True),
        sa.Column("final", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("closed_at", Utc, nullable=True),
        sa.Column("emptied_at", Utc, nullable=True),
        sa.ForeignKeyConstraint(["policy_version"], ["policy_version.id"], name=op.f("fk_compliance_case_policy_version")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_compliance_case_incident_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_compliance_case")),
    )
    runs = sa.text("closed_at IS NULL")
    over = sa.text("closed_at IS NOT NULL AND emptied_at IS NULL")
    same = ["incident_id", "clause", "concerned"]
    op.create_index("uq_compliance_case_running", "compliance_case", same, unique=True, sqlite_where=runs, postgresql_where=runs)
    op.create_index("ix_compliance_case_due_at", "compliance_case", ["due_at"], sqlite_where=runs, postgresql_where=runs)
    op.create_index("ix_compliance_case_opened_at", "compliance_case", ["opened_at"])
    op.create_index("ix_compliance_case_closed_at", "compliance_case", ["closed_at"], sqlite_where=over, postgresql_where=over)


def _belongings() -> None:
    op.create_table(
        "case_entry",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("at", Utc, nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("detail", Document, nullable=False),
        sa.Column("seal", sa.String(length=64), server_default="", nullable=False),
        sa.Column("redacted", sa.String(length=40), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["compliance_case.id"], name=op.f("fk_case_entry_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_entry")),
    )
    op.create_index("ix_case_entry_case_id_id", "case_entry", ["case_id", "id"])
    op.create_index("ix_case_entry_kind_at", "case_entry", ["kind", "at"])
    op.create_table(
        "case_evidence",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("item_id", Id, nullable=False),
        sa.Column("source_id", sa.String(length=64), nullable=False),
        sa.Column("frozen_at", Utc, nullable=False),
        sa.Column("frozen_by", sa.String(length=64), nullable=False),
        sa.Column("body", Document, nullable=True),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.Column("held_because", sa.String(length=500), server_default="", nullable=False),
        sa.Column("emptied_at", Utc, nullable=True),
        sa.Column("emptied_because", sa.String(length=16), server_default="", nullable=False),
        sa.Column("redacted", sa.String(length=40), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["compliance_case.id"], name=op.f("fk_case_evidence_case_id")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_case_evidence_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_evidence")),
    )
    op.create_index("ix_case_evidence_case_id_id", "case_evidence", ["case_id", "id"])
    op.create_index("ix_case_evidence_item_id", "case_evidence", ["item_id"])
    op.create_table(
        "case_glass",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("case_id", Id, nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("opened_at", Utc, nullable=False),
        sa.Column("until", Utc, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["compliance_case.id"], name=op.f("fk_case_glass_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_glass")),
    )
    op.create_index("ix_case_glass_case_id", "case_glass", ["case_id"])
    op.create_index("ix_case_glass_until", "case_glass", ["until"])


def downgrade() -> None:
    for table in ("case_glass", "case_evidence", "case_entry", "compliance_case"):
        op.drop_table(table)
