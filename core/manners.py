"""Our replies to people, as they are looked at for quality: what was said to us, what we said back."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class Replied:
    """One reply of ours beside the post that it answers (`answers_id`). `asks`: a question was found in that post; `quarrels`: our reply
    carries a finding of blame, mockery or insult. `at` is aware UTC."""

    item_id: int
    answers_id: int
    at: datetime
    platform: str
    author: str
    said: str
    reply: str
    asks: bool
    quarrels: bool


class Fault(StrEnum):
    """QUARREL: blame or mockery. FORMULA: nothing but courtesy. UNANSWERED: something was asked, and nothing of it is answered."""

    QUARREL = "quarrel"
    FORMULA = "formula"
    UNANSWERED = "unanswered"


@dataclass(frozen=True, slots=True)
class Weighed:
    """A reply and what is wrong with it."""

    replied: Replied
    faults: tuple[Fault, ...]
