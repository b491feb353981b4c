"""The reports' words: numbers, durations, days and weeks as the reader writes them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.numbers import format_decimal

from core.figures import WeekFigures
from core.i18n import words

ROOM = Path(__file__).resolve().parent


def msg(message: str) -> str:
    """Marks a message that is said later, so that the catalogue has it."""
    return message


ON_DAY = (
    msg("on Monday"),
    msg("on Tuesday"),
    msg("on Wednesday"),
    msg("on Thursday"),
    msg("on Friday"),
    msg("on Saturday"),
    msg("on Sunday"),
)

REASONS = {
    "": msg("not asked for long"),
    "unauthorized": msg("access refused: renew the credentials"),
    "rate_limited": msg("asked too often"),
    "budget_spent": msg("budget spent"),
    "usage_capped": msg("budget spent"),
    "empty": msg("answered with nothing at all"),
    "over": msg("it is read again"),
    "gone": msg("no longer there"),
    "bad_response": msg("answers cannot be read"),
    "timeout": msg("no answer in time"),
    "connect": msg("cannot be reached"),
    "tls": msg("certificate not trusted"),
}


@dataclass(frozen=True, slots=True)
class Speech:
    """One reader's language: "pl" or "en"."""

    language: str

    def say(self, message: str, /, **values: object) -> str:
        """A message in the reader's language."""
        return words(ROOM, self.language).say(message, **values)

    def count(self, one: str, many: str, n: int, /, **values: object) -> str:
        """A message with a number; {shown} is the number as the reader writes it."""
        return words(ROOM, self.language).count(one, many, n, shown=self.number(n), **values)

    def late(self, planned_at: datetime, zone: str) -> str:
        """Why this comes now: when it should have come, on the wall of the zone."""
        wall = planned_at.astimezone(ZoneInfo(zone))
        when = f"{format_date(wall.date(), format='long', locale=self.language)}, {wall:%H:%M}"
        return self.say("This should have come on {when}; Czujka was not running, or the mail server did not take it.", when=when)

    def number(self, n: float) -> str:
        return str(format_decimal(n, locale=self.language))

    def percent(self, part: float, whole: float) -> str:
        """A share in whole per cent, "0 %" of nothing, held together by a space that does not break."""
        return f"{round(100 * part / whole) if whole else 0}\u00a0%"

    def span(self, seconds: float) -> str:
        """A duration that does not break over lines: "45 s", "4 min", "2 h 5 min", "3 d 4 h"."""
        whole = max(0, round(seconds))
        parts = [(whole // 86400, "d"), (whole // 3600 % 24, "h"), (whole // 60 % 60, "min"), (whole % 60, "s")]
        first = next((place for place, (n, _) in enumerate(parts) if n), 3)
        kept = parts[first : first + (2 if first < 2 else 1)]
        return "\u00a0".join(f"{n}\u00a0{unit}" for n, unit in kept if n or len(kept) == 1)

    def on_day(self, day: date) -> str:
        """ "on Tuesday", „we wtorek”."""
        return self.say(ON_DAY[day.weekday()])

    def short_day(self, day: date, pattern: str = "E d") -> str:
        """ "Mon 9", „pon. 9”."""
        return str(format_date(day, pattern, locale=self.language))

    def week(self, figures: WeekFigures) -> str:
        """From which day to which: "9–15 November 2026"."""
        return self.days(figures.days[0].day, figures.days[-1].day + timedelta(days=1))

    def days(self, first: date, after: date) -> str:
        """From the first day to the one before `after`: "9–15 November 2026"."""
        last = after - timedelta(days=1)
        pattern = "d" if first.month == last.month else "d MMMM" if first.year == last.year else "d MMMM y"
        dash = "–" if first.month == last.month else " – "
        return f"{format_date(first, pattern, locale=self.language)}{dash}{format_date(last, 'd MMMM y', locale=self.language)}"
