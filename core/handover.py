"""The end of a turn on call: who follows whom, and what is handed over. Times are aware UTC."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.easing import Expected, Mute
from core.records import IncidentRow, Override

LONGEST_REMARK = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """At `at` one person on call follows another, who came at `since`. `comes` None: nobody is to come."""

    schedule: str
    leaves: str
    comes: str | None
    since: datetime
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Unresolved:
    """An incident that goes over, and until when it is acknowledged."""

    row: IncidentRow
    ack_expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """What the one who leaves wants to be known, in their own words."""

    schedule: str
    person: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """In one turn: how many incidents were opened and resolved, when the one on call was paged, how many messages did not reach them."""

    opened: int = 0
    resolved: int = 0
    paged: tuple[datetime, ...] = ()
    failed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """All that a hand-over note tells. `more` is how many incidents are open beyond those named; `blind` is (source, since when)."""

    unresolved: Sequence[Unresolved] = ()
    more: int = 0
    remarks: Sequence[Remark] = ()
    happened: Happened = Happened()
    blind: Sequence[tuple[str, datetime | None]] = ()
    mutes: Sequence[Mute] = ()
    expected: Sequence[Expected] = ()
    overrides: Sequence[Override] = ()
