"""Dates as feeds write them: RFC 822 and ISO 8601 with their usual mistakes, zones by name, and months by their Polish names.

feedparser reads CET and CEST as UTC and gives no date at all for Polish months, so it is asked last.
"""

import calendar
import re
import time
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from core.text import fold

_WARSAW = ZoneInfo("Europe/Warsaw")
_NAMES = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december")
_ENGLISH = {
    form: month for month, name in enumerate(_NAMES, start=1) for form in (name, name[:3], name[:4] if name == "september" else name)
}
# By their first three letters: nominative, genitive and short forms agree in them.
_POLISH = dict(zip(("sty", "lut", "mar", "kwi", "maj", "cze", "lip", "sie", "wrz", "paz", "lis", "gru"), range(1, 13), strict=True))
# Hours east of Greenwich. Source: RFC 822, 5; the European zones are those of tz's "Europe".
_ZONES = {
    **dict.fromkeys(("z", "ut", "utc", "gmt", "wet"), 0.0),
    **dict.fromkeys(("cet", "met", "mez", "west", "bst"), 1.0),
    **dict.fromkeys(("cest", "mest", "mesz", "eet"), 2.0),
    **dict.fromkeys(("eest", "msk"), 3.0),
    "edt": -4.0,
    **dict.fromkeys(("est", "cdt"), -5.0),
    **dict.fromkeys(("cst", "mdt"), -6.0),
    **dict.fromkeys(("mst", "pdt"), -7.0),
    "pst": -8.0,
}
_CLOCK = r"(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:[.,]\d+)?)?"
_ZONE = r"\s*(?P<zone>[+-]\d{1,2}:?\d{2}|[+-]\d{1,2}|[a-z]{1,5})?"
_WORDED = re.compile(
    rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[\s.-]+(?P<month>[a-z]+)[\s.,-]+(?P<year>\d{{4}}|\d{{2}})\b(?:\D{{0,16}}?{_CLOCK}{_ZONE})?"
)
_ENGLISH_ORDER = re.compile(rf"(?P<month>[a-z]+)\.?\s+(?P<day>\d{{1,2}}),?\s+(?:(?P<year>\d{{4}})(?:\D{{0,5}}{_CLOCK}{_ZONE})?)")
_ASCTIME = re.compile(rf"(?P<month>[a-z]+)\s+(?P<day>\d{{1,2}})\s+{_CLOCK}\s+(?:(?P<zone>[a-z]{{1,5}}|[+-]\d{{4}})\s+)?(?P<year>\d{{4}})")
_ISO = re.compile(
    rf"(?P<year>\d{{4}})-?(?P<month>\d{{2}})(?:-?(?P<day>\d{{2}}))?(?:[t\s]+(?:{_CLOCK}|(?P<hour2>\d{{2}})(?P<minute2>\d{{2}})(?P<second2>\d{{2}})){_ZONE})?"
)
_DOTTED = re.compile(rf"(?P<day>\d{{1,2}})[./](?P<month>\d{{1,2}})[./](?P<year>\d{{4}})(?:\D{{1,5}}{_CLOCK}{_ZONE})?")


def parse_date(text: str, parsed: time.struct_time | None = None) -> datetime | None:
    """A date as aware UTC, None if it is none. `parsed` is feedparser's reading in UTC, used where ours finds nothing.

    Without a zone, a date in Polish words or in the Polish order (31.12.2026) is Warsaw's wall time, any other is UTC.
    """
    folded = fold(text).strip()[:200]
    for pattern in (_ISO, _WORDED, _ASCTIME, _ENGLISH_ORDER, _DOTTED):
        found = pattern.match(folded) if pattern is _ISO else pattern.search(folded)
        read = _read(found) if found else None
        if read is not None:
            return read
    return _plausible(datetime.fromtimestamp(calendar.timegm(parsed), UTC)) if parsed is not None and parsed.tm_year > 1970 else None


def _read(found: re.Match[str]) -> datetime | None:
    parts = found.groupdict()
    month = parts["month"]
    number = int(month) if month.isdigit() else _ENGLISH.get(month) or _POLISH.get(month[:3])
    if number is None:
        return None
    year = int(parts["year"])
    year += (2000 if year < 70 else 1900) if year < 100 else 0
    hour, minute, second = (int(parts.get(name) or parts.get(f"{name}2") or 0) for name in ("hour", "minute", "second"))
    zone_name = parts.get("zone") or ""
    if zone_name in {"am", "pm"}:
        hour = hour % 12 + (12 if zone_name == "pm" else 0)
    polish = found.re is _DOTTED or not (month.isdigit() or month in _ENGLISH)
    try:
        zone = _zone(zone_name, _WARSAW if polish else UTC)
        # 24:00 is the end of the day, and a leap second is the next one
        start = datetime(year, number, int(parts["day"] or 1), tzinfo=zone)
        local = (start.replace(tzinfo=None) + timedelta(hours=hour, minutes=minute, seconds=second)).replace(tzinfo=zone)
        return _plausible(local.astimezone(UTC)) if hour <= 24 and minute < 60 and second <= 60 else None
    except (ValueError, OverflowError):
        return None


def _zone(name: str, default: tzinfo) -> tzinfo:
    """A zone by its name or offset; what is neither ("r.", "godz") is no zone. Raises ValueError for an impossible offset."""
    offset = re.fullmatch(r"([+-])(\d{1,2}):?(\d{2})?", name)
    if offset:
        minutes = int(offset[2]) * 60 + int(offset[3] or 0)
        return timezone(timedelta(minutes=-minutes if offset[1] == "-" else minutes))
    return timezone(timedelta(hours=_ZONES[name])) if name in _ZONES else default


def _plausible(read: datetime) -> datetime | None:
    return read if read.year >= 1990 else None
