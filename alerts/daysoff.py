"""Days on which nobody is expected to work: a country's public holidays, and the company's own. Source: the package `holidays`."""

from dataclasses import dataclass
from datetime import date
from functools import cache

import holidays

from core.settings import Settings


@dataclass(frozen=True, slots=True)
class DaysOff:
    """`country` is "PL", or "DE-BY" for a part of one; None knows no public holidays."""

    country: str | None = None
    own: tuple[date, ...] = ()

    def __contains__(self, day: date) -> bool:
        return day in self.own or (self.country is not None and day in _public(self.country))


def days_off_of(settings: Settings) -> DaysOff:
    """The public holidays of the first team that says where it is."""
    return DaysOff(next((owner.country for owner in settings.owner if owner.country), None))


@cache
def _public(country: str) -> holidays.HolidayBase:
    """Grows by the years that are asked for."""
    code, _, part = country.partition("-")
    return holidays.country_holidays(code, subdiv=part or None)
