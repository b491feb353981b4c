"""Who sees a case: whoever judges cases, the person to whom its decision was given, and for a while whoever broke its glass for a reason.
For everybody else it is not there. Every look leaves a line of the audit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from core.access import Right, Viewer
from core.accounts import AuditLine
from core.cases import Case, CaseFile
from core.errors import NotFound, Refused
from core.sealing import sealing_key
from core.settings import Settings
from core.text import strip_controls
from storage import Store

LONGEST_REASON = 500
TABLES = frozenset({"compliance_case", "case_entry", "case_evidence", "case_glass"})
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Where somebody works on cases: who they are and what they may, the key of the seals, the present instant (aware UTC). `typed_by` is
    whose hands typed, when those are another's."""

    store: Store
    settings: Settings
    viewer: Viewer
    key: bytes
    now: datetime
    typed_by: str = ""

    @property
    def person(self) -> str:
        return self.viewer.person


def key_of(settings: Settings, secret: str) -> bytes:
    """The key of the seals: of the configured secret, else of the installation's own. Raises ConfigError: the secret is missing."""
    return sealing_key(settings.cases.key.reveal() if settings.cases.key is not None else secret)


def judges(viewer: Viewer, brand: str | None) -> bool:
    """May they open and lead cases about this brand?"""
    return viewer.may(Right.CASES, (), brand)


def is_concerned(settings: Settings, case: Case, person: str) -> bool:
    """Is the case about this person?"""
    names = {one.name.casefold() for one in settings.person if one.id == person and one.name}
    return case.concerned.strip().removeprefix("@").casefold() in {person.casefold(), *names}


def may_see(desk: Desk, case: Case) -> bool:
    """Never whom it concerns: they read it with the papers that they are given."""
    if is_concerned(desk.settings, case, desk.person):
        return False
    given = desk.person in (case.decider, case.appeal_decider)
    return given or judges(desk.viewer, case.brand) or desk.store.cases.looks(case.number, desk.person, desk.now)


def visible(desk: Desk, number: int) -> Case:
    """The case, for somebody who may see it. Raises NotFound: there is none, or none for them."""
    case = desk.store.cases.get(number)
    if not may_see(desk, case):
        raise NotFound(f"there is no case {number}")
    return case


def read(desk: Desk, number: int) -> CaseFile:
    """A case with its file. Raises NotFound."""
    visible(desk, number)
    write_down(desk, "case_read", f"case {number}")
    return desk.store.cases.file(number)


def listed(desk: Desk, *, limit: int = 200, before: int | None = None) -> Sequence[Case]:
    """The cases that they may see, the newest first. Raises NotFound: they may see none, and shall not learn whether there are any."""
    found = [case for case in desk.store.cases.list(before=before) if may_see(desk, case)][:limit]
    if not found and not desk.viewer.has(Right.CASES):
        raise NotFound("there is nothing here for this visitor")
    write_down(desk, "cases_listed", f"{len(found)} cases")
    return found


def without_cases(viewer: Viewer, by_table: Mapping[str, T]) -> dict[str, T]:
    """What was found by table, without the tables of cases for who may not see them: that somebody is named there tells that there is a
    case about them."""
    if viewer.everywhere(Right.CASES):
        return dict(by_table)
    return {table: found for table, found in by_table.items() if table not in TABLES}


def of_incident(desk: Desk, incident_id: int) -> Sequence[Case]:
    """The cases of an incident that they may see; their numbers alone are told, so nothing is written down."""
    return [case for case in desk.store.cases.of_incident(incident_id) if may_see(desk, case)]


def break_glass(desk: Desk, number: int, reason: str) -> datetime:
    """Look into a case without the right, for a reason; answers until when. Who judges cases is told at once.

    Raises Refused: no reason; NotFound: there is no such case, or it is about them.
    """
    kept = " ".join(strip_controls(reason).split())
    if not kept or len(kept) > LONGEST_REASON:
        raise Refused(f"a reason of 1 to {LONGEST_REASON} characters was expected: who judges cases will read it")
    case = desk.store.cases.get(number)
    if is_concerned(desk.settings, case, desk.person):
        raise NotFound(f"there is no case {number}")
    until = desk.now + desk.settings.cases.break_glass
    desk.store.cases.break_glass(number, desk.person, kept, until, desk.key, desk.now)
    return until


def write_down(desk: Desk, act: str, subject: str) -> None:
    """A look leaves a line: what, and the case's number."""
    desk.store.accounts.write_down(AuditLine(at=desk.now, actor=desk.typed_by or desk.person, act=act, subject=subject))
