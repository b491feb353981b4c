"""Every table, once, for SQLite and PostgreSQL. What is still to do is a null or a due time, with an index that holds only such rows."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Utc(sa.TypeDecorator[datetime]):
    """Aware UTC in and out. SQLite keeps no zone, so it is put back on reading."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an aware time was expected")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        read: datetime = value
        return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)


Document = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _key() -> sa.Column[int]:
    return sa.Column("id", Id, primary_key=True, autoincrement=True)


def _todo(name: str, *columns: sa.Column[Any], where: sa.ColumnElement[bool], unique: bool = False) -> None:
    """An index over the rows that still want something: small however the table grows."""
    sa.Index(name, *columns, unique=unique, sqlite_where=where, postgresql_where=where)


def unannounced(table: sa.Table) -> None:
    """A table of what happens: each new row is marked until hooks were told of it, in the transaction that wrote it."""
    _todo(f"ix_{table.name}_unannounced", table.c.id, where=table.c.unannounced.is_(sa.true()))


source_state = sa.Table(
    "source_state",
    metadata,
    sa.Column("source_id", sa.String(64), primary_key=True),
    sa.Column("cursor", Document),
    sa.Column("next_poll_at", Utc, nullable=False),
    sa.Column("lease_until", Utc),
    sa.Column("lease_token", sa.Integer, nullable=False, server_default="0"),
    sa.Column("first_success_at", Utc),
    sa.Column("last_poll_at", Utc),
    sa.Column("last_success_at", Utc),
    sa.Column("last_item_at", Utc),
    sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
    sa.Column("reason", sa.String(64), nullable=False, server_default=""),
    sa.Column("detail", sa.Text, nullable=False, server_default=""),
    sa.Column("items", sa.Integer, nullable=False, server_default="0"),
    sa.Column("requests", sa.Integer, nullable=False, server_default="0"),
    sa.Column("quotas", Document),
    sa.Column("ended_at", Utc),
)
sa.Index("ix_source_state_next_poll_at", source_state.c.next_poll_at)

