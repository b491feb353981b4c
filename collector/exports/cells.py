"""Rows of CSV from physical lines: quoted line breaks, stray quotes, and quotes that nobody closed."""

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from collector.exports.lines import Line

SEPARATORS = ",;\t|"
_MAX_ROW_CHARS = 131_072
_MAX_ROW_LINES = 500


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the line where it began, the offset and line after it, and its cells, or the `problem` that left it without."""

    line: int
    end: int
    next_line: int
    raw: str
    cells: tuple[str, ...] = ()
    problem: str = ""
    complete: bool = True


def split(text: str, separator: str) -> list[str] | None:
    """The cells of one row, None when a quoted cell is still open at its end. Raises ValueError for a cell beyond all bounds."""
    try:
        return next(csv.reader([text], delimiter=separator, strict=True), [])
    except csv.Error as error:
        if "unexpected end" in str(error):
            return None
    escape = "\\" if '\\"' in text else None
    try:
        return next(csv.reader([text.replace("\r", " ")], delimiter=separator, escapechar=escape), [])
    except csv.Error as error:
        raise ValueError(str(error)) from error


def rows(source: Iterator[Line], separator: str, width: int) -> Iterator[Row]:
    """Assemble rows of `width` cells. A quote that is never closed costs its own line only: reading goes on behind it."""
    waiting: deque[Line] = deque()
    while (line := waiting.popleft() if waiting else next(source, None)) is not None:
        gathered = [line]
        yield _assemble(gathered, source, waiting, separator, width)
        waiting.extendleft(reversed(gathered[1:]))


def _assemble(gathered: list[Line], source: Iterator[Line], waiting: deque[Line], separator: str, width: int) -> Row:
    """Make the row that begins with the line in `gathered`; lines that prove not to belong to it are left in `gathered`.

    When the file ends inside quotes the row is not complete: somebody may still be writing it.
    """
    first = gathered[0]
    try:
        cells = split(first.text, separator) if not first.too_long else []
        ended = False
        if cells is None:
            cells, ended = _gather(gathered, source, waiting, separator, width)
    except ValueError:
        cells, ended = [], False
    if cells is None:
        return Row(first.number, first.end, first.number + 1, first.text, problem="open_quote", complete=first.complete and not ended)
    if not cells and first.text.strip():
        return Row(first.number, first.end, first.number + 1, first.text, problem="line_too_long")
    last = gathered[-1]
    raw = "\n".join(line.text for line in gathered)
    del gathered[1:]
    return Row(first.number, last.end, last.number + 1, raw, tuple(cells), complete=last.complete)


def _gather(
    gathered: list[Line], source: Iterator[Line], waiting: deque[Line], separator: str, width: int
) -> tuple[list[str] | None, bool]:
    """The cells of a row that goes over several lines, None if no quote closes it; and whether the file ended before one did."""
    text = gathered[0].text
    while len(gathered) < _MAX_ROW_LINES and len(text) < _MAX_ROW_CHARS:
        line = waiting.popleft() if waiting else next(source, None)
        if line is None:
            return None, True
        gathered.append(line)
        text += "\n" + line.text
        if '"' in line.text and (cells := split(text, separator)) is not None:
            own_rows = all(_is_row(later.text, separator, width) for later in gathered[1:])
            return (cells, False) if len(cells) == width and not own_rows else (None, False)
    return None, False


def _is_row(text: str, separator: str, width: int) -> bool:
    """Whether a line is a whole row for itself: then it is no part of a text that goes over several lines."""
    return width > 1 and text.count('"') % 2 == 0 and len(split(text, separator) or []) == width
