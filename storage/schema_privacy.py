"""Whom the pseudonyms of the audit stand for."""

import sqlalchemy as sa

from storage.schema import metadata

pseudonym = sa.Table(
    "pseudonym",
    metadata,
    sa.Column("pseudonym", sa.String(33), primary_key=True),
    sa.Column("name", sa.String(320), nullable=False, unique=True),
    sa.Column("key", sa.String(64), nullable=False),
)
