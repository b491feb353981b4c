"""The escalation policy as it is copied into an incident: steps that name whom to page, kept as JSON so that a restart knows them.

{"id": "page-now", "steps": [{"notify": ["schedule:pr-rota"], "wait_s": 600, "repeat": 0}]}
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from core.settings import Escalation, Owner, Settings
from core.settings import Step as StepTable
from core.types import Json

SHORTEST_WAIT = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Step:
    """Whom to page, how long to wait for somebody to answer, how often to page them again."""

    notify: tuple[str, ...]
    wait: timedelta
    repeat: int


def policy_of(owner_id: str, settings: Settings) -> Json:
    """The policy of an owner as it stands now: its own, else who is on call and then its team."""
    owner = next((one for one in settings.owner if one.id == owner_id), None)
    named = owner.escalation if owner else None
    own = next((one for one in settings.escalation if one.id == named), None) or _default(owner_id, owner)
    return {
        "id": own.id,
        "steps": [{"notify": list(s.notify), "wait_s": int(s.wait.total_seconds()), "repeat": s.repeat} for s in own.step],
    }


def has_changed(policy: Json, owner_id: str, settings: Settings) -> bool:
    """Would the owner's policy of now page otherwise than this copy?"""
    return steps_of(policy) != steps_of(policy_of(owner_id, settings))


def steps_of(policy: Json) -> Sequence[Step]:
    """The steps of a copied policy. A wait is at least a minute, so that no policy pages in a loop."""
    return [
        Step(tuple(one.get("notify", ())), max(timedelta(seconds=one.get("wait_s", 600)), SHORTEST_WAIT), one.get("repeat", 0))
        for one in policy.get("steps", ())
    ]


def _default(owner_id: str, owner: Owner | None) -> Escalation:
    rota = (StepTable(notify=(f"schedule:{owner.schedule}",)),) if owner and owner.schedule else ()
    return Escalation(id="default", step=(*rota, StepTable(notify=(f"owner:{owner_id}",), repeat=1)))
