"""What is counted for good: posts by day, and the times in which a source was not read. Posts may go; what was counted stays."""

import sqlalchemy as sa

from storage.schema import Utc, metadata

tally = sa.Table(
    "tally",
    metadata,
    sa.Column("measure", sa.String(120), primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("brand", sa.String(64), primary_key=True),
    sa.Column("platform", sa.String(32), primary_key=True),
    sa.Column("scope", sa.String(16), primary_key=True),
    sa.Column("voice", sa.String(16), primary_key=True),
    sa.Column("value", sa.BigInteger, nullable=False),
)

tally_zone = sa.Table(
    "tally_zone",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("zone", sa.String(64), nullable=False),
)

blind_spell = sa.Table(
    "blind_spell",
    metadata,
    sa.Column("source_id", sa.String(64), primary_key=True),
    sa.Column("starts_at", Utc, primary_key=True),
    sa.Column("ends_at", Utc, nullable=False),
)
sa.Index("ix_blind_spell_ends_at", blind_spell.c.ends_at)
