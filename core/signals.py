"""What becomes of signals: what the store knows when they are weighed, and what was decided."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from core.easing import Expected, Mute
from core.numbers import Numbers
from core.records import Grows, OpenIncident, Opens
from core.series import Signal

LABEL = "crisis.numbers"
"""What an incident is called that numbers opened: no detector says it of one post."""


class Verdict(StrEnum):
    """What a signal came to; '' while nobody has weighed it."""

    NONE = ""
    OLD = "old"
    EXPECTED = "expected"
    VOLUME_ALONE = "volume_alone"
    MUTED = "muted"
    INCIDENT = "incident"


NOTES = (Verdict.EXPECTED, Verdict.VOLUME_ALONE, Verdict.MUTED)
"""What is shown and pages nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """A signal as people look at it: what it came to, and the numbers by which that was decided (None before that)."""

    signal_id: int
    signal: Signal
    verdict: Verdict
    incident_id: int | None
    numbers: Numbers | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """A signal that is still weighed. `weigh_at` is the turn that one process claims; `incident_id` is where it belongs by now."""

    signal_id: int
    signal: Signal
    weigh_at: datetime
    verdict: Verdict = Verdict.NONE
    incident_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the public wrote about a brand since `since`: counted over at most the newest few thousand posts that may page.

    Authors are counted, not posts, where one person's zeal must not decide. `reach` is the widest known one among those who complain, None
    when none is known. `ours` are complaining posts that answer our own. `telling` are the gravest posts, `held` which complaining posts
    each unresolved incident holds.
    """

    since: datetime
    posts: int = 0
    negative: int = 0
    negative_authors: int = 0
    complaint_authors: int = 0
    crisis_authors: Mapping[str, int] = field(default_factory=dict)
    grave_authors: int = 0
    platforms: Mapping[str, int] = field(default_factory=dict)
    reach: int | None = None
    ours: int = 0
    story: int = 0
    complaining: int = 0
    telling: tuple[int, ...] = ()
    held: Mapping[int, frozenset[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Swell:
    """All that is weighed for one brand: its signals that are not done with, what was said, and the incidents that could carry them.

    `usual_negative` is the share of negative posts in the week before, None when nothing was counted. `told` is what the incident's history
    said of the numbers last. `expected` and `mutes` are those that hold now.
    """

    brand: str
    live: tuple[Live, ...]
    seen: Seen
    incidents: tuple[OpenIncident, ...] = ()
    usual_negative: float | None = None
    told: Mapping[int, Numbers] = field(default_factory=dict)
    expected: tuple[Expected, ...] = ()
    mutes: tuple[Mute, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """What one signal came to. It is claimed by the turn `was_at`; `again_at` is its next turn, None when it is done with.

    `incident_id` is a known incident that it belongs to, and `opens` says that it belongs to the one that opens now.
    """

    signal_id: int
    was_at: datetime
    again_at: datetime | None
    verdict: Verdict
    incident_id: int | None = None
    opens: bool = False
    numbers: Numbers | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Eased:
    """Every signal of an incident has ended; `resolves` when nobody is waited for."""

    incident_id: int
    version: int
    resolves: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What was decided for one brand: every signal is answered for, and at most one incident opens or grows."""

    used: tuple[Used, ...]
    opens: Opens | None = None
    grows: Grows | None = None
    eased: tuple[Eased, ...] = ()
