"""What people say of findings, and the precision that follows from it.

A finding counts once, however many people judged it: by their majority. Where they disagree evenly it is disputed and counts for neither
side, so that the interval is not narrowed by counting one post twice.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.intervals import wilson
from core.types import Json

MINIMUM = 10
"""Judged findings, at least, before a rule or a label is spoken of."""
TARGET = 0.8
"""The precision below which something should change."""


class Said(StrEnum):
    """OTHER: not this label but another one, which the verdict names."""

    RIGHT = "right"
    WRONG = "wrong"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """One person's verdict, decided and not yet written. `label` is the right one for OTHER; `detail` goes into the incidents' history."""

    finding_id: int
    person: str
    said: Said
    at: datetime
    label: str | None = None
    note: str = ""
    detail: Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One person's verdict as it stands in the history; `superseded_at` is when the same person said something else."""

    verdict_id: int
    finding_id: int
    person: str
    said: Said
    label: str | None
    note: str
    at: datetime
    superseded_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A finding with verdicts: how many people call it right, how many do not. `detector` is `id@version`."""

    finding_id: int
    detector: str
    label: str
    score: float
    right: int
    wrong: int

    @property
    def is_right(self) -> bool | None:
        """What most say; None: they disagree evenly."""
        return None if self.right == self.wrong else self.right > self.wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A judged post for retraining. `said` is what most people say of `label`, None where they disagree evenly; `labels` are the ones
    that they named instead."""

    finding_id: int
    text: str
    lang: str
    label: str
    detector: str
    score: float
    said: Said | None
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Precision:
    """How often a rule or a label was right. `low` and `high` are the 95 % Wilson interval; `share` is None without verdicts."""

    name: str
    right: int
    wrong: int
    disputed: int

    @property
    def judged(self) -> int:
        return self.right + self.wrong

    @property
    def share(self) -> float | None:
        return self.right / self.judged if self.judged else None

    @property
    def low(self) -> float:
        return wilson(self.right, self.judged)[0]

    @property
    def high(self) -> float:
        return wilson(self.right, self.judged)[1]

    def is_surely_below(self, target: float = TARGET, minimum: int = MINIMUM) -> bool:
        """Judged often enough, and even the upper end of its interval is below the target."""
        return self.judged >= minimum and self.high < target


def by_detector(one: Judged) -> str:
    return one.detector


def by_label(one: Judged) -> str:
    return one.label


def precisions(judged: Iterable[Judged], name: Callable[[Judged], str]) -> tuple[Precision, ...]:
    """One precision per name, the worst first: the most findings judged wrong, then by name."""
    counts: defaultdict[str, dict[bool | None, int]] = defaultdict(lambda: {True: 0, False: 0, None: 0})
    for one in judged:
        counts[name(one)][one.is_right] += 1
    found = (Precision(name=key, right=n[True], wrong=n[False], disputed=n[None]) for key, n in counts.items())
    return tuple(sorted(found, key=lambda each: (-each.wrong, each.name)))
