"""The form in which an action of any review is planned."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Form

from actions.planning import LONGEST_ACTION, LONGEST_POINTER
from core.clock import last_minute
from core.crisis import About, Planned
from core.settings import Settings


@dataclass(frozen=True, slots=True)
class PlanFields:
    """As it came. `day` is YYYY-MM-DD in the company's zone."""

    text: Annotated[str, Form(max_length=2 * LONGEST_ACTION)]
    owner: Annotated[str, Form(max_length=64)]
    day: Annotated[str, Form(max_length=10)]
    about: Annotated[About, Form()]
    pointer: Annotated[str, Form(max_length=LONGEST_POINTER)]

    def planned(self, settings: Settings) -> Planned:
        """What shall be done by the end of that day. Raises ValueError: not a day."""
        day = datetime.strptime(self.day, "%Y-%m-%d").date()  # noqa: DTZ007
        due_at = last_minute(day, settings.zone())
        return Planned(text=self.text, owner=self.owner, due_at=due_at, about=self.about, pointer=self.pointer)


PlanForm = Annotated[PlanFields, Depends()]
