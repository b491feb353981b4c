"""An exercise as records: what is replayed, and how quickly people answered."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from core.types import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One post of a scenario, `at` so long after the start."""

    at: timedelta
    by: str
    followers: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """What is replayed, in one language; posts in the order of their time."""

    name: str
    title: str
    language: str
    posts: tuple[Said, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """How one incident of an exercise went: when the first page had gone out, when somebody acknowledged, acted, resolved (aware UTC);
    None: nobody has."""

    incident_id: int
    label: str
    severity: Severity
    opened_at: datetime
    paged_at: datetime | None
    acknowledged_at: datetime | None
    acted_at: datetime | None
    resolved_at: datetime | None
    who: tuple[str, ...]

    def after_page(self, at: datetime | None) -> timedelta | None:
        """How long after the page that was; None while one of the two has not been."""
        return at - self.paged_at if at is not None and self.paged_at is not None else None
