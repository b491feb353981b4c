"""May I post this? What is said of a draft: the clause, the advice, the questions that only its author can answer."""

import re
from collections.abc import Sequence

import pytest

from actions.may_post import LONGEST_DRAFT, may_i_post, starter
from core.errors import Refused
from core.policy import Applies
from core.types import Finding, Reading, Scope, Severity, Voice
from governance.may_post import LookedOver, Verdict

CLAUSES = starter()


def found(label: str, severity: Severity, start: int = 0, end: int = 4, *, reported: bool = True) -> Finding:
    return Finding(label=label, score=0.9, severity=severity, detector=f"{label}@1", start=start, end=end, reported=reported)


def asked(text: str, *findings: Finding, account: Applies = Applies.PERSONAL, language: str = "en") -> LookedOver:
    return may_i_post(lambda _: findings, CLAUSES, text, account, language)[1]


def questions(answer: LookedOver) -> list[str]:
    return [one.clause for one in answer.questions]


def test_nothing_found_leaves_the_questions() -> None:
    answer = asked("Lubię naszą stołówkę")
    assert (answer.verdict, answer.remarks) == (Verdict.CLEAR, ())
    assert questions(answer) == ["POL-10", "POL-09", "POL-07", "POL-03"]


def test_a_leak_stops_and_stands_first_with_its_clause_and_advice() -> None:
    answer = asked("…", found("policy.hashtag", Severity.LOW), found("leak.pii.phone", Severity.HIGH, 3, 12))
    assert answer.verdict is Verdict.STOP
    first, second = answer.remarks
    assert (first.label, first.clause and first.clause.id, first.start, first.end) == ("leak.pii.phone", "POL-09", 3, 12)
    assert first.advice.startswith("Leave out what belongs to a person")
    assert (second.clause and second.clause.id, second.advice) == ("POL-11", "Take the hashtag or tag out.")


def test_a_breach_that_can_be_mended_asks_and_what_is_on_trial_says_nothing() -> None:
    assert asked("…", found("policy.undisclosed", Severity.MEDIUM)).verdict is Verdict.ASK
    assert asked("…", found("policy.undisclosed", Severity.MEDIUM, reported=False)).verdict is Verdict.CLEAR
    assert asked("…", found("praise", Severity.INFO), found("sentiment.negative", Severity.INFO)).verdict is Verdict.CLEAR


def test_the_questions_follow_the_draft_and_the_account() -> None:
    assert "POL-08" in questions(asked("o 30 procent"))
    assert "POL-15" in questions(asked("https://polna.example/kefir"))
    assert questions(asked("kefir", account=Applies.OFFICIAL)) == ["POL-10", "POL-09", "POL-07", "POL-02", "POL-12"]
    assert questions(asked("kefir", account=Applies.EXECUTIVE))[-1] == "POL-02"


def test_all_of_it_is_said_in_polish_too() -> None:
    answer = asked("…", *(found(label, Severity.MEDIUM) for label in ("leak.internal", "crisis.press", "account.takeover", "policy.other")))
    polish = asked(
        "…",
        *(found(label, Severity.MEDIUM) for label in ("leak.internal", "crisis.press", "account.takeover", "policy.other")),
        language="pl",
    )
    for one, other in zip((*answer.remarks, *answer.questions), (*polish.remarks, *polish.questions), strict=True):
        english, said = (one.advice, other.advice) if hasattr(one, "advice") else (one.text, other.text)  # type: ignore[union-attr]
        assert said != english
        assert re.search("[ąćęłńóśźż]", said)


def test_it_is_read_in_our_voice_where_it_shall_stand() -> None:
    seen: list[Reading] = []

    def judge(reading: Reading) -> Sequence[Finding]:
        seen.append(reading)
        return ()

    for account in Applies:
        may_i_post(judge, CLAUSES, " kefir\x00 ", account, "en", brand="polna")
    assert [(one.text, one.scope, one.voice, one.brand) for one in seen] == [
        ("kefir", Scope.OFFICIAL, Voice.OURS, "polna"),
        ("kefir", Scope.EMPLOYEE, Voice.OURS, "polna"),
        ("kefir", Scope.OFFICIAL, Voice.OURS, "polna"),
    ]


@pytest.mark.parametrize("text", ["", " \n", "x" * (LONGEST_DRAFT + 1)])
def test_what_is_no_draft_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(Refused, match=r"a draft of 1 to 10000 characters was expected, \d+ came"):
        asked(text)
