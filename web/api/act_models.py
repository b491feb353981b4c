"""What the API takes when somebody acts on an incident or a conversation beyond taking and ending it, or plans what follows, and times."""

import re
from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field

from actions.incidents import LONGEST_NOTE
from actions.planning import LONGEST_ACTION, LONGEST_POINTER
from core.crisis import About, Planned
from core.talks import Remedy
from core.types import Severity
from web.api.crisis_models import Asked
from web.api.models import Clean

MOST_SPLIT = 500
FIRST_YEAR, LAST_YEAR = 2000, 2200
_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt ]", re.ASCII)

Because = Annotated[Clean, Field(max_length=500)]
Name = Annotated[Clean, Field(min_length=1, max_length=64)]
Number = Annotated[int, Field(ge=1, le=2**63 - 1)]


def _written(given: object) -> object:
    """A time is written out, with its zone: a bare number could be seconds or milliseconds of any day."""
    if not isinstance(given, str) or not _TIME.match(given):
        raise ValueError("a time such as 2026-11-22T08:00:00+01:00 was expected")
    return given


def _in_utc(at: datetime) -> datetime:
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        raise ValueError(f"a time between {FIRST_YEAR} and {LAST_YEAR} was expected")
    return at.astimezone(UTC)


At = Annotated[AwareDatetime, BeforeValidator(_written), AfterValidator(_in_utc)]


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


class MadeGood(Asked):
    """What the author of a conversation was given, and more about it where there is more to say."""

    given: Remedy
    text: Annotated[Clean, Field(max_length=LONGEST_NOTE)] = ""


class Answers(Asked):
    """Who is to answer: the id of a person who may act there."""

    person: Name


class ActionWanted(Asked):
    """What shall be done, by whom, by when, and what it changes."""

    text: Annotated[Clean, Field(min_length=1, max_length=LONGEST_ACTION)]
    owner: Name
    due_at: At
    about: About
    pointer: Annotated[Clean, Field(min_length=1, max_length=LONGEST_POINTER)]

    def planned(self) -> Planned:
        return Planned(text=self.text, owner=self.owner, due_at=self.due_at, about=self.about, pointer=self.pointer)
