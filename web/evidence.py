"""A post as pages quote it: what fired is marked, personal data and credentials are dots until somebody asks for them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from core.records import EvidenceItem
from core.text import fold, strip_controls
from core.types import Severity

MASK = "•••••"
SHORT = 600
MASKED = ("leak.pii", "leak.secret")

_TURNS = re.compile("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]")
_WORDS = re.compile(r"(\w+)")
_BEFORE = 0.3


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text. `label` and `severity` say what fired in it; `hidden`: it shows as dots; `found`: it was
    searched for."""

    text: str
    label: str = ""
    severity: Severity = Severity.INFO
    hidden: bool = False
    found: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """A post's text ready for a page. `rest` says that more of it was left out; `masked` that something is hidden."""

    pieces: tuple[Piece, ...]
    rest: bool
    masked: bool


def show(item: EvidenceItem, *, revealed: bool = False, limit: int | None = SHORT, words: Sequence[str] = ()) -> Shown:
    """Mark what fired, and what begins like one of `words` (folded). With a limit (code points) a long text is cut around the first
    words that were searched for, or that fired."""
    text = item.quote.text
    spans = _spans(item, revealed)
    start, end = _window(len(text), _first(text, words) or [(first, last) for first, last, _ in spans], limit)
    pieces: list[Piece] = [Piece("…")] if start else []
    at = start
    for first, last, piece in spans:
        if last <= start or first >= end:
            continue
        pieces.append(Piece(_clean(text[at : max(at, first)])))
        pieces.append(piece if piece.hidden else Piece(_clean(text[max(at, first) : min(last, end)]), piece.label, piece.severity))
        at = max(at, min(last, end))
    pieces += [Piece(_clean(text[at:end])), Piece("…" if end < len(text) else "")]
    shown = found_in([piece for piece in pieces if piece.text], words)
    return Shown(tuple(shown), start > 0 or end < len(text), any(p.hidden for _, _, p in spans))


def found_in(pieces: Sequence[Piece], words: Sequence[str]) -> list[Piece]:
    """The same pieces with what was searched for marked in what is plain: words that begin, folded, like one of `words`."""
    if not words:
        return list(pieces)
    marked: list[Piece] = []
    for piece in pieces:
        if piece.label or piece.hidden:
            marked.append(piece)
            continue
        for part in _WORDS.split(piece.text):
            marked += [Piece(part, found=fold(part).startswith(tuple(words)))] if part else []
    return marked


def one_line(text: str, limit: int = 140) -> str:
    """A text on one line of at most `limit` characters, as lists quote it."""
    flat = " ".join(_clean(text[: limit * 8]).split())
    return flat if len(flat) <= limit else flat[: limit - 1].rstrip() + "…"


def web_address(url: str) -> str:
    """The address if it may be linked to (http or https), else ''."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    fit = parts.scheme in ("http", "https") and bool(parts.hostname) and len(url) <= 2000 and url.isprintable()
    return url if fit and not set(url) & set(" \"'<>`|\\") else ""


def has_personal_data(items: Sequence[EvidenceItem]) -> bool:
    """Is there anything that a page would mask?"""
    return any(found.label.startswith(MASKED) and found.start is not None for item in items for found in item.findings)


def _clean(text: str) -> str:
    """Without control characters and marks that turn the reading direction. Source: Unicode UAX 9."""
    return _TURNS.sub("", strip_controls(text))


def _spans(item: EvidenceItem, revealed: bool) -> list[tuple[int, int, Piece]]:
    """What fired, in order and without overlaps: what is to be hidden first, then the more severe, then the longer."""
    size = len(item.quote.text)
    found = [
        (f.start, min(f.end, size), Piece(MASK, f.label, f.severity, hidden=f.label.startswith(MASKED) and not revealed))
        for f in item.findings
        if f.start is not None and f.end is not None and 0 <= f.start < min(f.end, size)
    ]
    taken: list[tuple[int, int, Piece]] = []
    for start, end, piece in sorted(found, key=lambda s: (not s[2].hidden, -s[2].severity.rank, s[0] - s[1], s[0])):
        overlaps = [other for other in taken if start < other[1] and other[0] < end]
        if not overlaps:
            taken.append((start, end, piece))
        elif piece.hidden:
            taken = [other for other in taken if other not in overlaps]
            taken.append((min(start, *(o[0] for o in overlaps)), max(end, *(o[1] for o in overlaps)), piece))
    return sorted(taken, key=lambda span: span[0])


def _first(text: str, words: Sequence[str]) -> list[tuple[int, int]]:
    """Where the first word stands that was searched for."""
    sought = tuple(words)
    places = (one.span() for one in _WORDS.finditer(text) if sought and fold(one[0]).startswith(sought))
    return [first] if (first := next(places, None)) else []


def _window(size: int, spans: Sequence[tuple[int, int]], limit: int | None) -> tuple[int, int]:
    if limit is None or size <= limit:
        return 0, size
    first, last = (spans[0][0], spans[0][1]) if spans else (0, 0)
    if last <= limit:
        return 0, limit
    start = min(max(0, first - int(limit * _BEFORE)), size - limit)
    return start, start + limit
