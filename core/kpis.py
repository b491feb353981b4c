"""The KPIs, each defined once: its name, unit, what is counted, and which way is better. Pages, mails, API and verbs all read this.

`facts` of a span come from the store; `reports.kpis` counts them. What nobody knows is None, never 0.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path

from core.adoption import Adoption
from core.i18n import words
from core.periods import Period
from core.types import Severity

ROOM = Path(__file__).resolve().parent


class Unit(StrEnum):
    """What a figure is a number of. Shares are 0 to 1, durations seconds."""

    COUNT = "count"
    SHARE = "share"
    SECONDS = "seconds"
    NUMBER = "number"


class Better(StrEnum):
    """Which way a figure should go."""

    MORE = "more"
    FEWER = "fewer"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kpi:
    """One KPI. `name` and `counts` (its definition, a sentence or two) are English, said in the reader's language by `name_in` and
    `counts_in`. `path` is the page with the list behind the number."""

    id: str
    name: str
    unit: Unit
    better: Better
    counts: str
    path: str

    @property
    def is_sum(self) -> bool:
        """Does a longer period have more of it?"""
        return self.unit is Unit.COUNT or self.id == "blind_time"

    def name_in(self, language: str) -> str:
        return words(ROOM, language).say(self.name)

    def counts_in(self, language: str) -> str:
        return words(ROOM, language).say(self.counts)


def _kpi(name: str, unit: Unit, better: Better, counts: str, path: str) -> dict[str, object]:
    return {"name": name, "unit": unit, "better": better, "counts": counts, "path": path}


_DEFINED: Mapping[str, dict[str, object]] = {
    "mentions": _kpi(
        "Mentions",
        Unit.COUNT,
        Better.NEITHER,
        "Posts of the public that name us or stand under our posts, by the day they were written; also those deleted later.",
        "/posts",
    ),
    "negative_share": _kpi(
        "Negative share",
        Unit.SHARE,
        Better.FEWER,
        "Of the mentions whose feeling was read: how many are more negative than else.",
        "/posts",
    ),
    "complaints": _kpi(
        "Complaints", Unit.COUNT, Better.FEWER, "Mentions in which a complaint was found, each once.", "/posts?label=complaint"
    ),
    "share_of_voice": _kpi(
        "Share of voice",
        Unit.SHARE,
        Better.MORE,
        "Of all times that we or a configured competitor were named: how often it was us. Unknown while no competitor is configured.",
        "/figures/voice",
    ),
    "engagement": _kpi(
        "Engagement",
        Unit.NUMBER,
        Better.MORE,
        "Likes, replies and shares of a mention, on average, as the platform told them when the post was read. Only where it is known.",
        "/posts",
    ),
    "answered_share": _kpi(
        "Answered", Unit.SHARE, Better.MORE, "Of the conversations that were opened: how many have an answer by now.", "/?show=all"
    ),
    "first_answer_median": _kpi(
        "First answer, median",
        Unit.SECONDS,
        Better.FEWER,
        "Half of the answered conversations that were opened had their first answer within this time, by the clock on the wall.",
        "/?show=all",
    ),
    "first_answer_p90": _kpi(
        "First answer, nine of ten",
        Unit.SECONDS,
        Better.FEWER,
        "Nine of ten answered conversations that were opened had their first answer within this time, by the clock on the wall.",
        "/?show=all",
    ),
    "within_target": _kpi(
        "Answered in time",
        Unit.SHARE,
        Better.MORE,
        "Of the conversations that were opened, and are answered or out of time: how many were answered within their target.",
        "/?show=all",
    ),
    "unanswered_late": _kpi(
        "Unanswered and late",
        Unit.COUNT,
        Better.FEWER,
        "Conversations that were opened, have no answer, and whose time is over.",
        "/?show=late",
    ),
    "acknowledge_median": _kpi(
        "Acknowledgement, median",
        Unit.SECONDS,
        Better.FEWER,
        "Half of the acknowledged incidents that were opened were taken by a person within this time.",
        "/incidents",
    ),
    "incidents": _kpi("Incidents", Unit.COUNT, Better.FEWER, "Incidents that were opened, of every severity.", "/incidents"),
    **{
        f"incidents_{severity}": _kpi(
            f"Incidents, {severity}",
            Unit.COUNT,
            Better.FEWER,
            f"Incidents that were opened and are {severity} now.",
            f"/incidents?severity={severity}",
        )
        for severity in ("critical", "high", "medium", "low")
    },
    "false_alarm_share": _kpi(
        "False alarms",
        Unit.SHARE,
        Better.FEWER,
        "Of the findings that people judged: how many most of them called wrong. Where they disagree evenly a finding does not count.",
        "/rules",
    ),
    "leaks": _kpi(
        "Leaks", Unit.COUNT, Better.FEWER, "Posts of anybody in which a possible leak was found, each once.", "/posts?label=leak"
    ),
    "breaches": _kpi(
        "Breaches",
        Unit.COUNT,
        Better.FEWER,
        "Posts of our own side in which a possible breach of the policy was found, each once.",
        "/posts?label=policy",
    ),
    "blind_time": _kpi(
        "Blind time",
        Unit.SECONDS,
        Better.FEWER,
        "How long sources were not read after they were due, summed over the sources, where it took longer than three of their intervals "
        "and five minutes.",
        "/sources",
    ),
    "portal_active": _kpi(
        "Portal in use",
        Unit.SHARE,
        Better.MORE,
        "Of the staff in the company's sheet on the portal: how many were active, over the whole months of the period.",
        "/figures",
    ),
    "managers_active": _kpi(
        "Managers on the portal",
        Unit.SHARE,
        Better.MORE,
        "Of the managers in the company's sheet on the portal: how many were active, over the whole months of the period.",
        "/figures",
    ),
    "policy_read": _kpi(
        "Policy read",
        Unit.SHARE,
        Better.MORE,
        "Of the staff who must read the policy in force: how many had read all of it at the end of the period, or by now.",
        "/policy",
    ),
}

KPIS: Mapping[str, Kpi] = {name: Kpi(id=name, **values) for name, values in _DEFINED.items()}  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """A conversation's clock: times are aware UTC."""

    opened_at: datetime
    due_at: datetime | None
    answered_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """An incident's clock. `taken_at` is when a person first acknowledged it."""

    severity: Severity
    opened_at: datetime
    taken_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One person's verdict on a finding."""

    finding_id: int
    is_right: bool
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Spell:
    """A time in which a source was not read. `ends_at` None: it lasts."""

    source_id: str
    starts_at: datetime
    ends_at: datetime | None


