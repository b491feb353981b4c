"""Which clauses want another look, and why: a year has passed, or something happened that the clause should have an answer to."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from core.policy import Clause, Trigger, Wanted
from core.settings import PolicyTable

WITHIN: Mapping[Trigger, timedelta] = {
    Trigger.YEARLY: timedelta(days=30),
    Trigger.PLATFORM: timedelta(days=14),
    Trigger.BREACHES: timedelta(days=14),
    Trigger.LAW: timedelta(days=14),
    Trigger.STRATEGY: timedelta(days=14),
    Trigger.LESSON: timedelta(days=14),
    Trigger.CRISIS: timedelta(days=7),
    Trigger.LEAK: timedelta(days=7),
    Trigger.TAKEOVER: timedelta(days=7),
}
"""By when the owner is to have looked."""
ACCOUNTS = "account.impostor"
"""New platforms concern the clause on accounts: the one that impostors are detected for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """Something that came to an end or was confirmed: an incident or a finding, by number."""

    label: str
    what: str
    number: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What was seen. `looked_at`: when each clause was written or reviewed last; `platforms`: since when each kind of source answers;
    `linked`: how many people link to each platform where we have no account."""

    looked_at: Mapping[str, datetime]
    breaches: Mapping[str, int] = field(default_factory=dict)
    crises: Sequence[Happened] = ()
    confirmed: Sequence[Happened] = ()
    platforms: Mapping[str, datetime] = field(default_factory=dict)
    linked: Mapping[str, int] = field(default_factory=dict)


def due(clauses: Sequence[Clause], seen: Seen, table: PolicyTable, now: datetime) -> tuple[Wanted, ...]:
    """Every review that is wanted now; each event asks once for each clause, by its key."""
    binding = [one for one in clauses if not one.retired]
    found = [wanted for one in binding for wanted in _of_clause(one, seen, table, now)]
    return (*found, *_platforms(binding, seen, now), *_linked(binding, seen, table, now))


def _of_clause(one: Clause, seen: Seen, table: PolicyTable, now: datetime) -> Iterator[Wanted]:
    looked_at = seen.looked_at[one.id]
    if looked_at + table.review_every <= now:
        yield wanted(one, Trigger.YEARLY, f"{looked_at:%Y-%m-%d}", now, {"looked_at": f"{looked_at:%Y-%m-%d}"})
    breaches = sum(count for label, count in seen.breaches.items() if one.detects(label))
    if breaches >= table.breaches:
        evidence: dict[str, str | int] = {"breaches": breaches, "days": table.window.days}
        yield wanted(one, Trigger.BREACHES, f"{now:%G-W%V}", now, evidence)
    for each in seen.crises:
        if one.detects(each.label) and each.at > looked_at:
            yield _event(one, Trigger.CRISIS, each, now)
    for each in seen.confirmed:
        if one.detects(each.label) and each.at > looked_at:
            yield _event(one, Trigger.TAKEOVER if each.label == "account.takeover" else Trigger.LEAK, each, now)


def _platforms(binding: Sequence[Clause], seen: Seen, now: datetime) -> Iterator[Wanted]:
    one = next((clause for clause in binding if clause.detects(ACCOUNTS)), None)
    for platform, since in sorted(seen.platforms.items()):
        if one is not None and since > seen.looked_at[one.id]:
            yield wanted(one, Trigger.PLATFORM, platform, now, {"platform": platform, "since": f"{since:%Y-%m-%d}"})


def _linked(binding: Sequence[Clause], seen: Seen, table: PolicyTable, now: datetime) -> Iterator[Wanted]:
    """Once for each platform: whoever decided that we want no account there is not asked again."""
    one = next((clause for clause in binding if clause.detects(ACCOUNTS)), None)
    for platform, people in sorted(seen.linked.items()):
        if one is not None and people >= table.linked:
            yield wanted(one, Trigger.PLATFORM, f"linked {platform}", now, {"platform": platform, "linked": people})


def _event(one: Clause, trigger: Trigger, each: Happened, now: datetime) -> Wanted:
    return wanted(
        one, trigger, f"{each.what} {each.number}", now, {"label": each.label, each.what: each.number, "at": f"{each.at:%Y-%m-%d}"}
    )


def wanted(one: Clause, trigger: Trigger, key: str, now: datetime, evidence: Mapping[str, str | int]) -> Wanted:
    """A review of one clause, with the time within which its owner is to look."""
    return Wanted(clause=one.id, trigger=trigger, key=key, owner=one.owner, due_at=now + WITHIN[trigger], evidence=evidence)
