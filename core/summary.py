"""A month in counts, for everybody who works here: what was watched, found and learned. It holds no name and no post."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.periods import Period
from core.types import Scope

FEW = 5
"""A count below this is told as "fewer than five": who knows the team would know who is meant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthSummary:
    """`posts` and `sources` are how many by scope; `found` counts by KPI, None where nobody knows; `negative` is the share of negative
    mentions, None where it would tell of too few. `lessons` are those of initiatives that ended, as the configuration words them; `clauses`
    is whether a new version of the policy took effect; `changed` how many actions after reviews were looked at, `helped` how many of those
    helped."""

    month: Period
    is_known: bool
    posts: Mapping[Scope, int]
    sources: Mapping[Scope, int]
    found: Mapping[str, int | None]
    negative: float | None
    crises: int
    lessons: tuple[str, ...]
    clauses: bool
    changed: int
    helped: int