VOLUME = "volume"
REACTIONS, REACTED = "reactions", "reacted"
"""All likes, replies and shares; and how many posts there are of which they are known."""
NAMED = "named:"
"""How often we were named; with a competitor's name after it: how often that one was."""
Counted = Mapping[tuple[str, date], int]
"""How much was counted, by measure and day."""


def measure_of(rival: str) -> str:
    """Under which measure it is counted how often a competitor is named; of '' how often we are."""
    return f"{NAMED}{rival}"[:120]


def reactions_of(rival: str) -> tuple[str, str]:
    """Under which measures it is counted how many likes, replies and shares posts have that name a competitor (of '' us), and how many
    of them there are."""
    return f"named.reactions:{rival}"[:120], f"named.reacted:{rival}"[:120]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the KPIs of a span are counted from. `since` is when collection began, None: nothing was collected yet.

    Who may see no brand sees no posts. Where the viewer may see only a part, `spells` is None and `policy_read` empty: they are the whole
    company's. `policy_read` is the share of the staff that had read the policy, by period. `rivals` are the competitors that are counted
    beside us; `portal` is what sheets told of its use, () for who may see only a part.
    """

    since: datetime | None
    sees_posts: bool = True
    public: Counted = field(default_factory=dict)
    ours: Counted = field(default_factory=dict)
    anybody: Counted = field(default_factory=dict)
    talks: tuple[Talk, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    judged: tuple[Judged, ...] = ()
    spells: tuple[Spell, ...] | None = ()
    policy_read: Mapping[Period, float] = field(default_factory=dict)
    rivals: tuple[str, ...] = ()
    portal: tuple[Adoption, ...] = ()


def reference_markdown() -> str:
    """The reference of all KPIs: docs/reference/kpis.md."""
    better = {Better.MORE: "more is better", Better.FEWER: "less is better", Better.NEITHER: "neither way is better"}
    units = {Unit.COUNT: "a count", Unit.SHARE: "a share, 0 to 1", Unit.SECONDS: "seconds", Unit.NUMBER: "a number"}
    rows = (f"| `{one.id}` | {one.name} | {units[one.unit]} | {better[one.better]} | {one.counts} |" for one in KPIS.values())
    lead = (
        "What each figure counts: on the page `/figures`, in `czujka kpis`, in the digest, over the API. Days, weeks and months are those "
        "of the company's zone. A period that was over before collection began is unknown, never 0. Written by `core/kpis.py`; a test "
        "keeps it fresh."
    )
    return "\n".join(["# KPIs", "", lead, "", "| id | name | unit | | what is counted |", "|---|---|---|---|---|", *rows, ""])
