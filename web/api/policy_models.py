"""What the API tells of the policy and its versions, and what it takes."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from core.policy import Stage
from web.api.models import Answer


class PolicyApproval(Answer):
    """An office said yes to a version of the policy."""

    office: str
    person: str
    at: datetime


class PolicyVersion(Answer):
    """A version of the policy. `missing` are the offices that have not approved it."""

    number: int
    stage: Stage = Stage.DRAFT
    note: str
    fingerprint: str
    made_by: str
    made_at: datetime
    effective_at: datetime | None
    ended_at: datetime | None
    needs: list[str]
    missing: Annotated[list[str], Field(default_factory=list)]
    approvals: list[PolicyApproval]


class PolicyExample(Answer):
    """What is allowed or not; `industry` is empty where it holds in all."""

    allowed: bool
    text: str
    industry: str


class PolicyWording(Answer):
    """A clause in one language; `text` is paragraphs and lists in Markdown."""

    title: str
    text: str
    consequence: str
    examples: list[PolicyExample]


class PolicyClause(Answer):
    """A clause. `detected_by` are labels, none where a person watches; `words` are by language."""

    id: str
    owner: str
    watcher: str
    reviewers: list[str]
    applies_to: list[str]
    detected_by: list[str]
    retired: bool
    words: dict[str, PolicyWording]


class PolicyComment(Answer):
    """What somebody said of a draft, of one clause or (empty) of the whole."""

    clause: str
    person: str
    text: str
    at: datetime


class PolicyWhole(BaseModel):
    """A version with all that it says and what was said of it."""

    version: PolicyVersion
    clauses: list[PolicyClause]
    comments: list[PolicyComment]
