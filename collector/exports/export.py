"""One file of posts: opened, understood, and read row by row from any byte on, in constant memory."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from collector.exports.cells import SEPARATORS, Row, rows, split
from collector.exports.columns import known_as
from collector.exports.entries import Defaults, Reader, Unreadable, from_cells
from collector.exports.lines import Line, lines
from collector.exports.objects import from_text, rejected
from collector.exports.shape import Layout, Shape, shape_of
from collector.exports.tally import Tally
from core.errors import BadResponse
from core.types import Item, Rejected

_HEADER_LINES = 10
_MEND = {
    "line_too_long": "too long to be a post (over 2 MB a line or 131,072 characters a cell): look for a missing line end or quote",
    "open_quote": "a quoted cell is never closed: close it, or double the quotes inside it",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """What one row gave. `end` and `next_line` are where to go on, `complete` whether a line end followed."""

    outcome: Item | Rejected
    end: int
    next_line: int
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Export:
    """An open file: `reader` and `separator` are CSV's; `start` and `line` are where its rows begin."""

    path: Path
    shape: Shape
    defaults: Defaults
    reader: Reader | None
    separator: str
    start: int
    line: int

    def read(
        self, tally: Tally, start: int | None = None, line: int = 0, progress: Callable[[int], object] = lambda _: None
    ) -> Iterator[Entry]:
        """Entries from byte `start` (line `line`) on, or from the first row. Blank rows are passed over."""
        if start is None:
            start, line = self.start, self.line
            progress(start)
        with self.path.open("rb") as stream:
            source = lines(stream, self.shape, start, line, progress)
            if self.reader is None:
                for found in source:
                    if found.text.strip(" \t\r\ufeff"):
                        yield self._object(found, tally)
            else:
                for row in rows(source, self.separator, len(self.reader.names)):
                    if row.problem or any(cell.strip() for cell in row.cells):
                        yield self._row(self.reader, row, tally)

    def _row(self, reader: Reader, row: Row, tally: Tally) -> Entry:
        if row.problem:
            return Entry(rejected(f"line {row.line}", row.problem, _MEND[row.problem], row.raw), row.end, row.next_line, row.complete)
        cells = row.cells
        if len(reader.names) == 1 and len(cells) > 1:
            cells = (row.raw.strip('"'),)
        try:
            return Entry(from_cells(reader, cells, self.defaults, tally), row.end, row.next_line, row.complete)
        except Unreadable as error:
            return Entry(rejected(f"line {row.line}", error.reason, str(error), row.raw), row.end, row.next_line, row.complete)

    def _object(self, found: Line, tally: Tally) -> Entry:
        outcome = (
            rejected(f"line {found.number}", "line_too_long", _MEND["line_too_long"], found.text)
            if found.too_long
            else from_text(found.text, f"line {found.number}", self.defaults, tally)
        )
        return Entry(outcome, found.end, found.number + 1, found.complete)


def open_export(path: Path, defaults: Defaults) -> Export:
    """Find out how a file is written and which column holds what.

    Raises BadResponse where it is no text or has no column of texts; OSError if it cannot be read.
    """
    shape = shape_of(path)
    if shape.layout is Layout.JSONL:
        return Export(path, shape, defaults, None, "", shape.bom, 1)
    with path.open("rb") as stream:
        head = list(islice(lines(stream, shape, shape.bom, 1, lambda _: None), _HEADER_LINES))
    best: tuple[int, Export] | None = None
    for line in head:
        for separator in SEPARATORS:
            names = tuple(name.strip().lstrip("\ufeff") for name in _names(line.text, separator))
            reader = Reader.of(names)
            if not {"text", "title"} & set(reader.places) or (line.number > 1 and len(reader.places) < 2):
                continue
            if best is None or len(reader.places) > best[0]:
                best = len(reader.places), Export(path, shape, defaults, reader, separator, line.end, line.number + 1)
        if best is not None:
            return best[1]
    if not any(line.text.strip() for line in head):
        return Export(path, shape, defaults, Reader.of(("text",)), ",", shape.bom, 1)
    seen = ", ".join(name.strip()[:40] for name in _names(head[0].text, _likeliest(head[0].text))[:20])
    raise BadResponse(
        f"{path.name} has no column of texts. Its first row is: {seen}. Name one of them text (or {', '.join(known_as('text')[1:8])})",
        reason="no_text_column",
    )


def _names(text: str, separator: str) -> list[str]:
    try:
        return split(text, separator) or []
    except ValueError:
        return []


def _likeliest(text: str) -> str:
    return max(SEPARATORS, key=text.count)
