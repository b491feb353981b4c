"""What follows from verdicts: the score from which a label is right often enough, the rules that should stop paging.

A proposal rests on findings that people have judged, and those are the reported ones: it can raise a threshold, never lower it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.intervals import wilson
from core.verdicts import MINIMUM, TARGET, Judged, by_detector, by_label, precisions


class Advice(StrEnum):
    """KEEP: good enough as it is. RAISE: from `threshold` on it is. TRIAL: report it, page nobody. TOO_FEW: judge more first."""

    KEEP = "keep"
    RAISE = "raise"
    TRIAL = "trial"
    TOO_FEW = "too_few"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What to do about a label or a rule. `precision`, `low` and `high` (95 %, Wilson) are those of the `verdicts` that it rests on:
    from `threshold` upwards for RAISE, of all otherwise."""

    name: str
    advice: Advice
    verdicts: int
    right: int
    threshold: float | None = None

    @property
    def precision(self) -> float | None:
        return self.right / self.verdicts if self.verdicts else None

    @property
    def low(self) -> float:
        return wilson(self.right, self.verdicts)[0]

    @property
    def high(self) -> float:
        return wilson(self.right, self.verdicts)[1]


def propose_thresholds(judged: Iterable[Judged], target: float = TARGET, minimum: int = MINIMUM) -> tuple[Proposal, ...]:
    """One proposal per label: the lowest score from which at least `target` of at least `minimum` judged findings are right."""
    plain = [one for one in judged if one.is_right is not None]
    labels = sorted({one.label for one in plain})
    return tuple(_threshold(label, [one for one in plain if by_label(one) == label], target, minimum) for label in labels)


def propose_trials(judged: Iterable[Judged], target: float = TARGET, minimum: int = MINIMUM) -> tuple[Proposal, ...]:
    """The rules that are surely below the target: even the upper end of their precision's interval is. The worst first."""
    found = [each for each in precisions(judged, by_detector) if each.is_surely_below(target, minimum)]
    return tuple(Proposal(name=each.name, advice=Advice.TRIAL, verdicts=each.judged, right=each.right) for each in found)


def _threshold(label: str, judged: Sequence[Judged], target: float, minimum: int) -> Proposal:
    right = sum(bool(one.is_right) for one in judged)
    if len(judged) < minimum:
        return Proposal(name=label, advice=Advice.TOO_FEW, verdicts=len(judged), right=right)
    if right >= target * len(judged):
        return Proposal(name=label, advice=Advice.KEEP, verdicts=len(judged), right=right)
    for score in sorted({one.score for one in judged})[1:]:
        above = [one for one in judged if one.score >= score]
        hits = sum(bool(one.is_right) for one in above)
        if len(above) < minimum:
            break
        if hits >= target * len(above):
            return Proposal(name=label, advice=Advice.RAISE, verdicts=len(above), right=hits, threshold=score)
    return Proposal(name=label, advice=Advice.TRIAL, verdicts=len(judged), right=right)
