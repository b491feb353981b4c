"""Decides what is to be said of a draft before somebody posts it: what the rules found, with its clause and advice, and what only the
author can answer: rights and sources. Nothing here keeps the draft."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from core.i18n import words
from core.policy import Applies, Clause
from core.types import Finding, Severity

ROOM = Path(__file__).resolve().parent


class Verdict(StrEnum):
    """STOP: do not post it like this. ASK: somebody should look first. CLEAR: the rules found nothing, the questions stay."""

    STOP = "stop"
    ASK = "ask"
    CLEAR = "clear"


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """One thing to mend, where in the draft it stands (code points, None: the whole), and the clause that it is about, if one binds."""

    label: str
    severity: Severity
    detector: str
    advice: str
    clause: Clause | None
    start: int | None
    end: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What no rule can see, with the id of the clause that asks it."""

    text: str
    clause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedOver:
    """All that is to be said of a draft, the gravest remark first."""

    verdict: Verdict
    remarks: tuple[Remark, ...]
    questions: tuple[Question, ...]


ADVICE: Mapping[str, str] = {
    "leak.pii": "Leave out what belongs to a person: numbers, addresses, health. Without their consent it must not go out.",
    "leak.secret": "Do not post it. Change the password or key now: it has been written down where it should not be.",
    "leak.codename": "Leave the name out. Nobody outside knows it yet.",
    "leak.finance": "Do not post figures that are not published. Investors must hear them all at the same time.",
    "leak": "Leave it out, or ask the owner of the information whether it is public.",
    "policy.insult": "Say what is wrong, not what somebody is.",
    "policy.politics": "Say it from your own account and as yourself, not for the company.",
    "policy.competitor": "Say what we do well. Leave out what others do badly.",
    "policy.finance_talk": "Send people to what the company has published.",
    "policy.undisclosed": "Add where you work, for example: “I work there”.",
    "policy.quarrel": "Answer the question, or answer nothing. Take blame and mockery out.",
    "policy.hashtag": "Take the hashtag or tag out.",
    "policy.copyright": "Ask the author first, and name them.",
    "complaint": "That sounds like a complaint. Bring it to the team that can mend it.",
    "crisis": "Do not post it. Tell the press office: somebody has to answer for all of us.",
    "account": "Do not post it. Tell security that somebody may be using your account.",
}
GENERAL = "Ask whoever answers for the clause before you post it."

_LINK = re.compile(r"https?://|www\.", re.IGNORECASE)
_NUMBER = re.compile(r"\d")
_GRAVE = ("leak.", "crisis.", "account.")


def look_over(text: str, findings: Sequence[Finding], clauses: Sequence[Clause], applies: Applies, language: str) -> LookedOver:
    """What is to be said of this draft for an account of this kind, in this language. `clauses` are those that bind."""
    room = words(ROOM, language)
    reported = sorted((one for one in findings if one.reported), key=lambda one: (-one.severity.rank, one.label, one.start or 0))
    remarks = tuple(
        Remark(
            label=one.label,
            severity=one.severity,
            detector=one.detector,
            advice=room.say(_advice(one.label)),
            clause=_clause(one.label, clauses),
            start=one.start,
            end=one.end,
        )
        for one in reported
        if _is_fault(one.label)
    )
    questions = tuple(Question(text=room.say(said), clause=clause) for said, clause in _questions(text, applies))
    return LookedOver(verdict=_verdict(remarks), remarks=remarks, questions=questions)


def _is_fault(label: str) -> bool:
    """Praise, questions and moods are nothing to mend in a draft of one's own."""
    return label.partition(".")[0] not in {"sentiment", "praise", "question"}


def _verdict(remarks: Sequence[Remark]) -> Verdict:
    """What cannot be taken back stops; the rest wants a second thought."""
    grave = any(one.severity >= Severity.HIGH and one.label.startswith(_GRAVE) for one in remarks)
    if grave or any(one.severity is Severity.CRITICAL for one in remarks):
        return Verdict.STOP
    return Verdict.ASK if remarks else Verdict.CLEAR


def _advice(label: str) -> str:
    parts = label.split(".")
    names = (".".join(parts[:n]) for n in range(len(parts), 0, -1))
    return next((ADVICE[name] for name in names if name in ADVICE), GENERAL)


def _clause(label: str, clauses: Sequence[Clause]) -> Clause | None:
    return next((one for one in clauses if not one.retired and one.detects(label)), None)


def _questions(text: str, applies: Applies) -> Iterator[tuple[str, str]]:
    """Rights and sources always; the rest where the draft or the account gives cause."""
    yield "Is every picture, sound and longer quotation your own, bought or allowed, and is its author named?", "POL-10"
    yield "Has everybody who can be recognised in it agreed?", "POL-09"
    yield "From where do you know it, and is that source public?", "POL-07"
    if _NUMBER.search(text):
        yield "Are the figures published already, and can you show where?", "POL-08"
    if _LINK.search(text):
        yield "Have you opened the link yourself, and does it lead where it says?", "POL-15"
    if applies is Applies.PERSONAL:
        yield "Can readers see that you work here and speak for yourself?", "POL-03"
    else:
        yield "Does your mandate cover this subject, on this account?", "POL-02"
    if applies is Applies.OFFICIAL:
        yield "Who answers the comments, and until when tonight?", "POL-12"
