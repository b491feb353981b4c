"""The rules of a case: when its steps are due, who may decide it, and whether its file is still what was written."""

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from core.cases import Case, CaseEntry, CaseEntryKind, CaseFile, CaseFound, Consequence
from core.policy import Clause
from core.sealing import entry_is_whole, evidence_is_whole

SATURDAY = 5
DAY = timedelta(days=1)
KEPT, FORGOTTEN = "kept", "case_forgotten"


def working_days_after(start: datetime, days: int, zone: ZoneInfo, is_off: Callable[[date], bool]) -> datetime:
    """The end (aware UTC) of the last of so many working days after the day of `start`. Source: Polish Labour Code, Art. 110 and 112, whose
    days these steps shall fit into."""
    day = start.astimezone(zone).date()
    left = days
    while left:
        day += DAY
        left -= day.weekday() < SATURDAY and not is_off(day)
    return datetime.combine(day + DAY, time.min, zone).astimezone(UTC)


def why_not_decide(case: Case, person: str) -> str | None:
    """Why this person may not decide the case now; None when they may. Four eyes: who decides did not open it, and an appeal goes to a
    third person."""
    if person == case.opened_by:
        return "who opened a case does not decide it: another person must"
    if case.decided_by is not None and person == case.decided_by:
        return "an appeal is decided by a third person, not by who decided before"
    given = case.appeal_decider if case.decided_by is not None else case.decider
    if given and person != given:
        return "the decision was given to another person"
    return None


def fits_scale(clause: Clause, found: CaseFound, consequence: Consequence) -> str | None:
    """Why this consequence cannot follow; None when it can. Without a scale of its own a clause takes the whole."""
    if found is CaseFound.NO_BREACH:
        return None if consequence is Consequence.NONE else "where there is no breach, nothing follows"
    if consequence is not Consequence.NONE and clause.scale and consequence not in clause.scale:
        return f"{clause.id} knows these consequences: {', '.join(clause.scale)}"
    return None


class Broken(StrEnum):
    """What is wrong with a file."""

    EVIDENCE_CHANGED = "evidence_changed"
    EVIDENCE_GONE = "evidence_gone"
    EVIDENCE_EMPTIED = "evidence_emptied"
    ENTRY_CHANGED = "entry_changed"
    ENTRIES_MISSING = "entries_missing"
    DECISION_CHANGED = "decision_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFault:
    """One thing that is wrong: `which` is the number of the evidence or of the line, or the kind of line that is missing."""

    case: int
    what: Broken
    which: str


def faults(file: CaseFile, key: bytes, audited: Mapping[str, int], erasures: Container[str]) -> tuple[FileFault, ...]:
    """Everything in a file that is not as it was written. `audited` counts the audit's lines on the case by act; `erasures` are the
    pseudonyms of people who were erased: only such an erasure excuses a seal that does not fit."""
    found = [*_evidence(file, key, erasures), *_entries(file, key, audited, erasures), *_missing(file, audited), *_decision(file)]
    return tuple(FileFault(case=file.case.number, what=what, which=which) for what, which in found)


def _evidence(file: CaseFile, key: bytes, erasures: Container[str]) -> Iterator[tuple[Broken, str]]:
    told = {entry.detail.get("evidence") for entry in file.entries if entry.kind is CaseEntryKind.EMPTIED}
    for one in file.evidence:
        if one.body is None and (one.emptied_at is None or one.number not in told):
            yield Broken.EVIDENCE_EMPTIED, str(one.number)
        elif one.body is not None and one.redacted not in erasures and not evidence_is_whole(key, one):
            yield Broken.EVIDENCE_CHANGED, str(one.number)
    frozen = (CaseEntryKind.OPENED, CaseEntryKind.FROZEN)
    said = sum(int(entry.detail.get("evidence", 0)) for entry in file.entries if entry.kind in frozen)
    if said != len(file.evidence):
        yield Broken.EVIDENCE_GONE, f"{len(file.evidence)}/{said}"


def _entries(file: CaseFile, key: bytes, audited: Mapping[str, int], erasures: Container[str]) -> Iterator[tuple[Broken, str]]:
    forgotten = FORGOTTEN in audited
    for entry in file.entries:
        excused = entry.redacted in erasures or (entry.redacted == KEPT and forgotten and not entry.text)
        if entry.kind is not CaseEntryKind.EMPTIED and not excused and not entry_is_whole(key, file.case.number, entry):
            yield Broken.ENTRY_CHANGED, str(entry.entry_id)


def _missing(file: CaseFile, audited: Mapping[str, int]) -> Iterator[tuple[Broken, str]]:
    """Each line of the history has one in the audit's chain, and the other way round."""
    for kind in CaseEntryKind:
        here = sum(entry.kind is kind for entry in file.entries)
        if here != audited.get(f"case_{kind}", 0):
            yield Broken.ENTRIES_MISSING, kind.value


def _decision(file: CaseFile) -> Iterator[tuple[Broken, str]]:
    """What the case says was decided is what its history says last."""
    said = last_decision(file.entries)
    case = file.case
    now = (case.found.value if case.found else "", case.consequence.value if case.consequence else "")
    if now != ((str(said.detail.get("found")), str(said.detail.get("consequence"))) if said is not None else ("", "")):
        yield Broken.DECISION_CHANGED, ""


def last_decision(entries: Sequence[CaseEntry]) -> CaseEntry | None:
    """The line of the decision that stands."""
    return next((entry for entry in reversed(entries) if entry.kind is CaseEntryKind.DECIDED), None)
