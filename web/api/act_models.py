"""What the API takes when somebody acts on an incident or a conversation beyond taking and ending it."""

from typing import Annotated

from pydantic import Field

from actions.incidents import LONGEST_NOTE
from core.types import Severity
from web.api.crisis_models import Asked
from web.api.models import Clean

MOST_SPLIT = 500

Because = Annotated[Clean, Field(max_length=500)]
Name = Annotated[Clean, Field(min_length=1, max_length=64)]
Number = Annotated[int, Field(ge=1, le=2**63 - 1)]


class Grade(Asked):
    """How grave it is from now on, and why."""

    severity: Severity
    reason: Because = ""


class HandOver(Asked):
    """Which team answers for it from now on, and why."""

    owner: Name
    reason: Because = ""


class Irrelevant(Asked):
    """Why the whole story is nothing."""

    reason: Because = ""


class Merge(Asked):
    """The incident that becomes a part of this one."""

    other: Number


class Split(Asked):
    """The posts of this incident, by their ids, that tell another story."""

    posts: Annotated[list[Number], Field(min_length=1, max_length=MOST_SPLIT)]


class Note(Asked):
    """A word for colleagues; nobody outside sees it."""

    text: Annotated[Clean, Field(min_length=1, max_length=LONGEST_NOTE)]


class Answers(Asked):
    """Who is to answer: the id of a person who may act there."""

    person: Name
