"""What the configuration says of cases of breaches."""

from datetime import timedelta

from pydantic import Field

from core.table import Duration, SecretRef, Table


class CasesTable(Table):
    """By when each step of a case is due, in working days: the hearing after the opening, the decision after the hearing, an appeal after
    the decision, the decision on an appeal. Who must act is reminded `remind` before, and once it is late.

    `break_glass` is how long somebody who may not see a case sees it for a stated reason. `key` seals the evidence; without it the signing
    secret of the data folder does.
    """

    hearing: int = Field(5, ge=1, le=60)
    decision: int = Field(10, ge=1, le=60)
    appeal: int = Field(10, ge=1, le=60)
    second_decision: int = Field(10, ge=1, le=60)
    remind: Duration = Field(timedelta(days=2), ge=timedelta(0))
    break_glass: Duration = Field(timedelta(minutes=60), ge=timedelta(minutes=5), le=timedelta(hours=8))
    key: SecretRef | None = None
