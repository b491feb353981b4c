"""Tables of what is done by hand day by day: mutes, expected events, duties, kept views; calls of hooks; the history of conversations."""

import sqlalchemy as sa

from storage.schema import Document, Id, Utc, metadata, unannounced


def _key() -> sa.Column[int]:
    return sa.Column("id", Id, primary_key=True, autoincrement=True)


conversation_event = sa.Table(
    "conversation_event",
    metadata,
    _key(),
    sa.Column("conversation_id", Id, sa.ForeignKey("conversation.id"), nullable=False),
    sa.Column("at", Utc, nullable=False),
    sa.Column("actor", sa.String(64), nullable=False),
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("reason", sa.String(96), nullable=False),
    sa.Column("detail", Document, nullable=False),
    sa.Column("unannounced", sa.Boolean, default=True),
)
unannounced(conversation_event)
sa.Index("ix_conversation_event_conversation_id_id", conversation_event.c.conversation_id, conversation_event.c.id)

mute = sa.Table(
    "mute",
    metadata,
    _key(),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("value", sa.String(320), nullable=False),
    sa.Column("reason", sa.String(500), nullable=False),
    sa.Column("brand", sa.String(64)),
    sa.Column("starts_at", Utc, nullable=False),
    sa.Column("ends_at", Utc, nullable=False),
    sa.Column("made_by", sa.String(64), nullable=False),
    sa.Column("ended_by", sa.String(64)),
)
sa.Index("ix_mute_ends_at", mute.c.ends_at)

held_finding = sa.Table(
    "held_finding",
    metadata,
    sa.Column("item_id", Id, sa.ForeignKey("item.id"), primary_key=True),
    sa.Column("label", sa.String(64), primary_key=True),
    sa.Column("mute_id", Id, sa.ForeignKey("mute.id"), nullable=False),
)
sa.Index("ix_held_finding_mute_id", held_finding.c.mute_id)

expected = sa.Table(
    "expected",
    metadata,
    _key(),
    sa.Column("name", sa.String(120), nullable=False),
    sa.Column("factor", sa.Float, nullable=False),
    sa.Column("brand", sa.String(64)),
    sa.Column("starts_at", Utc, nullable=False),
    sa.Column("ends_at", Utc, nullable=False),
    sa.Column("made_by", sa.String(64), nullable=False),
    sa.Column("ended_by", sa.String(64)),
)
sa.Index("ix_expected_ends_at", expected.c.ends_at)

duty = sa.Table(
    "duty",
    metadata,
    _key(),
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("owner", sa.String(64), nullable=False),
    sa.Column("incident_id", Id, sa.ForeignKey("incident.id")),
    sa.Column("conversation_id", Id, sa.ForeignKey("conversation.id")),
    sa.Column("opened_at", Utc, nullable=False),
    sa.Column("due_at", Utc, nullable=False),
    sa.Column("decision", sa.String(16)),
    sa.Column("reason", sa.String(500), nullable=False, server_default=""),
    sa.Column("decided_by", sa.String(64)),
    sa.Column("decided_at", Utc),
    sa.UniqueConstraint("incident_id", "kind"),
    sa.UniqueConstraint("conversation_id", "kind"),
)
sa.Index("ix_duty_undecided", duty.c.due_at, sqlite_where=duty.c.decision.is_(None), postgresql_where=duty.c.decision.is_(None))

saved_view = sa.Table(
    "saved_view",
    metadata,
    _key(),
    sa.Column("person", sa.String(64), nullable=False),
    sa.Column("name", sa.String(60), nullable=False),
    sa.Column("query", sa.String(1000), nullable=False),
    sa.Column("team", sa.String(64)),
    sa.Column("made_at", Utc, nullable=False),
    sa.UniqueConstraint("person", "name"),
)
sa.Index("ix_saved_view_team", saved_view.c.team)

default_view = sa.Table(
    "default_view",
    metadata,
    sa.Column("person", sa.String(64), primary_key=True),
    sa.Column("view_id", Id, sa.ForeignKey("saved_view.id"), nullable=False),
)
sa.Index("ix_default_view_view_id", default_view.c.view_id)

hook_call = sa.Table(
    "hook_call",
    metadata,
    _key(),
    sa.Column("hook", sa.String(64), nullable=False),
    sa.Column("key", sa.String(64), nullable=False),
    sa.Column("kind", sa.String(96), nullable=False),
    sa.Column("at", Utc, nullable=False),
    sa.Column("data", Document, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("due_at", Utc, nullable=False),
    sa.Column("created_at", Utc, nullable=False),
    sa.Column("lease_until", Utc),
    sa.Column("token", sa.Integer, nullable=False, server_default="0"),
    sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
    sa.Column("first_try_at", Utc),
    sa.Column("sent_at", Utc),
    sa.Column("reason", sa.String(96), nullable=False, server_default=""),
    sa.UniqueConstraint("hook", "key"),
)
_waits = hook_call.c.state == "waiting"
sa.Index("ix_hook_call_waiting", hook_call.c.due_at, sqlite_where=_waits, postgresql_where=_waits)
sa.Index("ix_hook_call_created_at", hook_call.c.created_at)
ruling = sa.Table(
    "ruling",
    metadata,
    _key(),
    sa.Column("about", sa.String(8), nullable=False),
    sa.Column("name", sa.String(96), nullable=False),
    sa.Column("standing", sa.String(8), nullable=False),
    sa.Column("score", sa.Float),
    sa.Column("reason", sa.String(500), nullable=False),
    sa.Column("made_by", sa.String(64), nullable=False),
    sa.Column("made_at", Utc, nullable=False),
    sa.Column("ended_by", sa.String(64)),
    sa.Column("ended_at", Utc),
)
sa.Index(
    "uq_ruling_holding",
    ruling.c.about,
    ruling.c.name,
    unique=True,
    sqlite_where=ruling.c.ended_at.is_(None),
    postgresql_where=ruling.c.ended_at.is_(None),
)

shift_remark = sa.Table(
    "shift_remark",
    metadata,
    _key(),
    sa.Column("schedule", sa.String(64), nullable=False),
    sa.Column("person", sa.String(64), nullable=False),
    sa.Column("text", sa.String(500), nullable=False),
    sa.Column("at", Utc, nullable=False),
)
sa.Index("ix_shift_remark_schedule_at", shift_remark.c.schedule, shift_remark.c.at)
