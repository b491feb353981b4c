"""What the API takes and answers of drafts, accounts and reviews of the policy."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from core.policy import Applies
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
