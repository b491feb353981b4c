"""What people do with a case: open it, hear the person, decide, take in an appeal, close it; and look whether its file is whole.

Who judges cases does all of it; the decision may be given to somebody else. Four eyes: `governance.cases` says who may not decide.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from actions.case_sight import Desk, is_concerned, judges, visible, write_down
from alerts.daysoff import days_off_of
from core.cases import MOST_TEXT, Case, CaseEntry, CaseEntryKind, CaseFile, CaseFound, CaseStage, Consequence, Opening
from core.errors import Conflict, NotFound, Refused
from core.policy import Clause
from core.records import EvidenceItem
from core.text import strip_controls
from governance import case_export
from governance.cases import FileFault, faults, fits_scale, why_not_decide, working_days_after
from storage import Store

MOST_FROZEN = 200
LONGEST_NAME = 320
RUNNING = tuple(stage for stage in CaseStage if stage is not CaseStage.CLOSED)


def open_case(
    desk: Desk,
    *,
    incident_id: int | None = None,
    item_id: int | None = None,
    clause: str = "",
    concerned: str = "",
    because: str = "",
) -> int:
    """Open a case from an incident or of one post, with what was said frozen; answers its number. Without a clause it is the one that the
    finding's label is detected for, as the policy said when the post was written.

    Raises Refused: no post, no such clause or none bound then, the same case runs, or they may not; NotFound: no such incident or post.
    """
    items, label, brand = _about(desk.store, incident_id, item_id)
    if not judges(desk.viewer, brand):
        raise NotFound("there is nothing here for this visitor")
    if not items:
        raise Refused("nothing is left of what was said; a case needs a post")
    version, found = _clause(desk.store, items, label, clause.strip())
    opening = Opening(
        clause=found.id,
        policy_version=version,
        label=label,
        brand=brand,
        incident_id=incident_id,
        concerned=_name(concerned),
        item_ids=tuple(one.item_id for one in items),
        due_at=_due(desk, desk.settings.cases.hearing),
        because=_text(because, empty=True),
    )
    return desk.store.cases.open(opening, desk.person, desk.key, desk.now, typed_by=desk.typed_by)


def freeze(desk: Desk, number: int, item_ids: Sequence[int] = ()) -> int:
    """Freeze these posts, or those of the case once more, as they are now; answers how many. Raises Refused, NotFound."""
    _led(desk, number)
    known = item_ids or sorted({one.item_id for one in desk.store.cases.file(number).evidence})
    there = [one.item_id for one in desk.store.items.several(known[:MOST_FROZEN])]
    if len(there) < len(set(known)):
        raise NotFound("not all of these posts are there")
    return desk.store.cases.freeze_more(number, there, desk.person, desk.key, desk.now)


def name_person(desk: Desk, number: int, concerned: str, *, seen: int | None = None) -> None:
    """Say whom the case concerns. Raises Refused, Conflict, NotFound."""
    case = _led(desk, number)
    _move(desk, case, RUNNING, CaseEntryKind.NAMED, {"concerned": _name(concerned)}, seen=seen)


def assign(desk: Desk, number: int, person: str, *, appeal: bool = False, seen: int | None = None) -> None:
    """Give the decision, or the one on an appeal, to a person, who sees this case from now on. Raises Refused, Conflict, NotFound."""
    case = _led(desk, number)
    if person not in {one.id for one in desk.settings.person}:
        raise Refused(f"there is no person {person!r} in the configuration")
    if is_concerned(desk.settings, case, person):
        raise Refused("nobody decides a case that is about them")
    taken = (case.opened_by, case.decider, case.decided_by) if appeal else (case.opened_by, case.appeal_decider)
    if person in taken:
        raise Refused(f"{person!r} has another part in this case; four eyes are asked for, and six on an appeal")
    values = {"appeal_decider" if appeal else "decider": person}
    _move(desk, case, RUNNING, CaseEntryKind.ASSIGNED, values, detail={"person": person, "appeal": int(appeal)}, seen=seen)


def hear(desk: Desk, number: int, said: str, *, seen: int | None = None) -> None:
    """What the person said when they were heard, or that they did not want to be. Raises Refused, Conflict, NotFound."""
    case = _led(desk, number)
    values = {"stage": CaseStage.HEARD.value, "due_at": _due(desk, desk.settings.cases.decision)}
    _move(desk, case, (CaseStage.OPENED,), CaseEntryKind.HEARD, values, text=_text(said), seen=seen)


def decide(desk: Desk, number: int, found: CaseFound, consequence: Consequence, reason: str, *, seen: int | None = None) -> Case:
    """Decide a case that was heard, or an appeal. Raises Refused: not theirs to decide, no reason, a consequence that the clause does not
    know, or not that far; Conflict; NotFound."""
    case = visible(desk, number)
    if not judges(desk.viewer, case.brand) and desk.person not in (case.decider, case.appeal_decider):
        raise Refused("who looks into a case does not decide it")
    why = why_not_decide(case, desk.person) or fits_scale(clause_of(desk.store, case), found, consequence)
    if why is not None:
        raise Refused(why)
    values: dict[str, Any] = {"stage": CaseStage.DECIDED.value, "found": found.value, "consequence": consequence.value}
    values |= {"decided_by": desk.person, "decided_at": desk.now} | _after(desk, case)
    stages = (CaseStage.HEARD,) if case.decided_by is None else (CaseStage.APPEALED,)
    detail = {"found": found.value, "consequence": consequence.value}
    _move(desk, case, stages, CaseEntryKind.DECIDED, values, text=_text(reason), detail=detail, seen=seen)
    return desk.store.cases.get(number)


def appeal(desk: Desk, number: int, said: str, *, seen: int | None = None) -> None:
    """The person appeals, in these words. Raises Refused: the time is over, or it was decided on an appeal; Conflict; NotFound."""
    case = _led(desk, number)
    if case.final:
        raise Refused("this was decided on an appeal; the way from here leads to a court")
    if case.appeal_until is not None and case.appeal_until <= desk.now:
        raise Refused(f"an appeal was possible until {case.appeal_until:%Y-%m-%d %H:%M} UTC")
    values = {"stage": CaseStage.APPEALED.value, "due_at": _due(desk, desk.settings.cases.second_decision)}
    _move(desk, case, (CaseStage.DECIDED,), CaseEntryKind.APPEALED, values, text=_text(said), seen=seen)


def close(desk: Desk, number: int, note: str = "", *, waived: bool = False, seen: int | None = None) -> None:
    """Nothing more follows. `waived`: the person said that they do not appeal. Raises Refused: they may appeal; Conflict; NotFound."""
    case = _led(desk, number)
    open_until = case.appeal_until if not case.final and case.found is CaseFound.BREACH else None
    if open_until is not None and desk.now < open_until and not waived:
        raise Refused(
            f"the person may appeal until {open_until:%Y-%m-%d %H:%M} UTC; close it after that, or when they say that they do not"
        )
    values = {"stage": CaseStage.CLOSED.value, "due_at": None, "closed_at": desk.now}
    detail = {"waived": int(waived)}
    _move(desk, case, (CaseStage.DECIDED,), CaseEntryKind.CLOSED, values, text=_text(note, empty=True), detail=detail, seen=seen)


def export(desk: Desk, number: int) -> bytes:
    """A case as a ZIP, for who leads or decides it; the audit says that it went out. Raises NotFound; Refused: they may only look."""
    case = visible(desk, number)
    if not judges(desk.viewer, case.brand) and desk.person not in (case.decider, case.appeal_decider):
        raise Refused("who looks into a case does not take it along")
    write_down(desk, "case_exported", f"case {number}")
    return case_export.export(desk.store.cases.file(number), clause_of(desk.store, case), desk.settings)


def verify(store: Store, key: bytes) -> tuple[int, tuple[FileFault, ...]]:
    """Hold every case against its seals and the audit. Answers how many there are, and what is wrong."""
    found: list[FileFault] = []
    erasures, checked, before = store.cases.erasures(), 0, None
    while some := store.cases.list(before=before):
        for case in some:
            found += faults(store.cases.file(case.number), key, store.cases.audited(case.number), erasures)
        checked, before = checked + len(some), some[-1].number
    return checked, tuple(found)


def look_over(desk: Desk, file: CaseFile) -> tuple[FileFault, ...]:
    """What is wrong with one file, for who reads it."""
    return faults(file, desk.key, desk.store.cases.audited(file.case.number), desk.store.cases.erasures())


def clause_of(store: Store, case: Case) -> Clause:
    """The clause as it bound at the breach. Raises NotFound."""
    found = store.policies.get(case.policy_version).clause(case.clause)
    if found is None:
        raise NotFound(f"version {case.policy_version} of the policy has no clause {case.clause}")
    return found


def scale_of(clause: Clause) -> tuple[Consequence, ...]:
    """What may follow a breach of it, the mildest first."""
    return tuple(one for one in Consequence if one is Consequence.NONE or not clause.scale or one in clause.scale)


def _after(desk: Desk, case: Case) -> dict[str, Any]:
    """What a decision leads to: an appeal may come, or it is final; then the case is to be closed within a working day."""
    if case.decided_by is not None:
        return {"final": True, "first_decided_by": case.decided_by, "appeal_until": None, "due_at": _due(desk, 1)}
    until = _due(desk, desk.settings.cases.appeal)
    return {"appeal_until": until, "due_at": _due(desk, 1, until)}


def _about(store: Store, incident_id: int | None, item_id: int | None) -> tuple[list[EvidenceItem], str, str | None]:
    """The posts, the label and the brand. Raises Refused, NotFound."""
    if incident_id is not None:
        card = store.incidents.card(incident_id, evidence=0)
        items = store.incidents.items(incident_id, limit=MOST_FROZEN)
        return [one for one in items if one.deleted_at is None], card.row.label, card.row.brand
    if item_id is None:
        raise Refused("an incident or a post was expected")
    item = store.items.get(item_id)
    label = next((one.label for one in item.findings), "")
    return [item] if item.deleted_at is None else [], label, item.brand


def _clause(store: Store, items: Sequence[EvidenceItem], label: str, named: str) -> tuple[int, Clause]:
    """The clause as it bound when the first of these posts was written. Raises Refused."""
    at = min(one.quote.created_at for one in items)
    version = store.policies.in_force(at)
    if version is None:
        raise Refused(f"no policy bound on {at:%Y-%m-%d}; a case cites a clause that people could know")
    clause = version.clause(named) if named else version.clause_of(label)
    if clause is None:
        what = f"no clause {named}" if named else f"no clause for {label or 'this post'}; name one"
        raise Refused(f"version {version.number} of the policy, which bound on {at:%Y-%m-%d}, has {what}")
    return version.number, clause


def _led(desk: Desk, number: int) -> Case:
    """A case for somebody who leads it. Raises NotFound; Refused: they may only look, or decide."""
    case = visible(desk, number)
    if not judges(desk.viewer, case.brand):
        raise Refused("this is done by who judges cases")
    return case


def _move(
    desk: Desk,
    case: Case,
    stages: Sequence[CaseStage],
    kind: CaseEntryKind,
    values: Mapping[str, Any],
    *,
    text: str = "",
    detail: Mapping[str, str | int] | None = None,
    seen: int | None = None,
) -> None:
    if seen is not None and seen != case.version:
        raise Conflict(f"case {case.number} was changed by somebody else; look again before you act")
    typed: dict[str, str | int] = {"typed_by": desk.typed_by} if desk.typed_by and desk.typed_by != desk.person else {}
    said = CaseEntry(at=desk.now, actor=desk.person, kind=kind, text=text, detail={**(detail or {}), **typed})
    desk.store.cases.move(case, stages, values, said, desk.key)


def _due(desk: Desk, days: int, start: datetime | None = None) -> datetime:
    return working_days_after(start or desk.now, days, desk.settings.zone(), days_off_of(desk.settings).__contains__)


def _name(concerned: str) -> str:
    kept = " ".join(strip_controls(concerned).split())
    if len(kept) > LONGEST_NAME:
        raise Refused(f"a name of at most {LONGEST_NAME} characters was expected")
    return kept


def _text(text: str, *, empty: bool = False) -> str:
    kept = strip_controls(text).strip()
    if (not kept and not empty) or len(kept) > MOST_TEXT:
        raise Refused(f"{0 if empty else 1} to {MOST_TEXT} characters were expected")
    return kept
