"""Posts as JSON objects: from one line of a file, or all that came in one body."""

import json
from typing import Any

from collector.exports.entries import Defaults, Unreadable, from_object
from collector.exports.tally import Tally
from core.types import Item, Rejected

_RAW_CHARS = 2_000


def from_text(text: str, place: str, defaults: Defaults, tally: Tally) -> Item | Rejected:
    """The item of one object written as JSON. `place` says where it stood: "line 3"."""
    try:
        row = json.loads(text.strip(" \t\r\ufeff"))
    except (ValueError, RecursionError) as error:
        return rejected(place, "broken_json", f"the line is no JSON: {error}", text)
    return _from_value(row, text, place, defaults, tally)


def from_body(text: str, defaults: Defaults) -> list[Item | Rejected]:
    """All that a body holds: one object, a list of them, or an object a line. Blank lines are passed over."""
    tally = Tally()
    try:
        whole = json.loads(text.strip(" \t\r\n\ufeff"))
    except (ValueError, RecursionError):
        lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip(" \t\r\ufeff")]
        return [from_text(line, f"line {number}", defaults, tally) for number, line in lines]
    rows = whole if isinstance(whole, list) else [whole]
    return [_from_value(row, json.dumps(row), f"post {number}", defaults, tally) for number, row in enumerate(rows, 1)]


def rejected(place: str, reason: str, detail: str, raw: str) -> Rejected:
    """What could not be read, with where it stood and how to mend it."""
    return Rejected(reason=reason, detail=f"{place}: {detail}", raw=raw[:_RAW_CHARS].encode("utf-8", "replace").decode())


def _from_value(row: Any, text: str, place: str, defaults: Defaults, tally: Tally) -> Item | Rejected:
    if not isinstance(row, dict):
        return rejected(place, "not_an_object", 'an object such as {"text": "…"} was expected', text)
    try:
        return from_object(row, defaults, tally)
    except Unreadable as error:
        return rejected(place, error.reason, str(error), text)
