"""The numbers of a crisis as an incident's history keeps them: what stood out, what was said, and on what grounds it was taken as grave."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum

from core.series import Signal
from core.types import Json

KEY = "numbers"
"""Under this name they stand in an event's detail."""


class Ground(StrEnum):
    """Why numbers are more than numbers. The first three are what people say; the others make it graver, and are nothing alone."""

    NEGATIVE = "negative"
    CRISIS = "crisis"
    COMPLAINTS = "complaints"
    MOSTLY_NEGATIVE = "mostly_negative"
    FAST = "fast"
    SPREAD = "spread"
    REACH = "reach"
    OURS = "ours"


@dataclass(frozen=True, slots=True, kw_only=True)
class Height:
    """How far one series stands out: amounts are sums over `window_min`; `at` is aware UTC."""

    scope: str
    measure: str
    at: datetime
    window_min: int
    seen: int
    usual_low: int
    usual_high: int
    is_cold: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """Counts of posts but for `crisis` (authors by label) and `reach` (the widest known one, None when unknown). No texts, no names.

    `platforms` are those that complaints come from, the first the loudest. `event` is what was expected, '' when nothing was.
    """

    heights: tuple[Height, ...]
    posts: int = 0
    negative: int = 0
    story: int = 0
    complaining: int = 0
    ours: int = 0
    reach: int | None = None
    platforms: tuple[str, ...] = ()
    crisis: Mapping[str, int] = field(default_factory=dict)
    grounds: tuple[Ground, ...] = ()
    event: str = ""

    @property
    def negative_share(self) -> float:
        """Of all posts, in [0, 1]."""
        return self.negative / self.posts if self.posts else 0.0

    @property
    def story_share(self) -> float:
        """What part of all posts tells the one story that most posts tell, in [0, 1]."""
        return self.story / self.posts if self.posts else 0.0

    def document(self) -> Json:
        """For the database."""
        heights = [asdict(one) | {"at": one.at.isoformat()} for one in self.heights]
        return asdict(self) | {"heights": heights, "grounds": [one.value for one in self.grounds], "platforms": list(self.platforms)}


def numbers_from(document: Json) -> Numbers:
    """What `document` gave."""
    heights = tuple(Height(**one | {"at": datetime.fromisoformat(one["at"])}) for one in document["heights"])
    grounds = tuple(Ground(one) for one in document["grounds"])
    return Numbers(**document | {"heights": heights, "grounds": grounds, "platforms": tuple(document["platforms"])})


def height_of(signal: Signal) -> Height:
    """A signal's numbers, whole."""
    return Height(
        scope=signal.key.scope,
        measure=signal.key.measure,
        at=signal.opened_at,
        window_min=signal.window_min,
        seen=round(signal.seen),
        usual_low=round(signal.usual_low),
        usual_high=round(signal.usual_high),
        is_cold=signal.is_cold,
    )
