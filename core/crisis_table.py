"""What the configuration says of crises."""

from datetime import timedelta

from pydantic import Field

from core.table import Duration, Table


class CrisisTable(Table):
    """How soon after a crisis is declared the first statement is promised, and how often after that something is said."""

    first_statement: Duration = Field(timedelta(hours=1), ge=timedelta(minutes=5))
    statement_every: Duration = Field(timedelta(hours=4), ge=timedelta(minutes=10))
