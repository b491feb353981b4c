"""Cases of breaches with their history and their evidence, and who looked into one without the right."""

import sqlalchemy as sa

from storage.schema import Document, Id, Utc, metadata

compliance_case = sa.Table(
    "compliance_case",
    metadata,
    sa.Column("id", Id, primary_key=True, autoincrement=True),
    sa.Column("clause", sa.String(16), nullable=False),
    sa.Column("policy_version", Id, sa.ForeignKey("policy_version.id"), nullable=False),
    sa.Column("label", sa.String(64), nullable=False),
    sa.Column("brand", sa.String(64)),
    sa.Column("incident_id", Id, sa.ForeignKey("incident.id")),
    sa.Column("concerned", sa.String(320), nullable=False),
    sa.Column("stage", sa.String(16), nullable=False),
    sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    sa.Column("opened_by", sa.String(64), nullable=False),
    sa.Column("opened_at", Utc, nullable=False),
    sa.Column("due_at", Utc),
    sa.Column("decider", sa.String(64), nullable=False, server_default=""),
    sa.Column("appeal_decider", sa.String(64), nullable=False, server_default=""),
    sa.Column("found", sa.String(16)),
    sa.Column("consequence", sa.String(16)),
    sa.Column("decided_by", sa.String(64)),
    sa.Column("decided_at", Utc),
    sa.Column("first_decided_by", sa.String(64)),
    sa.Column("appeal_until", Utc),
    sa.Column("final", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("closed_at", Utc),
    sa.Column("emptied_at", Utc),
)
_runs = compliance_case.c.closed_at.is_(None)
sa.Index(
    "uq_compliance_case_running",
    compliance_case.c.incident_id,
    compliance_case.c.clause,
    compliance_case.c.concerned,
    unique=True,
    sqlite_where=_runs,
    postgresql_where=_runs,
)
sa.Index("ix_compliance_case_due_at", compliance_case.c.due_at, sqlite_where=_runs, postgresql_where=_runs)
sa.Index("ix_compliance_case_opened_at", compliance_case.c.opened_at)
_over = sa.and_(compliance_case.c.closed_at.is_not(None), compliance_case.c.emptied_at.is_(None))
sa.Index("ix_compliance_case_closed_at", compliance_case.c.closed_at, sqlite_where=_over, postgresql_where=_over)

case_entry = sa.Table(
    "case_entry",
    metadata,
    sa.Column("id", Id, primary_key=True, autoincrement=True),
    sa.Column("case_id", Id, sa.ForeignKey("compliance_case.id"), nullable=False),
    sa.Column("at", Utc, nullable=False),
    sa.Column("actor", sa.String(64), nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("text", sa.Text, nullable=False, server_default=""),
    sa.Column("detail", Document, nullable=False),
    sa.Column("seal", sa.String(64), nullable=False, server_default=""),
    sa.Column("redacted", sa.String(40), nullable=False, server_default=""),
)
sa.Index("ix_case_entry_case_id_id", case_entry.c.case_id, case_entry.c.id)
sa.Index("ix_case_entry_kind_at", case_entry.c.kind, case_entry.c.at)

case_evidence = sa.Table(
    "case_evidence",
    metadata,
    sa.Column("id", Id, primary_key=True, autoincrement=True),
    sa.Column("case_id", Id, sa.ForeignKey("compliance_case.id"), nullable=False),
    sa.Column("item_id", Id, sa.ForeignKey("item.id"), nullable=False),
    sa.Column("source_id", sa.String(64), nullable=False),
    sa.Column("frozen_at", Utc, nullable=False),
    sa.Column("frozen_by", sa.String(64), nullable=False),
    sa.Column("body", Document),
    sa.Column("seal", sa.String(64), nullable=False),
    sa.Column("held_because", sa.String(500), nullable=False, server_default=""),
    sa.Column("emptied_at", Utc),
    sa.Column("emptied_because", sa.String(16), nullable=False, server_default=""),
    sa.Column("redacted", sa.String(40), nullable=False, server_default=""),
)
sa.Index("ix_case_evidence_case_id_id", case_evidence.c.case_id, case_evidence.c.id)
sa.Index("ix_case_evidence_item_id", case_evidence.c.item_id)

case_glass = sa.Table(
    "case_glass",
    metadata,
    sa.Column("id", Id, primary_key=True, autoincrement=True),
    sa.Column("case_id", Id, sa.ForeignKey("compliance_case.id"), nullable=False),
    sa.Column("person", sa.String(64), nullable=False),
    sa.Column("reason", sa.String(500), nullable=False),
    sa.Column("opened_at", Utc, nullable=False),
    sa.Column("until", Utc, nullable=False),
)
sa.Index("ix_case_glass_case_id", case_glass.c.case_id)
sa.Index("ix_case_glass_until", case_glass.c.until)
