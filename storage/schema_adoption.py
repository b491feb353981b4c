"""How the portal is used: sums by month and department."""

import sqlalchemy as sa

from storage.schema import metadata

portal_use = sa.Table(
    "portal_use",
    metadata,
    sa.Column("month", sa.Date, primary_key=True),
    sa.Column("department", sa.String(64), primary_key=True),
    sa.Column("staff", sa.Integer, nullable=False),
    sa.Column("active", sa.Integer, nullable=False),
    sa.Column("managers", sa.Integer, nullable=False),
    sa.Column("managers_active", sa.Integer, nullable=False),
)
