"""The outbox of answers on platforms: what people want said, liked or hidden there, and how that went."""

import sqlalchemy as sa

from storage.schema import Id, Utc, metadata

reply = sa.Table(
    "reply",
    metadata,
    sa.Column("id", Id, primary_key=True, autoincrement=True),
    sa.Column("conversation_id", Id, sa.ForeignKey("conversation.id"), nullable=False),
    sa.Column("item_id", Id, sa.ForeignKey("item.id"), nullable=False),
    sa.Column("source_id", sa.String(64), nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("written_by", sa.String(64), nullable=False),
    sa.Column("written_at", Utc, nullable=False),
    sa.Column("approved_by", sa.String(64)),
    sa.Column("due_at", Utc, nullable=False),
    sa.Column("lease_until", Utc),
    sa.Column("token", sa.Integer, nullable=False, server_default="0"),
    sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
    sa.Column("looks", sa.Integer, nullable=False, server_default="0"),
    sa.Column("first_try_at", Utc),
    sa.Column("sent_at", Utc),
    sa.Column("remote_id", sa.String(512), nullable=False, server_default=""),
    sa.Column("reason", sa.String(96), nullable=False, server_default=""),
    sa.Column("detail", sa.Text, nullable=False, server_default=""),
    sa.Column("version", sa.Integer, nullable=False, server_default="0"),
)
IS_TRIED = reply.c.state.in_([sa.literal_column("'waiting'"), sa.literal_column("'checking'")])
_pending = sa.text("state IN ('approval', 'waiting', 'checking', 'undecided')")
_tried = sa.text("state IN ('waiting', 'checking')")
_said = sa.text("state IN ('approval', 'waiting', 'checking', 'undecided') AND kind = 'reply'")
sa.Index("uq_reply_item_kind", reply.c.item_id, reply.c.kind, unique=True, sqlite_where=_pending, postgresql_where=_pending)
sa.Index("uq_reply_conversation", reply.c.conversation_id, unique=True, sqlite_where=_said, postgresql_where=_said)
sa.Index("ix_reply_due_at", reply.c.due_at, sqlite_where=_tried, postgresql_where=_tried)
sa.Index("ix_reply_conversation_id_id", reply.c.conversation_id, reply.c.id)
sa.Index("ix_reply_state_id", reply.c.state, reply.c.id)
