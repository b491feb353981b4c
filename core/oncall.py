"""What is done by hand to a schedule, as people look at it. Times are aware UTC."""

from dataclasses import dataclass

from core.records import Override


@dataclass(frozen=True, slots=True)
class Standing:
    """An override that holds or is to come, under its number, and who made it."""

    number: int
    override: Override
    made_by: str
