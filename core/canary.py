"""The canary: a planted post that goes the whole way to a contact of its own, so that a way that is blocked is noticed without a post.

Its brand, source and owner have a name that no configuration can hold, so it meets nothing of the company's; nobody sees or counts it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from core.settings import Canary, Escalation, Owner, Route, Settings, Step

CANARY = "~canary"
TEXT = "This is the canary of Czujka and no leak. My password: kanarek-Zk9qL4vT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flight:
    """The newest canary: when it was planted, when its message was taken (None: not yet), which stage it waits for meanwhile.

    `since` is when the first of those was planted of which none has come back. Times are aware UTC.
    """

    planted_at: datetime
    since: datetime
    returned_at: datetime | None = None
    waits_for: str = ""

    def is_late(self, canary: Canary, now: datetime) -> bool:
        """It did not come back in time, or none was planted for longer than it should be."""
        missing = self.returned_at is None and now - self.since > canary.within
        return missing or now - self.planted_at > canary.every + canary.within

    def is_over(self, canary: Canary, now: datetime) -> bool:
        """Is it time for the next one?"""
        return now - self.planted_at >= canary.every

    def took(self) -> timedelta | None:
        """Its whole way, None while it is under way."""
        return self.returned_at - self.planted_at if self.returned_at is not None else None


def with_canary(settings: Settings) -> Settings:
    """The settings as the stages use them: what is found in the canary's post goes to the canary's contact and to nobody else."""
    if settings.canary is None:
        return settings
    owner = Owner.model_construct(id=CANARY, escalation=CANARY)
    policy = Escalation.model_construct(id=CANARY, step=(Step(notify=(settings.canary.contact,)),))
    change = {
        "owner": (*settings.owner, owner),
        "escalation": (*settings.escalation, policy),
        "route": (Route(brand=CANARY, owner=CANARY), *settings.route),
    }
    return settings.model_copy(update=change)
