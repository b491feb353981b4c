"""Reads dates as exports write them: ISO, seconds or milliseconds since 1970, dd.mm.yyyy, months in Polish and English words."""

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

from collector.exports.columns import fold

_MONTHS = (
    ("sty", "styczen", "stycznia", "jan", "january"),
    ("lut", "luty", "lutego", "feb", "february"),
    ("mar", "marzec", "marca", "march"),
    ("kwi", "kwiecien", "kwietnia", "apr", "april"),
    ("maj", "maja", "may"),
    ("cze", "czerwiec", "czerwca", "jun", "june"),
    ("lip", "lipiec", "lipca", "jul", "july"),
    ("sie", "sierpien", "sierpnia", "aug", "august"),
    ("wrz", "wrzesien", "wrzesnia", "sep", "sept", "september"),
    ("paz", "pazdziernik", "pazdziernika", "oct", "october"),
    ("lis", "listopad", "listopada", "nov", "november"),
    ("gru", "grudzien", "grudnia", "dec", "december"),
)
_MONTH = {name: number for number, names in enumerate(_MONTHS, 1) for name in names}
_ZONES = {"utc": 0, "gmt": 0, "z": 0, "cet": 1, "cest": 2, "bst": 1, "est": -5, "edt": -4, "pst": -8, "pdt": -7}
_CLOCK = re.compile(
    r"(?<![\d.:/-])(?P<hour>\d{1,2})(?::(?P<minute>\d{2}))(?::(?P<second>\d{2})(?:[.,]\d+)?)?\s*(?P<half>[ap]\.?m\b\.?)?"
    r"\s*(?P<zone>(?:utc|gmt)?\s*[+-]\d{1,2}:?\d{2}\b|(?:utc|gmt|cest|cet|bst|est|edt|pst|pdt|z)\b)?",
    re.IGNORECASE,
)
_DAY_FIRST = re.compile(r"(?<!\d)(\d{1,2})[./-](\d{1,2})[./-](\d{4}|\d{2})(?!\d)")
_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})[./-](\d{1,2})[./-](\d{1,2})(?!\d)")
_COMPACT = re.compile(r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])(?:[0-2]\d[0-5]\d[0-5]\d)?")
_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")
_EXCEL_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 (wall time, as Excel has it)


def parse_time(value: str, zone: ZoneInfo, clock: str = "") -> datetime:
    """Aware UTC from what a cell says; `zone` is for wall times, `clock` a time of day from another column.

    Two numbers and a year are read day first, unless the time says am or pm or the day would be no month.
    Raises ValueError with what was expected.
    """
    text = value.strip()
    if clock and not _CLOCK.search(text):
        text = f"{text} {clock.strip()}"
    try:
        found = _number(text, zone) or _iso(text, zone) or _rfc(text) or _words(text, zone)
        if found is not None and 1990 <= found.year <= 2100:
            return found.astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        pass
    raise ValueError('a date such as "2026-11-20 14:05", "20.11.2026 14:05" or "20 listopada 2026" was expected')


def _number(text: str, zone: ZoneInfo) -> datetime | None:
    if not _NUMBER.fullmatch(text):
        return None
    if _COMPACT.fullmatch(text):
        return datetime.strptime(text, "%Y%m%d%H%M%S" if len(text) == 14 else "%Y%m%d").replace(tzinfo=zone)
    number = float(text.replace(",", "."))
    if 20_000 <= number < 80_000:
        return (_EXCEL_ZERO + timedelta(seconds=round(number * 86_400))).replace(tzinfo=zone)
    for scale in (1, 1_000, 1_000_000, 1_000_000_000):
        if 5e8 <= number / scale < 5e9:
            return datetime.fromtimestamp(number / scale, UTC)
    return None


def _iso(text: str, zone: ZoneInfo) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=zone)


def _rfc(text: str) -> datetime | None:
    """Mail dates with an offset, and the old form of X: "Wed Aug 27 13:08:45 +0000 2008"."""
    if old := re.fullmatch(r"(\w{3}) (\w{3} \d{2}) ([\d:]{8}) ([+-]\d{4}) (\d{4})", text):
        text = f"{old[1]}, {old[2][4:]} {old[2][:3]} {old[5]} {old[3]} {old[4]}"
    if not re.search(r"[+-]\d{4}$", text):
        return None
    try:
        found = parsedate_to_datetime(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


def _words(text: str, zone: ZoneInfo) -> datetime | None:
    found = _CLOCK.search(text)
    rest = text[: found.start()] + " " + text[found.end() :] if found else text
    half = (found["half"] or "").lower() if found else ""
    day = _date(rest, month_first=bool(half))
    if day is None:
        return None
    year, month, number = day
    hour = int(found["hour"]) if found else 0
    if half:
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    moment = datetime(year, month, number, hour, int(found["minute"]) if found else 0, int(found["second"] or 0) if found else 0)  # noqa: DTZ001
    return moment.replace(tzinfo=_offset(found["zone"]) if found and found["zone"] else zone)


def _date(text: str, *, month_first: bool) -> tuple[int, int, int] | None:
    if found := _YEAR_FIRST.search(text):
        return int(found[1]), int(found[2]), int(found[3])
    if found := _DAY_FIRST.search(text):
        day, month, year = int(found[1]), int(found[2]), int(found[3])
        if (month_first and day <= 12) or month > 12:
            day, month = month, day
        return year + (2000 if year < 100 else 0), month, day
    words = fold(text).split("_")
    month = next((_MONTH[word] for word in words if word in _MONTH), 0)
    numbers = [int(digits[0]) for word in words if (digits := re.fullmatch(r"(\d{1,4})(?:st|nd|rd|th)?", word))]
    years = [number for number in numbers if number > 1900]
    days = [number for number in numbers if 1 <= number <= 31]
    return (years[0], month, days[0]) if month and years and days else None


def _offset(zone: str) -> timezone:
    found = re.search(r"([+-])(\d{1,2}):?(\d{2})", zone)
    if found is None:
        return timezone(timedelta(hours=_ZONES[zone.strip().lower()]))
    minutes = int(found[2]) * 60 + int(found[3])
    return timezone(timedelta(minutes=-minutes if found[1] == "-" else minutes))
