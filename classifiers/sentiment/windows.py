"""Cuts a text into windows that the encoder can take: the first six and the last two, when there are more."""

from collections.abc import Sequence
from dataclasses import dataclass

from tokenizers import Encoding

FIRST, LAST = 6, 2
LONGEST_PIECES = 64
_MARKS = 2


@dataclass(frozen=True, slots=True)
class Reading:
    """What is read of one normalised text: windows of piece ids, each with its start and end marks, and the same part as text."""

    windows: tuple[tuple[int, ...], ...]
    text: str
    is_cut: bool


def cut(text: str, encoding: Encoding) -> Reading:
    """Cut a text by its encoding (start mark, pieces, end mark)."""
    start, *pieces, end = encoding.ids
    room = LONGEST_PIECES - _MARKS
    parts = [pieces[at : at + room] for at in range(0, len(pieces), room)] or [[]]
    is_cut = len(parts) > FIRST + LAST
    if is_cut:
        text = _read_part(text, encoding.offsets[1:-1], FIRST * room, (len(parts) - LAST) * room)
        parts = parts[:FIRST] + parts[-LAST:]
    return Reading(tuple((start, *part, end) for part in parts), text, is_cut)


def _read_part(text: str, offsets: Sequence[tuple[int, int]], skip_from: int, skip_to: int) -> str:
    """Give the text without what lies between two pieces."""
    return f"{text[: offsets[skip_from][0]]} {text[offsets[skip_to][0] :]}"
