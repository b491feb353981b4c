"""Whom the pseudonyms of the audit stand for; what was erased and is never stored again, by keyed hashes alone."""

import sqlalchemy as sa

from storage.schema import metadata

pseudonym = sa.Table(
    "pseudonym",
    metadata,
    sa.Column("pseudonym", sa.String(33), primary_key=True),
    sa.Column("name", sa.String(320), nullable=False, unique=True),
    sa.Column("key", sa.String(64), nullable=False),
)

tombstone_key = sa.Table(
    "tombstone_key",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("key", sa.String(64), nullable=False),
)

tombstone = sa.Table("tombstone", metadata, sa.Column("digest", sa.String(64), primary_key=True))
