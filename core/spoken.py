"""What our own side said in some span of time, looked through."""

from dataclasses import dataclass

from core.facts import Contradiction
from core.manners import Fault, Weighed


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """Our replies to people, each weighed, the newest first; and where one of our `statements` differs from one of the `facts` key facts or
    from what we said before, the newest first."""

    weighed: tuple[Weighed, ...] = ()
    facts: int = 0
    statements: int = 0
    contradictions: tuple[Contradiction, ...] = ()

    @property
    def faulty(self) -> tuple[Weighed, ...]:
        """The replies with something wrong."""
        return tuple(one for one in self.weighed if one.faults)

    def count(self, fault: Fault) -> int:
        """How many replies have this wrong with them."""
        return sum(fault in one.faults for one in self.weighed)


NOTHING_SPOKEN = Spoken()
