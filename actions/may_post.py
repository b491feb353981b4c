"""What people ask before they post: the rules read a draft in our voice. It is kept nowhere: no row, no line, no file."""

from collections.abc import Callable, Sequence

from core.errors import Refused
from core.policy import Applies, Clause
from core.text import strip_controls
from core.types import Finding, Reading, Scope, Voice
from governance.clauses import STARTER, read_folder
from governance.may_post import LookedOver, look_over

LONGEST_DRAFT = 10_000

Judge = Callable[[Reading], Sequence[Finding]]


def may_i_post(
    judge: Judge, clauses: Sequence[Clause], text: str, applies: Applies, language: str, *, brand: str | None = None
) -> tuple[str, LookedOver]:
    """The draft as it was read, and what is to be said of it. The error tells how long it was, never what it said.

    Raises Refused: no draft, or one that is too long.
    """
    said = strip_controls(text).strip()
    if not said or len(said) > LONGEST_DRAFT:
        raise Refused(f"a draft of 1 to {LONGEST_DRAFT} characters was expected, {len(said)} came", reason="no_text")
    scope = Scope.EMPLOYEE if applies is Applies.PERSONAL else Scope.OFFICIAL
    reading = Reading(text=said, scope=scope, voice=Voice.OURS, brand=brand)
    return said, look_over(said, judge(reading), clauses, applies, language)


def starter() -> tuple[Clause, ...]:
    """The clauses that ship, for a company that has no policy in force yet."""
    return tuple(one.clause for one in read_folder(STARTER))
