"""What people do with the policy: open a draft from its files, comment, approve for an office, set the day from which it binds.

A draft is read and linted whole before anything is written; what is refused leaves no trace in the database.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from classifiers.rules.lint import list_rules
from classifiers.taxonomy import LABELS
from core.errors import Refused
from core.policy import Approval, Clause, Comment, Version
from core.settings import Settings
from governance.clauses import fingerprint, read_folder, refusal
from governance.difference import Kind, changed, changes, pieces, sentence
from governance.lint import Pointer, Surroundings, faults
from storage import Store

LONGEST_COMMENT = 2000
LONGEST_NOTE = 500


@cache
def pointers() -> tuple[Pointer, ...]:
    """Every rule of the packs with the clause it points to: its own, or its label's."""
    return tuple(Pointer(rule=rule.id, label=rule.label, clause=rule.clause or LABELS[rule.label].clause) for rule in list_rules())


def surroundings(settings: Settings, store: Store | None = None) -> Surroundings:
    """What a policy of this company must fit; with a store also what was published before and what cites it."""
    offices = {office: settings.holders(office) for office in settings.offices()}
    newest = store.policies.newest() if store is not None else None
    before = newest.clauses if newest is not None else ()
    cited = {one.id: store.policies.cited(one.detected_by) for one in before if one.detected_by} if store is not None else {}
    return Surroundings(
        offices=offices,
        languages=settings.company.languages,
        labels=tuple(LABELS),
        rules=pointers(),
        before=before,
        cited=cited,
        cases=store.cases.citing() if store is not None else {},
    )


def propose(store: Store, settings: Settings, folder: Path, note: str, actor: str, now: datetime) -> Version:
    """Make the folder's present state the draft; an earlier draft ends.

    Raises ConfigError: faults, each with file, line and how to mend it; Refused: nothing differs from what was published.
    """
    reads = read_folder(folder)
    found = faults(reads, surroundings(settings, store))
    if found:
        raise refusal(found)
    clauses = tuple(one.clause for one in reads)
    newest = store.policies.newest()
    before = newest.clauses if newest is not None else ()
    touched = changed(before, clauses)
    if not touched:
        raise Refused(f"nothing differs from version {newest.number if newest else 0}; a draft of it would say nothing new")
    made = Version(
        number=0,
        clauses=clauses,
        needs=_needs((*before, *clauses), touched),
        note=note.strip()[:LONGEST_NOTE],
        fingerprint=fingerprint(folder),
        made_by=actor,
        made_at=now,
    )
    return store.policies.get(store.policies.open_draft(made))


def _needs(clauses: tuple[Clause, ...], touched: tuple[str, ...]) -> tuple[str, ...]:
    """The reviewers of whatever was touched, as it was and as it shall be."""
    return tuple(sorted({office for one in clauses if one.id in touched for office in one.reviewers}))


def comment(store: Store, number: int, text: str, person: str, now: datetime, *, clause: str = "") -> int:
    """`person` says something of the draft, or of one of its clauses. Raises Refused, NotFound."""
    kept = text.strip()
    if not kept or len(kept) > LONGEST_COMMENT:
        raise Refused(f"a comment of 1 to {LONGEST_COMMENT} characters was expected")
    if clause and store.policies.get(number).clause(clause) is None:
        raise Refused(f"version {number} has no clause {clause!r}")
    return store.policies.comment(number, Comment(clause=clause, person=person, text=kept, at=now))


def approve(store: Store, settings: Settings, number: int, office: str, person: str, now: datetime, *, actor: str | None = None) -> Version:
    """`person`, who holds the office, approves the draft; `actor` typed it. Raises Refused, Conflict (approved already), NotFound."""
    draft = store.policies.get(number)
    if office not in draft.needs:
        raise Refused(f"version {number} needs no approval of {office!r}; it needs {', '.join(draft.needs)}")
    if person not in settings.holders(office):
        held = ", ".join(settings.holders(office)) or "nobody"
        raise Refused(f"{person!r} does not hold the office {office!r}; it is held by {held}")
    store.policies.approve(number, Approval(office=office, person=person, actor=actor or person, at=now))
    return store.policies.get(number)


def publish(store: Store, number: int, effective_at: datetime | None, actor: str, now: datetime) -> Version:
    """The draft binds from `effective_at` on, at once when None.

    Raises Refused: an approval is missing, a day that is over, a clause that it lacks is cited by cases; NotFound.
    """
    if effective_at is not None and effective_at < now:
        raise Refused(f"{effective_at:%Y-%m-%d %H:%M} UTC is over; a policy cannot bind people in hindsight")
    kept = {one.id for one in store.policies.get(number).clauses}
    for clause, cases in sorted(store.cases.citing().items()):
        if clause not in kept:
            raise Refused(f"{clause} is gone, but {cases} {'case cites' if cases == 1 else 'cases cite'} it; draft it with `retired: true`")
    store.policies.publish(number, effective_at or now, actor, now)
    return store.policies.get(number)


def withdraw(store: Store, number: int, actor: str, now: datetime) -> None:
    """The draft is dropped. Raises Refused, NotFound."""
    store.policies.withdraw(number, actor, now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One difference in the reader's words; for a sentence that changed also word by word: ("same" | "out" | "in", words)."""

    clause: str
    text: str
    pieces: tuple[tuple[str, str], ...] = ()


def differences(before: Sequence[Clause], after: Sequence[Clause], language: str) -> tuple[Difference, ...]:
    """How two versions differ, for a reader of this language: wordings in the other language are left to its readers."""
    return tuple(
        Difference(
            clause=one.clause,
            text=sentence(one, language),
            pieces=tuple(pieces(one.before, one.after)) if one.kind is Kind.SENTENCE else (),
        )
        for one in changes(before, after, language)
        if one.language in ("", language)
    )
