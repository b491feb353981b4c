"""What the API takes and answers of cases of breaches."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field

from core.cases import MOST_TEXT, CaseEntryKind, CaseFound, CaseStage, Consequence
from web.api.models import Answer

Text = Annotated[str, Field(min_length=1, max_length=MOST_TEXT)]


class CaseRow(Answer):
    """One case in a list; whom it concerns stands in the case alone."""

    id: Annotated[int, Field(validation_alias="number")]
    clause: str
    policy_version: int
    label: str
    brand: str | None
    incident_id: int | None
    stage: CaseStage
    version: int
    opened_by: str
    opened_at: datetime
    due_at: datetime | None
    decider: str
    appeal_decider: str
    found: CaseFound | None
    consequence: Consequence | None
    decided_by: str | None
    decided_at: datetime | None
    appeal_until: datetime | None
    final: bool
    closed_at: datetime | None


class CaseStep(Answer):
    """One line of the history."""

    at: datetime
    actor: str
    kind: CaseEntryKind
    text: str
    detail: dict[str, str | int]


class CaseEvidence(Answer):
    """A post as it was frozen; `body` is null once it had to go, and `emptied_because` says why."""

    id: Annotated[int, Field(validation_alias="number")]
    item_id: int
    source_id: str
    frozen_at: datetime
    frozen_by: str
    body: dict[str, Any] | None
    seal: str
    held_because: str
    emptied_at: datetime | None
    emptied_because: str


class CaseFault(Answer):
    """Something in the file that is not as it was written."""

    what: str
    which: str


class CaseWhole(BaseModel):
    """A case with its file."""

    case: CaseRow
    concerned: str
    history: list[CaseStep]
    evidence: list[CaseEvidence]
    faults: list[CaseFault]


class CaseWanted(BaseModel):
    """A case to open, from an incident or of one post."""

    incident_id: Annotated[int | None, Field(ge=1)] = None
    item_id: Annotated[int | None, Field(ge=1)] = None
    clause: Annotated[str, Field(max_length=16)] = ""
    concerned: Annotated[str, Field(max_length=320)] = ""
    because: Annotated[str, Field(max_length=MOST_TEXT)] = ""


class CaseWords(BaseModel):
    """What was said, at the hearing or in an appeal."""

    text: Text


class CaseDecision(BaseModel):
    """What was found, what follows, and why."""

    found: CaseFound
    consequence: Consequence
    reason: Text


class CaseName(BaseModel):
    """Whom the case concerns; empty: nobody is known."""

    concerned: Annotated[str, Field(max_length=320)] = ""


class CaseGiven(BaseModel):
    """To whom the decision is given, the first one or the one on an appeal."""

    person: Annotated[str, Field(min_length=1, max_length=64)]
    appeal: bool = False


class CaseEnd(BaseModel):
    """How a case is closed; `waived`: the person said that they do not appeal."""

    note: Annotated[str, Field(max_length=MOST_TEXT)] = ""
    waived: bool = False


class CaseReason(BaseModel):
    """Why somebody without the right looks in."""

    reason: Annotated[str, Field(min_length=1, max_length=500)]


class CaseLook(BaseModel):
    """Until when the case is open to them."""

    until: datetime
