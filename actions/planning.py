"""What an action of any review must be: words, somebody who does it, a day, and something that it points at and that is there."""

from datetime import datetime

from actions.policy import pointers
from core.crisis import About, Kind, Planned
from core.errors import Refused
from core.policy import Trigger, Wanted
from core.settings import Settings
from governance.review import wanted
from storage import Store

LONGEST_ACTION = 500
LONGEST_POINTER = 200
FURTHEST_DAYS = 366


def checked(settings: Settings, planned: Planned, actor: str, now: datetime) -> Planned:
    """The same without blanks around it. Raises Refused: no words, no such person, a day that is over."""
    text, pointer = planned.text.strip(), planned.pointer.strip()
    if not text or len(text) > LONGEST_ACTION or len(pointer) > LONGEST_POINTER:
        raise Refused(f"what shall be done, in 1 to {LONGEST_ACTION} characters, was expected")
    if not now <= planned.due_at or (planned.due_at - now).days > FURTHEST_DAYS:
        raise Refused("a day within the next year was expected")
    known(settings, planned.owner, actor)
    return Planned(text=text, owner=planned.owner, due_at=planned.due_at, about=planned.about, pointer=pointer)


def asked(store: Store, planned: Planned, trigger: Trigger, key: str, evidence: dict[str, str | int], now: datetime) -> Wanted | None:
    """The review of the policy that the action opens. Raises Refused: what it points at is not there."""
    if planned.about is About.CLAUSE:
        version = store.policies.in_force(now)
        clause = version.clause(planned.pointer) if version is not None else None
        if clause is None or clause.retired:
            raise Refused(f"the policy in force has no clause {planned.pointer!r}")
        return wanted(clause, trigger, key, now, evidence)
    if planned.about is About.RULE and planned.pointer not in {one.rule for one in pointers()}:
        raise Refused(f"there is no rule {planned.pointer!r}; `czujka rules list` names them")
    if planned.about is About.CHECKLIST and planned.pointer not in {kind.value for kind in Kind}:
        raise Refused(f"there is no checklist {planned.pointer!r}; there are {', '.join(Kind)}")
    if not planned.pointer:
        raise Refused("which training was expected")
    return None


def known(settings: Settings, person: str, actor: str) -> None:
    """Raises Refused: nobody of this name."""
    if person != actor and person not in {one.id for one in settings.person}:
        raise Refused(f"there is no person {person!r} in the configuration")
