"""What the company wants to reach: objectives with targets for KPIs, and initiatives with what came of them."""

import math
import re
from datetime import date
from difflib import get_close_matches
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, ValidationInfo, field_validator

from core.kpis import KPIS, Better, Unit
from core.periods import Span
from core.table import Id, Table, not_below, parse_duration


def _kpi(value: str) -> str:
    if value not in KPIS:
        near = get_close_matches(value, KPIS, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(KPIS)}"
        raise ValueError(f"there is no KPI of that name; {hint}")
    return value


def _amount(value: object) -> float:
    """A number, a share such as "90 %", or a duration such as "4h" in seconds."""
    text = str(value).strip().replace(",", ".")
    if isinstance(value, bool):
        raise ValueError('a number, a share such as "90 %" or a duration such as "4h" was expected')
    try:
        number = float(text[:-1]) / 100 if text.endswith("%") else float(text)
    except ValueError:
        try:
            number = parse_duration(text).total_seconds()
        except ValueError:
            raise ValueError('a number, a share such as "90 %" or a duration such as "4h" was expected') from None
    if not math.isfinite(number) or number < 0:
        raise ValueError("a number that is not negative was expected")
    return number


KpiName = Annotated[str, AfterValidator(_kpi)]
Amount = Annotated[float, BeforeValidator(_amount)]


class Target(Table):
    """What a KPI should reach in each period of `span`: a number, a share such as "90 %", or a duration such as "4h". Whether that is the
    least or the most is the KPI's own (docs/reference/kpis.md).
    """

    kpi: KpiName
    target: Amount
    span: Span = Span.MONTH

    @field_validator("target")
    @classmethod
    def _fits_its_unit(cls, value: float, info: ValidationInfo) -> float:
        kpi = KPIS.get(info.data.get("kpi", ""))
        if kpi is not None and kpi.unit is Unit.SHARE and value > 1:
            raise ValueError(f'{kpi.id} is a share: "90 %" or 0.9 was expected')
        return value

    def holds_in(self, span: Span) -> bool:
        """Shares and durations are the same in any period; what adds up has its own."""
        return span is self.span or not KPIS[self.kpi].is_sum

    @property
    def is_ceiling(self) -> bool:
        """Is the target the most, not the least?"""
        return KPIS[self.kpi].better is Better.FEWER

    def is_met(self, value: float) -> bool:
        return value <= self.target if self.is_ceiling else value >= self.target


class Objective(Table):
    """Something the company wants to reach, why, and the KPIs that tell whether it does."""

    id: Id
    name: str
    why: str = ""
    kpi: tuple[Target, ...]


class Initiative(Table):
    """Something that is done for an objective: from when until when, what is expected of which KPI; afterwards what came of it, and what
    was learned.
    """

    id: Id
    name: str
    objective: str
    kpi: KpiName
    starts: date
    ends: Annotated[date | None, not_below("starts", "a day from {} on")] = None
    expects: str
    verdict: Literal["worked", "partly", "failed"] | None = None
    lesson: str = ""

    @field_validator("verdict")
    @classmethod
    def _judged_when_over(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is not None and "ends" in info.data and info.data["ends"] is None:
            raise ValueError("a verdict is for what has ended: give `ends`")
        return value

    @field_validator("lesson")
    @classmethod
    def _learned_when_judged(cls, value: str, info: ValidationInfo) -> str:
        if value and "verdict" in info.data and info.data["verdict"] is None:
            raise ValueError("a lesson belongs to a verdict: worked, partly or failed")
        return value


class SummaryTable(Table):
    """Where the monthly summary for all staff goes: an address such as a list of everybody; without one none is sent. It names nobody."""

    to: str | None = None

    @field_validator("to")
    @classmethod
    def _is_address(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"[^@\s<>,;]+@[^@\s<>,;]+", value):
            raise ValueError("an e-mail address such as staff@example.com was expected")
        return value


class Aims(Table):
    """What of the configuration speaks of aims."""

    objective: tuple[Objective, ...] = ()
    initiative: tuple[Initiative, ...] = ()
    summary: SummaryTable = SummaryTable()
