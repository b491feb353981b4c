"""What the API tells of the policy and its versions, and what it takes."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from actions.policy import LONGEST_COMMENT
from core.policy import Stage
from core.readers import What
from web.api.act_models import At
from web.api.crisis_models import Asked
from web.api.models import Answer, Clean


class PolicyApproval(Answer):
    """An office said yes to a version of the policy."""

    office: str
    person: str
    at: datetime


class PolicyVersion(Answer):
    """A version of the policy. `missing` are the offices that have not approved it."""

    number: int
    stage: Stage
    note: str
    fingerprint: str
    made_by: str
    made_at: datetime
    effective_at: datetime | None
    ended_at: datetime | None
    needs: list[str]
    missing: list[str]
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


class PolicyRead(BaseModel):
    """The version in force, and what the token's person has said that they have read of it."""

    version: int
    what: list[What]


class PolicyReadSaid(Asked):
    """Which version was read, what of it, and in which language."""

    version: Annotated[int, Field(ge=1, le=2**63 - 1)]
    what: Annotated[list[What], Field(min_length=1, max_length=2)]
    language: Literal["pl", "en"] = "en"


class PolicyCommentSaid(Asked):
    """What is to be said of a draft, of one clause or (empty) of the whole."""

    text: Annotated[Clean, Field(min_length=1, max_length=LONGEST_COMMENT)]
    clause: Annotated[Clean, Field(max_length=16)] = ""


class PolicyPublished(Asked):
    """From when on the version binds; null: at once."""

    effective_at: At | None = None


class PolicyApproved(Asked):
    """For which office."""

    office: Annotated[Clean, Field(min_length=1, max_length=64)]
