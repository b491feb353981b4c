"""What a situation report says beyond the incident itself."""

from dataclasses import dataclass
from datetime import datetime

from core.records import EvidenceItem
from core.wall import Loud


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """`platforms` are where it was said; `right` and `wrong` are people's verdicts on its findings; `answered` of `talks` conversations.

    `own_word` is the newest post of our own side since it began, None where there is none. `usual` is how many public posts an hour name
    the brand, on average of the four weeks before; None where fewer than a week of them is known. `voices` are the strangers who wrote it,
    the furthest heard first; `others` is what other public posts of the brand said lately, the newest first.
    """

    platforms: tuple[str, ...]
    right: int
    wrong: int
    talks: int
    answered: int
    own_word: EvidenceItem | None
    usual: float | None = None
    voices: tuple[Loud, ...] = ()
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """What whoever shared a report added: our statement, and when the next update comes. `at` and `by` say when and who."""

    statement: str
    next_update: datetime | None
    at: datetime
    by: str
