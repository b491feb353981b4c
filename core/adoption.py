"""How many of the staff use the internal portal, as the company's own sheet tells it: sums by month and department, never a person."""

from dataclasses import dataclass
from datetime import date

SMALLEST = 5
"""A department of fewer people is told together with the other small ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Adoption:
    """One department in one month (its first day): how many work there and how many of them were active; the same of its managers."""

    month: date
    department: str
    staff: int
    active: int
    managers: int
    managers_active: int
