"""A CSV of `timestamp,value` read row by row, and judged by the detector that watches the brands.

Whatever a row holds, it keeps its place. What cannot be read is named and not judged; what is only odd is named and judged.
"""

import csv
import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from alerts.crisis import advance
from alerts.series import Judged, Point, SeriesState, Tuning, begin
from core.errors import ConfigError

HEADER = ("timestamp", "value", "score", "alert")
_AMOUNT = re.compile(r"\+?(\d+(\.\d*)?|\.\d+)(e[+-]?\d{1,3})?", re.ASCII | re.IGNORECASE)
_MOST = 1e15
"""More than that is no count of anything, and its square would not be a number for long."""
_GAP_STEPS = 3.0
_ORIGIN = datetime(1970, 1, 1, tzinfo=UTC)
_SATURDAY = 5


@dataclass(slots=True)
class Reader:
    """Judges the rows in their order. `remark` hears of what is odd, `complain` of what cannot be read."""

    remark: Callable[[str], None]
    complain: Callable[[str], None]
    tuning: Tuning = field(default_factory=Tuning)
    state: SeriesState = field(init=False)
    judged: Judged = field(default_factory=Judged)
    zones: list[timedelta | None] = field(default_factory=list)
    offset: timedelta | None = None

    def __post_init__(self) -> None:
        self.state = begin(self.tuning)

    def rows(self, lines: Iterable[str]) -> Iterator[tuple[str, str, str, str]]:
        """One row out for each that is not empty. Raises ConfigError when the first line is no such header."""
        lines = iter(lines)
        return self._rows(lines, *_columns(next(lines, "")))

    def _rows(self, lines: Iterator[str], at: int, value: int) -> Iterator[tuple[str, str, str, str]]:
        for number, line in enumerate(lines, start=2):
            if line.strip("\r\n"):
                cells = [*_cells(line), *[""] * (1 + max(at, value))]
                yield self._row(number, cells[at], cells[value])

    def _row(self, number: int, timestamp: str, value: str) -> tuple[str, str, str, str]:
        amount, moment = _amount(value), _moment(timestamp)
        if amount is None or moment is None:
            wrong = (
                f"{value!r} is no amount: a number from 0 up" if amount is None else f"{timestamp!r} is no time such as 2026-11-21 14:05:00"
            )
            self.complain(f"line {number}: {wrong}")
            return timestamp, value, "", "0"
        opens = self._judge(number, moment, amount)
        return timestamp, value, f"{self.judged.score:.6f}", "1" if opens else "0"

    def _judge(self, number: int, moment: datetime, amount: float) -> bool:
        """Whether an episode opens. A row of the same time as the row before adds nothing and keeps that row's score."""
        at_s = self._seconds(number, moment)
        before_s = self.state.at_s
        if at_s == before_s:
            self.remark(f"line {number}: the same time as the row before; not counted again")
            return False
        if before_s is not None:
            self._odd(number, at_s - before_s)
        self.judged = advance(self.state, Point(at_s, amount, moment.hour, moment.weekday() >= _SATURDAY), self.tuning)
        return self.judged.opens

    def _odd(self, number: int, passed_s: float) -> None:
        usual_s = self.state.steps_s[-1] if self.state.steps_s else passed_s
        if passed_s < 0:
            self.remark(f"line {number}: the clock goes back by {timedelta(seconds=-passed_s)}; taken as the next in line")
        elif passed_s > _GAP_STEPS * usual_s:
            self.remark(f"line {number}: no data for {timedelta(seconds=passed_s)}; that is not zero")

    def _seconds(self, number: int, moment: datetime) -> float:
        """Seconds since 1970. A time without a zone is read in the zone of the rows before it, else as UTC."""
        offset = moment.utcoffset()
        if offset not in self.zones:
            if self.zones:
                self.remark(f"line {number}: another zone than in the rows before ({_zone(offset)} after {_zone(self.zones[-1])})")
            self.zones.append(offset)
        self.offset = self.offset if offset is None else offset
        return (moment.replace(tzinfo=UTC) - _ORIGIN - (self.offset or timedelta())).total_seconds()


def _columns(header: str) -> tuple[int, int]:
    """Where the two columns stand. Raises ConfigError."""
    names = [cell.strip().lower() for cell in _cells(header.removeprefix("\ufeff"))]
    if not {"timestamp", "value"} <= set(names):
        raise ConfigError(f"the first line must be a header with the columns timestamp and value, not {header.strip()[:80]!r}")
    return names.index("timestamp"), names.index("value")


def _cells(line: str) -> Sequence[str]:
    """The cells of one line; a quote that is never closed spoils its own line only."""
    try:
        return next(csv.reader([line.rstrip("\r\n")], strict=False), [])
    except csv.Error:
        return []


def _amount(text: str) -> float | None:
    """A count or a sum, which is never negative; None for anything else."""
    if not _AMOUNT.fullmatch(text.strip()):
        return None
    amount = float(text)
    return amount if math.isfinite(amount) and amount <= _MOST else None


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError:
        return None


def _zone(offset: timedelta | None) -> str:
    return "none" if offset is None else f"{offset.total_seconds() / 3600:+g} h"
