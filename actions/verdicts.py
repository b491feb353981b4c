"""What people say of a finding: it is right, it is wrong, it is something else. Precision, thresholds and retraining live on it."""

from datetime import datetime

from core.errors import ConfigError
from core.labels import LABELS
from core.verdicts import Judgement, Said
from storage import Store

LONGEST_NOTE = 500


def judge(store: Store, finding_id: int, said: Said, person: str, now: datetime, *, label: str | None = None, note: str = "") -> int | None:
    """`person` says whether a finding is right; `label` is what it is instead. None: they said just that already.

    It stands in the history of each incident that holds the post. Raises ConfigError (a label that nobody knows, or the finding's own),
    NotFound (no such finding), Conflict (the same person judged it at the same moment).
    """
    found = store.verdicts.finding(finding_id)
    other = _other(found.label, label) if said is Said.OTHER else None
    kept = note.strip()[:LONGEST_NOTE]
    mine = next((one for one in store.verdicts.counting([finding_id]).get(finding_id, ()) if one.person == person), None)
    if mine is not None and (mine.said, mine.label, mine.note) == (said, other, kept):
        return None
    detail = {"finding": finding_id, "label": found.label, "detector": found.detector} | ({"other": other} if other else {})
    return store.verdicts.record(Judgement(finding_id=finding_id, person=person, said=said, at=now, label=other, note=kept, detail=detail))


def _other(label: str, other: str | None) -> str:
    if other is None or other not in LABELS:
        raise ConfigError(f"{other!r} is not a label; the reference of labels names them all", reason="label")
    if other == label:
        raise ConfigError(f"the finding says {label} already; call it right, or name another label", reason="label")
    return other
