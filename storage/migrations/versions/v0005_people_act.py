"""What people do: claims and a history of conversations, merged and irrelevant incidents, mutes, expected events, duties

Revision 0005, after 0004.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from storage.schema import Document, Id, Utc

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

CONVERSATION: tuple[tuple[str, Any], ...] = (
    ("claimed_by", sa.String(64)),
    ("claimed_until", Utc),
    ("resolve_by", Utc),
    ("last_answer_at", Utc),
)
INCIDENT: tuple[tuple[str, Any], ...] = (("merged_into", Id), ("irrelevant_until", Utc))
TABLES = ("duty", "expected", "held_finding", "mute", "conversation_event")


def upgrade() -> None:
    for name, kind in CONVERSATION:
        op.add_column("conversation", sa.Column(name, kind, nullable=True))
    for name, kind in INCIDENT:
        op.add_column("incident", sa.Column(name, kind, nullable=True))
        given = sa.text(f"{name} IS NOT NULL")
        op.create_index(f"ix_incident_{name}", "incident", [name], unique=False, sqlite_where=given, postgresql_where=given)
    _history()
    _mutes()
    _expected()
    _duties()


def _history() -> None:
    op.create_table(
        "conversation_event",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("conversation_id", Id, nullable=False),
        sa.Column("at", Utc, nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=96), nullable=False),
        sa.Column("detail", Document, nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name=op.f("fk_conversation_event_conversation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation_event")),
    )
    op.create_index("ix_conversation_event_conversation_id_id", "conversation_event", ["conversation_id", "id"], unique=False)


def _mutes() -> None:
    op.create_table(
        "mute",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("value", sa.String(length=320), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("brand", sa.String(length=64), nullable=True),
        sa.Column("starts_at", Utc, nullable=False),
        sa.Column("ends_at", Utc, nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("ended_by", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mute")),
    )
    op.create_index("ix_mute_ends_at", "mute", ["ends_at"], unique=False)
    op.create_table(
        "held_finding",
        sa.Column("item_id", Id, nullable=False),
        sa.Column("label", sa.String(length=64), nullable=False),
        sa.Column("mute_id", Id, nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_held_finding_item_id")),
        sa.ForeignKeyConstraint(["mute_id"], ["mute.id"], name=op.f("fk_held_finding_mute_id")),
        sa.PrimaryKeyConstraint("item_id", "label", name=op.f("pk_held_finding")),
    )
    op.create_index("ix_held_finding_mute_id", "held_finding", ["mute_id"], unique=False)


def _expected() -> None:
    op.create_table(
        "expected",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("factor", sa.Float, nullable=False),
        sa.Column("brand", sa.String(length=64), nullable=True),
        sa.Column("starts_at", Utc, nullable=False),
        sa.Column("ends_at", Utc, nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("ended_by", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expected")),
    )
    op.create_index("ix_expected_ends_at", "expected", ["ends_at"], unique=False)


def _duties() -> None:
    op.create_table(
        "duty",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=False),
        sa.Column("incident_id", Id, nullable=True),
        sa.Column("conversation_id", Id, nullable=True),
        sa.Column("opened_at", Utc, nullable=False),
        sa.Column("due_at", Utc, nullable=False),
        sa.Column("decision", sa.String(length=16), nullable=True),
        sa.Column("reason", sa.String(length=500), server_default="", nullable=False),
        sa.Column("decided_by", sa.String(length=64), nullable=True),
        sa.Column("decided_at", Utc, nullable=True),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_duty_incident_id")),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name=op.f("fk_duty_conversation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty")),
        sa.UniqueConstraint("incident_id", "kind", name=op.f("uq_duty_incident_id_kind")),
        sa.UniqueConstraint("conversation_id", "kind", name=op.f("uq_duty_conversation_id_kind")),
    )
    undecided = sa.text("decision IS NULL")
    op.create_index("ix_duty_undecided", "duty", ["due_at"], unique=False, sqlite_where=undecided, postgresql_where=undecided)


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
    for name, _ in INCIDENT:
        op.drop_index(f"ix_incident_{name}", table_name="incident")
        op.drop_column("incident", name)
    for name, _ in CONVERSATION:
        op.drop_column("conversation", name)
