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
    """One row: where it began, the byte offset after it, and its cells, or the `problem` that left it without."""

    line: int
    end: int
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
    while waiting or (line := next(source, None)) is not None:
        if waiting:
            line = waiting.popleft()
        assert line is not None
        gathered = [line]
        yield _assemble(gathered, source, waiting, separator, width)
        waiting.extendleft(reversed(gathered[1:]))


def _assemble(gathered: list[Line], source: Iterator[Line], waiting: deque[Line], separator: str, width: int) -> Row:
    """Make the row that begins with the line in `gathered`; lines that prove not to belong to it are left in `gathered`."""
    first = gathered[0]
    if first.too_long:
        return Row(first.number, first.end, first.text, problem="line_too_long")
    try:
        cells = split(first.text, separator)
        if cells is None:
            cells = _gather(gathered, source, waiting, separator, width)
    except ValueError:
        return Row(first.number, first.end, first.text, problem="line_too_long")
    if cells is None:
        return Row(first.number, first.end, first.text, problem="open_quote", complete=first.complete)
    last = gathered[-1]
    raw = "\n".join(line.text for line in gathered)
    del gathered[1:]
    return Row(first.number, last.end, raw, tuple(cells), complete=last.complete)


def _gather(gathered: list[Line], source: Iterator[Line], waiting: deque[Line], separator: str, width: int) -> list[str] | None:
    text = gathered[0].text
    while len(gathered) < _MAX_ROW_LINES and len(text) < _MAX_ROW_CHARS:
        line = waiting.popleft() if waiting else next(source, None)
        if line is None:
            return None
        gathered.append(line)
        text += "\n" + line.text
        if '"' in line.text and (cells := split(text, separator)) is not None:
            return cells if len(cells) == width else None
    return None
