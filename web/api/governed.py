"""What the API takes and answers of drafts, accounts and reviews of the policy."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from core.policy import Applies, Outcome, Trigger
from core.register import Fault, Settled
from core.types import Severity
from web.api.models import Answer


class Draft(BaseModel):
    """Something that somebody wants to post, and whose account it shall go out on."""

    text: str
    account: Applies = Applies.PERSONAL
    brand: Annotated[str | None, Field(max_length=64)] = None
    language: Literal["pl", "en"] = "en"


class DraftRemark(Answer):
    """One thing to mend. `start` and `end` count code points of the draft without blanks around it, null for the whole."""

    label: str
    severity: Severity
    because: str
    advice: str
    clause: str | None
    start: int | None
    end: int | None


class DraftQuestion(Answer):
    """What only the author can answer, and the clause that asks it."""

    text: str
    clause: str


class LookedOver(BaseModel):
    """stop: do not post it like this. ask: somebody should look first. clear: the rules found nothing."""

    verdict: Literal["stop", "ask", "clear"]
    remarks: list[DraftRemark]
    questions: list[DraftQuestion]


class AccountFault(Answer):
    """What is to be mended at an account, and the incident that says so."""

    fault: Fault
    detail: str
    found_at: datetime
    incident_id: int | None


class RegisteredAccount(Answer):
    """One account of the register. `person`, `deputies` and `access` are ids of persons."""

    id: Annotated[int, Field(validation_alias="number")]
    platform: str
    handle: str
    kind: Applies
    owner: str
    person: str
    deputies: list[str]
    access: list[str]
    mandate: str
    two_factor: bool
    recovery: str
    brand: str | None
    reviewed_at: datetime | None
    faults: list[AccountFault] = Field(default_factory=list)


class Looked(BaseModel):
    """What somebody saw at an account; null where it is as the register says."""

    two_factor: bool | None = None
    access: list[Annotated[str, Field(max_length=64)]] | None = Field(None, max_length=200)
    recovery: Annotated[str | None, Field(max_length=256)] = None


class Stranger(Answer):
    """An account that uses the brand and that nobody registered."""

    id: Annotated[int, Field(validation_alias="stranger_id")]
    platform: str
    handle: str
    name: str
    brand: str | None
    owner: str
    incident_id: int | None
    found_at: datetime
    settled: Settled | None
    reason: str


class Settle(BaseModel):
    """How a stranger is settled, and why."""

    how: Settled
    reason: Annotated[str, Field(min_length=1, max_length=500)]


class ClauseReview(Answer):
    """A review of one clause, open until it has an outcome; `evidence` is what asked for it, ids and counts."""

    id: Annotated[int, Field(validation_alias="review_id")]
    clause: str
    trigger: Trigger
    owner: str
    opened_at: datetime
    due_at: datetime
    evidence: dict[str, str | int]
    outcome: Outcome | None
    reason: str
    decided_by: str | None
    decided_at: datetime | None


class Decided(BaseModel):
    """How a review ended, and why."""

    outcome: Outcome
    reason: Annotated[str, Field(min_length=1, max_length=500)]