quarantine = sa.Table(
    "quarantine",
    metadata,
    _key(),
    sa.Column("source_id", sa.String(64), nullable=False),
    sa.Column("seen_at", Utc, nullable=False),
    sa.Column("reason", sa.String(64), nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("raw", sa.Text, nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
    sa.UniqueConstraint("source_id", "hash"),
)

item = sa.Table(
    "item",
    metadata,
    _key(),
    sa.Column("platform", sa.String(32), nullable=False),
    sa.Column("external_id", sa.String(512), nullable=False),
    sa.Column("source_id", sa.String(64), nullable=False),
    sa.Column("brand", sa.String(64)),
    sa.Column("scope", sa.String(16), nullable=False),
    sa.Column("voice", sa.String(16), nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("lang", sa.String(16), nullable=False, server_default=""),
    sa.Column("title", sa.Text, nullable=False, server_default=""),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("folded", sa.Text, nullable=False, server_default=""),
    sa.Column("hash", sa.String(64), nullable=False),
    sa.Column("url", sa.Text, nullable=False, server_default=""),
    sa.Column("author_id", sa.String(256), nullable=False, server_default=""),
    sa.Column("author_name", sa.Text, nullable=False, server_default=""),
    sa.Column("author_handle", sa.Text, nullable=False, server_default=""),
    sa.Column("author_key", sa.String(320), nullable=False),
    sa.Column("followers", sa.BigInteger),
    sa.Column("parent_id", sa.String(512)),
    sa.Column("thread_id", sa.String(512)),
    sa.Column("attachments", Document),
    sa.Column("engagement", Document),
    sa.Column("raw", Document),
    sa.Column("created_at", Utc, nullable=False),
    sa.Column("collected_at", Utc, nullable=False),
    sa.Column("edited_at", Utc),
    sa.Column("deleted_at", Utc),
    sa.Column("revision", sa.Integer, nullable=False, server_default="0"),
    sa.Column("may_page", sa.Boolean, nullable=False),
    sa.Column("classified_by", sa.String(40)),
    sa.Column("classified_at", Utc),
    sa.Column("assessed_at", Utc),
    sa.Column("negative", sa.Float),
    sa.Column("neutral", sa.Float),
    sa.Column("positive", sa.Float),
    sa.Column("truncated", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("unseen", sa.Integer),
    sa.Column("letters_due_at", Utc),
    sa.UniqueConstraint("platform", "external_id"),
)
_todo("ix_item_unread", item.c.id, where=item.c.classified_by.is_(None))
_todo("ix_item_unassessed", item.c.id, where=sa.and_(item.c.assessed_at.is_(None), item.c.classified_by.is_not(None)))
sa.Index("ix_item_classified_by_id", item.c.classified_by, item.c.id)
sa.Index("ix_item_source_id_id", item.c.source_id, item.c.id)
sa.Index("ix_item_author_key_id", item.c.author_key, item.c.id)
sa.Index("ix_item_created_at", item.c.created_at)
_todo("ix_item_unseen", item.c.id, where=item.c.unseen > 0)
_todo("ix_item_letters_due_at", item.c.letters_due_at, where=item.c.letters_due_at.is_not(None))
_todo("ix_item_parent_id", item.c.parent_id, where=item.c.parent_id.is_not(None))

item_revision = sa.Table(
    "item_revision",
    metadata,
    _key(),
    sa.Column("item_id", Id, sa.ForeignKey("item.id"), nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
    sa.Column("seen_at", Utc, nullable=False),
    sa.UniqueConstraint("item_id", "revision"),
)

finding = sa.Table(
    "finding",
    metadata,
    _key(),
    sa.Column("item_id", Id, sa.ForeignKey("item.id"), nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("label", sa.String(64), nullable=False),
    sa.Column("score", sa.Float, nullable=False),
    sa.Column("severity", sa.String(16), nullable=False),
    sa.Column("detector", sa.String(96), nullable=False),
    sa.Column("start", sa.Integer, nullable=False),
    sa.Column("end", sa.Integer, nullable=False),
    sa.Column("reported", sa.Boolean, nullable=False),
    sa.Column("brand", sa.String(64)),
    sa.Column("said_at", Utc, nullable=False),
    sa.Column("found_at", Utc, nullable=False),
    sa.Column("unannounced", sa.Boolean),
    sa.UniqueConstraint("item_id", "revision", "detector", "label", "start"),
)
unannounced(finding)
sa.Index("ix_finding_label_said_at", finding.c.label, finding.c.said_at)

story_signature = sa.Table(
    "story_signature",
    metadata,
    sa.Column("item_id", Id, sa.ForeignKey("item.id"), primary_key=True),
    sa.Column("band", sa.BigInteger, primary_key=True),
)
sa.Index("ix_story_signature_band", story_signature.c.band)

rollup = sa.Table(
    "rollup",
    metadata,
    sa.Column("brand", sa.String(64), primary_key=True),
    sa.Column("source_id", sa.String(64), primary_key=True),
    sa.Column("measure", sa.String(96), primary_key=True),
    sa.Column("minute", Utc, primary_key=True),
    sa.Column("value", sa.Integer, nullable=False),
)

conversation = sa.Table(
    "conversation",
    metadata,
    _key(),
    sa.Column("key", sa.String(320), nullable=False),
    sa.Column("brand", sa.String(64)),
    sa.Column("platform", sa.String(32), nullable=False),
    sa.Column("author", sa.Text, nullable=False),
    sa.Column("owner", sa.String(64), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("opened_at", Utc, nullable=False),
    sa.Column("due_at", Utc),
    sa.Column("answered_at", Utc),
    sa.Column("closed_at", Utc),
    sa.Column("assignee", sa.String(64)),
    sa.Column("claimed_by", sa.String(64)),
    sa.Column("claimed_until", Utc),
    sa.Column("resolve_by", Utc),
    sa.Column("last_answer_at", Utc),
    sa.Column("last_item_id", Id, nullable=False),
    sa.Column("items", sa.Integer, nullable=False, server_default="1"),
    sa.Column("version", sa.Integer, nullable=False, server_default="0"),
    sa.Column("unannounced", sa.Boolean, default=True),
)
unannounced(conversation)
_todo("uq_conversation_open_key", conversation.c.key, where=conversation.c.state != "closed", unique=True)
sa.Index("ix_conversation_state_due_at", conversation.c.state, conversation.c.due_at)
sa.Index("ix_conversation_opened_at", conversation.c.opened_at)

conversation_item = sa.Table(
    "conversation_item",
    metadata,
    sa.Column("conversation_id", Id, sa.ForeignKey("conversation.id"), primary_key=True),
    sa.Column("item_id", Id, sa.ForeignKey("item.id"), primary_key=True),
)
sa.Index("ix_conversation_item_item_id", conversation_item.c.item_id)

incident = sa.Table(
    "incident",
    metadata,
    _key(),
    sa.Column("dedup_key", sa.String(256), nullable=False),
    sa.Column("brand", sa.String(64)),
    sa.Column("label", sa.String(64), nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("severity", sa.String(16), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("owner", sa.String(64), nullable=False),
    sa.Column("policy", Document, nullable=False),
    sa.Column("paging", sa.Boolean, nullable=False),
    sa.Column("step", sa.Integer, nullable=False, server_default="0"),
    sa.Column("repeated", sa.Integer, nullable=False, server_default="0"),
    sa.Column("next_step_at", Utc),
    sa.Column("opened_at", Utc, nullable=False),
    sa.Column("last_item_at", Utc, nullable=False),
    sa.Column("acknowledged_by", sa.String(64)),
    sa.Column("acknowledged_at", Utc),
    sa.Column("ack_expires_at", Utc),
    sa.Column("snoozed_until", Utc),
    sa.Column("resolved_at", Utc),
    sa.Column("items", sa.Integer, nullable=False, server_default="0"),
    sa.Column("authors", sa.Integer, nullable=False, server_default="0"),
    sa.Column("follows", Id, sa.ForeignKey("incident.id")),
    sa.Column("merged_into", Id),
    sa.Column("irrelevant_until", Utc),
    sa.Column("version", sa.Integer, nullable=False, server_default="0"),
)
_todo("uq_incident_open_dedup_key", incident.c.dedup_key, where=incident.c.state != "resolved", unique=True)
_todo("ix_incident_next_step_at", incident.c.next_step_at, where=sa.and_(incident.c.state == "open", incident.c.next_step_at.is_not(None)))
_todo("ix_incident_ack_expires_at", incident.c.ack_expires_at, where=incident.c.state == "acknowledged")
_todo("ix_incident_unresolved", incident.c.severity, incident.c.opened_at, incident.c.id, where=incident.c.state != "resolved")
sa.Index("ix_incident_state_opened_at", incident.c.state, incident.c.opened_at)
sa.Index("ix_incident_resolved_at", incident.c.resolved_at)
_todo("ix_incident_merged_into", incident.c.merged_into, where=incident.c.merged_into.is_not(None))
_todo("ix_incident_irrelevant_until", incident.c.irrelevant_until, where=incident.c.irrelevant_until.is_not(None))

incident_item = sa.Table(
    "incident_item",
    metadata,
    sa.Column("incident_id", Id, sa.ForeignKey("incident.id"), primary_key=True),
    sa.Column("item_id", Id, sa.ForeignKey("item.id"), primary_key=True),
)
sa.Index("ix_incident_item_item_id", incident_item.c.item_id)

incident_participant = sa.Table(
    "incident_participant",
    metadata,
    sa.Column("incident_id", Id, sa.ForeignKey("incident.id"), primary_key=True),
    sa.Column("owner", sa.String(64), primary_key=True),
    sa.Column("told_at", Utc),
)
_todo("ix_incident_participant_untold", incident_participant.c.incident_id, where=incident_participant.c.told_at.is_(None))

incident_event = sa.Table(
    "incident_event",
    metadata,
    _key(),
    sa.Column("incident_id", Id, sa.ForeignKey("incident.id"), nullable=False),
    sa.Column("at", Utc, nullable=False),
    sa.Column("actor", sa.String(64), nullable=False),
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("reason", sa.String(96), nullable=False),
    sa.Column("detail", Document, nullable=False),
    sa.Column("unannounced", sa.Boolean, default=True),
)
unannounced(incident_event)
sa.Index("ix_incident_event_incident_id_id", incident_event.c.incident_id, incident_event.c.id)

verdict = sa.Table(
    "verdict",
    metadata,
    _key(),
    sa.Column("finding_id", Id, sa.ForeignKey("finding.id"), nullable=False),
    sa.Column("person", sa.String(64), nullable=False),
    sa.Column("said", sa.String(8), nullable=False),
    sa.Column("label", sa.String(64)),
    sa.Column("note", sa.String(500), nullable=False, server_default=""),
    sa.Column("at", Utc, nullable=False),
    sa.Column("superseded_at", Utc),
)
_todo("uq_verdict_counting", verdict.c.finding_id, verdict.c.person, where=verdict.c.superseded_at.is_(None), unique=True)
_todo("ix_verdict_counting_at", verdict.c.at, where=verdict.c.superseded_at.is_(None))
sa.Index("ix_verdict_finding_id_id", verdict.c.finding_id, verdict.c.id)


audit_line = sa.Table(
    "audit_line",
    metadata,
    _key(),
    sa.Column("at", Utc, nullable=False),
    sa.Column("actor", sa.String(96), nullable=False),
    sa.Column("act", sa.String(128), nullable=False),
    sa.Column("subject", sa.String(256), nullable=False),
    sa.Column("hash", sa.String(64), nullable=False, server_default=""),
)


def _literal(state: str) -> sa.BindParameter[str]:
    """A state written into the query itself: only then can the planner see that a partial index fits."""
    return sa.literal(state, literal_execute=True)


OPEN = _literal("open")
ACKNOWLEDGED = _literal("acknowledged")
RESOLVED = _literal("resolved")
WAITING = _literal("waiting")
CLOSED = _literal("closed")
