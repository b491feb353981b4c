"""The spine: sources, items, findings, incidents, deliveries

Revision 0001, after None.
"""

import sqlalchemy as sa
from alembic import op

from storage.schema import Document, Id, Utc

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    "attempt",
    "story_signature",
    "item_revision",
    "incident_participant",
    "incident_item",
    "incident_event",
    "finding",
    "delivery",
    "conversation_item",
    "source_state",
    "sign_in_token",
    "session",
    "rollup",
    "quarantine",
    "oncall_override",
    "item",
    "incident",
    "conversation",
)


def upgrade() -> None:
    op.create_table(
        "conversation",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=320), nullable=False),
        sa.Column("brand", sa.String(length=64), nullable=True),
        sa.Column("platform", sa.String(length=32), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("opened_at", Utc, nullable=False),
        sa.Column("due_at", Utc, nullable=True),
        sa.Column("answered_at", Utc, nullable=True),
        sa.Column("closed_at", Utc, nullable=True),
        sa.Column("assignee", sa.String(length=64), nullable=True),
        sa.Column("last_item_id", Id, nullable=False),
        sa.Column("items", sa.Integer(), server_default="1", nullable=False),
        sa.Column("version", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation")),
    )
    op.create_index("ix_conversation_opened_at", "conversation", ["opened_at"], unique=False)
    op.create_index("ix_conversation_state_due_at", "conversation", ["state", "due_at"], unique=False)
    op.create_index(
        "uq_conversation_open_key",
        "conversation",
        ["key"],
        unique=True,
        sqlite_where=sa.text("state != 'closed'"),
        postgresql_where=sa.text("state != 'closed'"),
    )
    op.create_table(
        "incident",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("dedup_key", sa.String(length=256), nullable=False),
        sa.Column("brand", sa.String(length=64), nullable=True),
        sa.Column("label", sa.String(length=64), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("severity", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=False),
        sa.Column("policy", Document, nullable=False),
        sa.Column("paging", sa.Boolean(), nullable=False),
        sa.Column("step", sa.Integer(), server_default="0", nullable=False),
        sa.Column("repeated", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_step_at", Utc, nullable=True),
        sa.Column("opened_at", Utc, nullable=False),
        sa.Column("last_item_at", Utc, nullable=False),
        sa.Column("acknowledged_by", sa.String(length=64), nullable=True),
        sa.Column("acknowledged_at", Utc, nullable=True),
        sa.Column("ack_expires_at", Utc, nullable=True),
        sa.Column("snoozed_until", Utc, nullable=True),
        sa.Column("resolved_at", Utc, nullable=True),
        sa.Column("items", sa.Integer(), server_default="0", nullable=False),
        sa.Column("authors", sa.Integer(), server_default="0", nullable=False),
        sa.Column("follows", Id, nullable=True),
        sa.Column("version", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["follows"], ["incident.id"], name=op.f("fk_incident_follows")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
    )
    op.create_index(
        "ix_incident_ack_expires_at",
        "incident",
        ["ack_expires_at"],
        unique=False,
        sqlite_where=sa.text("state = 'acknowledged'"),
        postgresql_where=sa.text("state = 'acknowledged'"),
    )
    op.create_index(
        "ix_incident_next_step_at",
        "incident",
        ["next_step_at"],
        unique=False,
        sqlite_where=sa.text("state = 'open' AND next_step_at IS NOT NULL"),
        postgresql_where=sa.text("state = 'open' AND next_step_at IS NOT NULL"),
    )
    op.create_index("ix_incident_resolved_at", "incident", ["resolved_at"], unique=False)
    op.create_index("ix_incident_state_opened_at", "incident", ["state", "opened_at"], unique=False)
    op.create_index(
        "uq_incident_open_dedup_key",
        "incident",
        ["dedup_key"],
        unique=True,
        sqlite_where=sa.text("state != 'resolved'"),
        postgresql_where=sa.text("state != 'resolved'"),
    )
    op.create_table(
        "item",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("platform", sa.String(length=32), nullable=False),
        sa.Column("external_id", sa.String(length=512), nullable=False),
        sa.Column("source_id", sa.String(length=64), nullable=False),
        sa.Column("brand", sa.String(length=64), nullable=True),
        sa.Column("scope", sa.String(length=16), nullable=False),
        sa.Column("voice", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("lang", sa.String(length=16), server_default="", nullable=False),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), server_default="", nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("url", sa.Text(), server_default="", nullable=False),
        sa.Column("author_id", sa.String(length=256), server_default="", nullable=False),
        sa.Column("author_name", sa.Text(), server_default="", nullable=False),
        sa.Column("author_handle", sa.Text(), server_default="", nullable=False),
        sa.Column("author_key", sa.String(length=320), nullable=False),
        sa.Column("followers", sa.BigInteger(), nullable=True),
        sa.Column("parent_id", sa.String(length=512), nullable=True),
        sa.Column("thread_id", sa.String(length=512), nullable=True),
        sa.Column("attachments", Document, nullable=True),
        sa.Column("engagement", Document, nullable=True),
        sa.Column("raw", Document, nullable=True),
        sa.Column("created_at", Utc, nullable=False),
        sa.Column("collected_at", Utc, nullable=False),
        sa.Column("edited_at", Utc, nullable=True),
        sa.Column("deleted_at", Utc, nullable=True),
        sa.Column("revision", sa.Integer(), server_default="0", nullable=False),
        sa.Column("may_page", sa.Boolean(), nullable=False),
        sa.Column("classified_by", sa.String(length=40), nullable=True),
        sa.Column("classified_at", Utc, nullable=True),
        sa.Column("assessed_at", Utc, nullable=True),
        sa.Column("negative", sa.Float(), nullable=True),
        sa.Column("neutral", sa.Float(), nullable=True),
        sa.Column("positive", sa.Float(), nullable=True),
        sa.Column("truncated", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item")),
        sa.UniqueConstraint("platform", "external_id", name=op.f("uq_item_platform_external_id")),
    )
    op.create_index("ix_item_author_key_id", "item", ["author_key", "id"], unique=False)
    op.create_index("ix_item_classified_by_id", "item", ["classified_by", "id"], unique=False)
    op.create_index("ix_item_created_at", "item", ["created_at"], unique=False)
    op.create_index("ix_item_source_id_id", "item", ["source_id", "id"], unique=False)
    op.create_index(
        "ix_item_unassessed",
        "item",
        ["id"],
        unique=False,
        sqlite_where=sa.text("assessed_at IS NULL AND classified_by IS NOT NULL"),
        postgresql_where=sa.text("assessed_at IS NULL AND classified_by IS NOT NULL"),
    )
    op.create_index(
        "ix_item_unread",
        "item",
        ["id"],
        unique=False,
        sqlite_where=sa.text("classified_by IS NULL"),
        postgresql_where=sa.text("classified_by IS NULL"),
    )
    op.create_table(
        "oncall_override",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("schedule", sa.String(length=64), nullable=False),
        sa.Column("layer", sa.Integer(), nullable=True),
        sa.Column("person", sa.String(length=64), nullable=True),
        sa.Column("starts_at", Utc, nullable=False),
        sa.Column("ends_at", Utc, nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("made_at", Utc, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_oncall_override")),
    )
    op.create_index("ix_oncall_override_ends_at", "oncall_override", ["ends_at"], unique=False)
    op.create_table(
        "quarantine",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("source_id", sa.String(length=64), nullable=False),
        sa.Column("seen_at", Utc, nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarantine")),
        sa.UniqueConstraint("source_id", "hash", name=op.f("uq_quarantine_source_id_hash")),
    )
    op.create_table(
        "rollup",
        sa.Column("brand", sa.String(length=64), nullable=False),
        sa.Column("source_id", sa.String(length=64), nullable=False),
        sa.Column("measure", sa.String(length=96), nullable=False),
        sa.Column("minute", Utc, nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("brand", "source_id", "measure", "minute", name=op.f("pk_rollup")),
    )
    op.create_table(
        "session",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("opened_at", Utc, nullable=False),
        sa.Column("expires_at", Utc, nullable=False),
        sa.Column("ended_at", Utc, nullable=True),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_session")),
    )
    op.create_table(
        "sign_in_token",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("expires_at", Utc, nullable=False),
        sa.Column("used_at", Utc, nullable=True),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_sign_in_token")),
    )
    op.create_table(
        "source_state",
        sa.Column("source_id", sa.String(length=64), nullable=False),
        sa.Column("cursor", Document, nullable=True),
        sa.Column("next_poll_at", Utc, nullable=False),
        sa.Column("lease_until", Utc, nullable=True),
        sa.Column("lease_token", sa.Integer(), server_default="0", nullable=False),
        sa.Column("first_success_at", Utc, nullable=True),
        sa.Column("last_poll_at", Utc, nullable=True),
        sa.Column("last_success_at", Utc, nullable=True),
        sa.Column("last_item_at", Utc, nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("reason", sa.String(length=64), server_default="", nullable=False),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.Column("items", sa.Integer(), server_default="0", nullable=False),
        sa.Column("requests", sa.Integer(), server_default="0", nullable=False),
        sa.Column("quotas", Document, nullable=True),
        sa.Column("ended_at", Utc, nullable=True),
        sa.PrimaryKeyConstraint("source_id", name=op.f("pk_source_state")),
    )
    op.create_index("ix_source_state_next_poll_at", "source_state", ["next_poll_at"], unique=False)
    op.create_table(
        "conversation_item",
        sa.Column("conversation_id", Id, nullable=False),
        sa.Column("item_id", Id, nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name=op.f("fk_conversation_item_conversation_id")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_conversation_item_item_id")),
        sa.PrimaryKeyConstraint("conversation_id", "item_id", name=op.f("pk_conversation_item")),
    )
    op.create_index("ix_conversation_item_item_id", "conversation_item", ["item_id"], unique=False)
    op.create_table(
        "delivery",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("dedup_key", sa.String(length=320), nullable=False),
        sa.Column("incident_id", Id, nullable=False),
        sa.Column("person", sa.String(length=64), nullable=True),
        sa.Column("contact", sa.String(length=256), nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("severity", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("due_at", Utc, nullable=False),
        sa.Column("created_at", Utc, nullable=False),
        sa.Column("lease_until", Utc, nullable=True),
        sa.Column("token", sa.Integer(), server_default="0", nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("first_try_at", Utc, nullable=True),
        sa.Column("sent_at", Utc, nullable=True),
        sa.Column("remote_id", sa.String(length=512), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_delivery_incident_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("dedup_key", name=op.f("uq_delivery_dedup_key")),
    )
    op.create_index("ix_delivery_contact_due_at", "delivery", ["contact", "due_at"], unique=False)
    op.create_index("ix_delivery_incident_id", "delivery", ["incident_id"], unique=False)
    op.create_index(
        "ix_delivery_waiting",
        "delivery",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "finding",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("item_id", Id, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=64), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("severity", sa.String(length=16), nullable=False),
        sa.Column("detector", sa.String(length=96), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("reported", sa.Boolean(), nullable=False),
        sa.Column("brand", sa.String(length=64), nullable=True),
        sa.Column("said_at", Utc, nullable=False),
        sa.Column("found_at", Utc, nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_finding_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
        sa.UniqueConstraint(
            "item_id", "revision", "detector", "label", "start", name=op.f("uq_finding_item_id_revision_detector_label_start")
        ),
    )
    op.create_index("ix_finding_label_said_at", "finding", ["label", "said_at"], unique=False)
    op.create_table(
        "incident_event",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("incident_id", Id, nullable=False),
        sa.Column("at", Utc, nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=96), nullable=False),
        sa.Column("detail", Document, nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_incident_event_incident_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_event")),
    )
    op.create_index("ix_incident_event_incident_id_id", "incident_event", ["incident_id", "id"], unique=False)
    op.create_table(
        "incident_item",
        sa.Column("incident_id", Id, nullable=False),
        sa.Column("item_id", Id, nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_incident_item_incident_id")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_incident_item_item_id")),
        sa.PrimaryKeyConstraint("incident_id", "item_id", name=op.f("pk_incident_item")),
    )
    op.create_index("ix_incident_item_item_id", "incident_item", ["item_id"], unique=False)
    op.create_table(
        "incident_participant",
        sa.Column("incident_id", Id, nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=False),
        sa.Column("told_at", Utc, nullable=True),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_incident_participant_incident_id")),
        sa.PrimaryKeyConstraint("incident_id", "owner", name=op.f("pk_incident_participant")),
    )
    op.create_index(
        "ix_incident_participant_untold",
        "incident_participant",
        ["incident_id"],
        unique=False,
        sqlite_where=sa.text("told_at IS NULL"),
        postgresql_where=sa.text("told_at IS NULL"),
    )
    op.create_table(
        "item_revision",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("item_id", Id, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("seen_at", Utc, nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_item_revision_item_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_revision")),
        sa.UniqueConstraint("item_id", "revision", name=op.f("uq_item_revision_item_id_revision")),
    )
    op.create_table(
        "story_signature",
        sa.Column("item_id", Id, nullable=False),
        sa.Column("band", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_story_signature_item_id")),
        sa.PrimaryKeyConstraint("item_id", "band", name=op.f("pk_story_signature")),
    )
    op.create_index("ix_story_signature_band", "story_signature", ["band"], unique=False)
    op.create_table(
        "attempt",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("delivery_id", Id, nullable=False),
        sa.Column("at", Utc, nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=96), nullable=False),
        sa.Column("remote_id", sa.String(length=512), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], name=op.f("fk_attempt_delivery_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt")),
    )
    op.create_index("ix_attempt_delivery_id", "attempt", ["delivery_id"], unique=False)
    if op.get_bind().dialect.name == "sqlite":
        op.execute("CREATE VIRTUAL TABLE item_words USING fts5(folded, content='', tokenize='unicode61 remove_diacritics 0')")
    else:
        op.execute("CREATE INDEX ix_item_words ON item USING gin (to_tsvector('simple', folded))")


def downgrade() -> None:
    for table in ("item_words", *TABLES) if op.get_bind().dialect.name == "sqlite" else TABLES:
        op.drop_table(table)
