"""What our accounts say, and where it does not agree with what was approved."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """Something that one of our accounts said. `at` is aware UTC."""

    item_id: int
    at: datetime
    platform: str
    account: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """A statement that gives another value for a fact than `expected`, which stands in `against`: the approved statement, or, while none
    holds, an earlier one of ours (`other_item_id`)."""

    fact: str
    said: Statement
    value: str
    expected: str
    against: str
    other_item_id: int | None = None
