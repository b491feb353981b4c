"""What people decided about a rule or a label: on trial, live, reported from another score. It holds until it is revoked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property


class Ruled(StrEnum):
    """What a ruling is about: one rule (by its id, whatever its version), or all that carries one label."""

    RULE = "rule"
    LABEL = "label"


class Standing(StrEnum):
    """TRIAL: shown in reports, pages nobody. LIVE: as the pack of a live rule says. SCORE: reported from a score of its own."""

    TRIAL = "trial"
    LIVE = "live"
    SCORE = "score"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """One decision. `score` is given for SCORE alone, in (0, 1]; `ended_at` is when it was revoked or another took its place."""

    ruling_id: int = 0
    about: Ruled
    name: str
    standing: Standing
    score: float | None = None
    reason: str
    made_by: str
    made_at: datetime
    ended_by: str | None = None
    ended_at: datetime | None = None

    def lets(self, score: float) -> bool:
        """Would a finding of this score still be reported, as far as this ruling goes?"""
        return self.standing is not Standing.TRIAL and score >= (self.score or 0.0)


@dataclass(frozen=True)
class Rulings:
    """The rulings that hold, at most one about each rule and each label."""

    holding: tuple[Ruling, ...] = ()

    @cached_property
    def _by_name(self) -> Mapping[tuple[Ruled, str], Ruling]:
        return {(one.about, one.name): one for one in self.holding}

    def about(self, about: Ruled, name: str) -> Ruling | None:
        """The ruling that holds about a rule or a label."""
        return self._by_name.get((about, name))

    def reports(self, rule: str, label: str, score: float, *, live: bool, threshold: float) -> bool:
        """Is a finding of this rule reported? `live` is what its pack says, `threshold` what the taxonomy does.

        A score that was ruled stands in the place of the taxonomy's; of the rule's and its label's the higher is heard, and so is whoever
        says trial.
        """
        said = [one for one in (self.about(Ruled.RULE, rule), self.about(Ruled.LABEL, label)) if one is not None]
        if not (live or any(one.standing is Standing.LIVE for one in said)) or any(one.standing is Standing.TRIAL for one in said):
            return False
        return score >= max((one.score for one in said if one.score is not None), default=threshold)

    def rules_out(self, detector: str, label: str, score: float) -> bool:
        """Does a ruling keep this finding, of a detector such as `leak.pesel@2`, from being reported?"""
        said = (self.about(Ruled.RULE, detector.partition("@")[0]), self.about(Ruled.LABEL, label))
        return any(one is not None and not one.lets(score) for one in said)


NOTHING_RULED = Rulings()
