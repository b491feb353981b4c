"""What somebody wants to see of incidents, conversations and posts, and how the tabs of an inbox part them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.access import Sight
from core.text import fold
from core.types import Severity

INFLECTED = 5

_WORD = re.compile(r"\w+")
_QUOTED = re.compile(r'"([^"]*)"|([^"]+)')


class Tab(StrEnum):
    """Everything that waits; what is mine or my teams' and nobody else's; what nobody has taken; what is past its time."""

    ALL = "all"
    MINE = "mine"
    UNASSIGNED = "unassigned"
    LATE = "late"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked for; '' and None ask for nothing.

    `severity` is the least that is wanted; `label` also means what lies below it; `state` is one of an incident or of a conversation;
    `held_by` is who has acknowledged or taken it; `words` must all begin a word of a post (folded: ł finds l).
    """

    platform: str = ""
    severity: Severity | None = None
    owner: str = ""
    brand: str = ""
    label: str = ""
    state: str = ""
    lang: str = ""
    words: str = ""
    held_by: str = ""


ANYTHING = Wanted()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question of one person, who belongs to these teams and may see as far as `sight` (None: everything)."""

    wanted: Wanted
    person: str
    teams: frozenset[str]
    sight: Sight | None
    now: datetime


@dataclass(frozen=True, slots=True)
class SavedView:
    """A question that a person kept under a name. `team` sees it too, where one is named; `query` is the address without its path."""

    view_id: int
    name: str
    query: str
    person: str
    team: str | None
    is_default: bool


Counts = Mapping[Tab, int]


def words_of(text: str) -> list[str]:
    """The beginnings of words to look for, folded. A word of five letters or more loses a vowel at its end, by which Polish inflects:
    "paczka" finds "paczki" and "paczkę". What stands in quotation marks is looked for as it is written.
    """
    found: list[str] = []
    for quoted, plain in _QUOTED.findall(text):
        found += _WORD.findall(fold(quoted))
        found += [_stem(word) for word in _WORD.findall(fold(plain))]
    return found


def _stem(word: str) -> str:
    return word[:-1] if len(word) >= INFLECTED and word[-1] in "aeiouy" else word
