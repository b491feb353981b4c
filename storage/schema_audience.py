"""Who writes and how far they are heard, by five minutes: counts that stay, and marks of who was counted that go after weeks."""

import sqlalchemy as sa

from storage.schema import Utc, metadata

audience = sa.Table(
    "audience",
    metadata,
    sa.Column("brand", sa.String(64), primary_key=True),
    sa.Column("source_id", sa.String(64), primary_key=True),
    sa.Column("bucket", Utc, primary_key=True),
    sa.Column("authors", sa.Integer, nullable=False),
    sa.Column("known", sa.Integer, nullable=False),
    sa.Column("reach", sa.BigInteger, nullable=False),
)

audience_mark = sa.Table(
    "audience_mark",
    metadata,
    sa.Column("bucket", Utc, primary_key=True),
    sa.Column("brand", sa.String(64), primary_key=True),
    sa.Column("scope", sa.String(16), primary_key=True),
    sa.Column("author", sa.BigInteger, primary_key=True),
    sa.Column("is_known", sa.Boolean, nullable=False),
)
