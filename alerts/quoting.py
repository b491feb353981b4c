"""Text from outside, made fit to be quoted: cut around what fired, cleaned, personal data and credentials masked.

Channels never take `quote.text` as it is; they take its `pieces` and escape each for their medium.
"""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from core.text import strip_controls
from core.types import Quote

MASK = "•••••"

_MASKED = ("leak.pii", "leak.secret")
# Marks that turn the reading direction: a post could make a link or a name read backwards. Source: Unicode UAX 9.
_DIRECTION = re.compile("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]")
_INVISIBLE = re.compile("[\u200b\u2060\ufeff\u00ad\U000e0000-\U000e007f]")
_BEFORE = 0.4


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a quoted text; `label` says what fired in it, '' for nothing."""

    text: str
    label: str = ""


def clean(text: str) -> str:
    """Without control characters, marks of direction and invisible letters."""
    return _INVISIBLE.sub("", _DIRECTION.sub("", strip_controls(text)))


def one_line(text: str, limit: int) -> str:
    """Clean, on one line, at most `limit` characters long; what is left out shows as "…"."""
    flat = re.sub(r"\s+", " ", clean(text[: limit * 8])).strip()
    return flat if len(flat) <= limit else flat[: max(0, limit - 1)].rstrip() + "…"


def pieces(quote: Quote, limit: int) -> tuple[Piece, ...]:
    """The quote in at most about `limit` code points, with the first words that fired inside; masked words show as dots."""
    spans = _spans(quote)
    start, end = _window(len(quote.text), spans[0][:2] if spans else (0, 0), limit)
    found = [Piece("…")] if start else []
    at = start
    for first, last, label in spans:
        if last <= start or first >= end:
            continue
        found.append(Piece(clean(quote.text[at : max(at, first)])))
        found.append(Piece(MASK if label.startswith(_MASKED) else clean(quote.text[max(at, first) : min(last, end)]), label))
        at = max(at, min(last, end))
    found.append(Piece(clean(quote.text[at:end])))
    if end < len(quote.text):
        found.append(Piece("…"))
    return tuple(piece for piece in found if piece.text)


def plain(quote: Quote, limit: int, mark: str = "") -> str:
    """The quote as plain text; `mark` is put around the words that fired."""
    return "".join(f"{mark}{piece.text}{mark}" if piece.label else piece.text for piece in pieces(quote, limit)).strip()


def web_address(url: str) -> str:
    """The address if it is one that may be linked to (http or https), else ''."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    fit = parts.scheme in {"http", "https"} and bool(parts.hostname) and len(url) <= 2000
    return url if fit and url.isprintable() and not set(url) & set(" \"'<>`|\\") else ""


def _spans(quote: Quote) -> list[tuple[int, int, str]]:
    """Spans inside the text, in order, each beginning where the one before ends at the earliest. A masked one swallows others."""
    size = len(quote.text)
    inside = [(max(0, start), min(size, end), label) for start, end, label in quote.spans if 0 <= start < end and start < size]
    masked = [span for span in inside if span[2].startswith(_MASKED)]
    shown = [span for span in inside if span not in masked and not any(_overlap(span, hidden) for hidden in masked)]
    merged: list[tuple[int, int, str]] = []
    for start, end, label in sorted(masked + shown):
        if merged and start < merged[-1][1]:
            before = merged.pop()
            merged.append((before[0], max(before[1], end), before[2]))
        else:
            merged.append((start, end, label))
    return merged


def _overlap(one: tuple[int, int, str], other: tuple[int, int, str]) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _window(size: int, focus: tuple[int, int], limit: int) -> tuple[int, int]:
    """Which part of a long text to show: its beginning, or what lies around the focus when that is further on."""
    if size <= limit or focus[1] <= limit:
        return 0, min(size, limit)
    start = min(max(0, focus[0] - int(limit * _BEFORE)), size - limit)
    return start, start + limit
