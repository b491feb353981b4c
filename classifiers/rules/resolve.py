"""Competing findings on one post: one label per grievance, the most specific; no praise beside a complaint."""

from collections.abc import Sequence

from classifiers.rules.sight import Sight
from classifiers.taxonomy import LABELS
from core.types import Finding

_RANK = {name: rank for rank, name in enumerate(LABELS)}
_COMPLAINT = "complaint."
_PII = "leak.pii."
_SECRET = "leak.secret."  # noqa: S105
_GRAVE = ("crisis.", "account.impostor")
_WORSE = ("leak.", "policy.insult", "policy.copyright")
"""Beside these, as beside what is grave, a complaint of no kind says nothing more."""
_FAINT_SERVICE = 0.65
"""Nor, below this, does one of bad service: who tells of a leak or a crisis sounds like that."""


def resolve(findings: Sequence[Finding], sight: Sight) -> tuple[Finding, ...]:
    """The findings that stay, in order of label and place."""
    if not findings:
        return ()
    kept = _best_per_place(findings)
    kept = _complaints(kept, sight)
    kept = _overlapping(kept, _PII)
    kept = _overlapping(kept, _SECRET)
    kept = _outside_secrets(kept)
    kept = _cheer(kept)
    return tuple(sorted(kept, key=lambda finding: (_RANK[finding.label], finding.start or 0, finding.detector)))


def _best_per_place(findings: Sequence[Finding]) -> list[Finding]:
    """One finding per label, the surest; personal data and secrets keep one per place. Trial rules keep their own."""
    best: dict[tuple[object, ...], Finding] = {}
    for finding in findings:
        place = (finding.start, finding.end) if finding.label.startswith((_PII, _SECRET)) else None
        key = (finding.label, place, finding.reported)
        rival = best.get(key)
        if rival is None or (finding.severity, finding.score) > (rival.severity, rival.score):
            best[key] = finding
    return list(best.values())


def _complaints(findings: list[Finding], sight: Sight) -> list[Finding]:
    """The likeliest kind where the model tells them apart, else the most specific; a second one only by words in another sentence; several
    harmed is the crisis alone."""
    told = (f for f in findings if f.label.startswith(_COMPLAINT) and f.reported)
    mine = sorted(told, key=_by_score) if sight.feeling and sight.feeling.topics else sorted(told, key=_by_kind)
    others = [f for f in findings if f not in mine]
    if any(f.label == "crisis.safety" and f.reported for f in findings):
        mine = [f for f in mine if f.label != "complaint.safety"]
    kept: list[Finding] = []
    for finding in mine:
        is_apart = finding.start is not None and all(_sentence(finding, sight) != _sentence(one, sight) for one in kept)
        if not kept or (is_apart and finding.label not in ("complaint.other", "complaint.service")):
            kept.append(finding)
    return others + kept[:2]


def _by_score(finding: Finding) -> tuple[float, int, int]:
    return -finding.score, *_by_kind(finding)


def _by_kind(finding: Finding) -> tuple[int, int]:
    """By the taxonomy's order; of money and parcel what is named first: "my order never came, the money is gone" is about the order."""
    label = "complaint.billing" if finding.label == "complaint.delivery" else finding.label
    return _RANK[label], finding.start or 0


def _sentence(finding: Finding, sight: Sight) -> int:
    return sight.text.folded.sentence(sight.text.folded.position(finding.start or 0))


def _overlapping(findings: list[Finding], family: str) -> list[Finding]:
    """Of one family's findings that overlap, the one that stands first in the taxonomy."""
    mine = sorted((f for f in findings if f.label.startswith(family)), key=lambda f: (_RANK[f.label], -((f.end or 0) - (f.start or 0))))
    kept: list[Finding] = []
    for finding in mine:
        if not any(_overlap(finding, one) for one in kept):
            kept.append(finding)
    return [f for f in findings if not f.label.startswith(family)] + kept


def _outside_secrets(findings: list[Finding]) -> list[Finding]:
    """What stands inside a secret is a part of it: "pass@db.company.net" in an address of a database is nobody's mail."""
    secrets = [f for f in findings if f.label.startswith(_SECRET)]
    return [f for f in findings if not (f.label.startswith(_PII) and any(_overlap(f, secret) for secret in secrets))]


def _overlap(one: Finding, other: Finding) -> bool:
    """What stands nowhere overlaps with nothing."""
    return (one.start or 0) < (other.end or 0) and (other.start or 0) < (one.end or 0)


def _cheer(findings: list[Finding]) -> list[Finding]:
    """Praise does not stand beside a reported complaint or crisis, nor a complaint of no kind beside what is worse,
    nor a question beside a crisis or an impostor: it is part of them."""
    reported = [f.label for f in findings if f.reported]
    is_crisis = any(label.startswith(_GRAVE) for label in reported)
    is_worse = is_crisis or any(label.startswith(_WORSE) for label in reported)
    is_sour = is_crisis or any(label.startswith(_COMPLAINT) for label in reported)
    unfit = {label for label, gone in (("praise", is_sour), ("complaint.other", is_worse), ("question", is_crisis)) if gone}
    return [f for f in findings if f.label not in unfit and not (is_worse and _is_faint_service(f))]


def _is_faint_service(finding: Finding) -> bool:
    return finding.label == "complaint.service" and finding.score < _FAINT_SERVICE
