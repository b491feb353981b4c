"""A table that people keep in a spreadsheet, read whole or not at all: every fault is named with its line before anything is written."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.errors import ConfigError

MOST_BYTES = 5_000_000
MOST_ROWS = 20_000
LONGEST = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a sheet: its number in the file (the header is 1) and its cells by column, without blanks around them."""

    line: int
    cells: Mapping[str, str]

    def get(self, column: str) -> str:
        return self.cells.get(column, "")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a line, and what was expected."""

    line: int
    text: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.text}"


def read_sheet(path: Path, required: Sequence[str], known: Sequence[str]) -> list[Row]:
    """The rows of a CSV with a header, separated by commas or semicolons, in UTF-8 or (with its mark) UTF-16.

    Raises ConfigError: not readable as text, a column missing, unknown or twice, a row with more cells than the header.
    """
    if not path.is_file():
        raise ConfigError(f"{path}: there is no such file", reason="no_file")
    raw = path.read_bytes()
    if len(raw) > MOST_BYTES:
        raise ConfigError(f"{path}: {len(raw):,} bytes; at most {MOST_BYTES:,} were expected", reason="sheet_invalid")
    text = _text(path, raw)
    first = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";" if first.count(";") > first.count(",") else ",", strict=True)
    try:
        lines = [(reader.line_num, cells) for cells in reader]
    except csv.Error as error:
        raise ConfigError(f"{path}, line {reader.line_num}: {error}", reason="sheet_invalid") from None
    if not lines:
        raise ConfigError(f"{path}: a header was expected: {','.join(known)}", reason="sheet_invalid")
    columns = _columns(path, lines[0][1], required, known)
    rows, problems = [], []
    for line, cells in lines[1:]:
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) > len(columns):
            problems.append(Problem(line, f"{len(cells)} cells, the header has {len(columns)}; put cells with a separator in quotes"))
        if any(len(cell) > LONGEST for cell in cells):
            problems.append(Problem(line, f"a cell of more than {LONGEST} characters"))
        rows.append(Row(line=line, cells={name: cell.strip() for name, cell in zip(columns, cells, strict=False)}))
    if len(rows) > MOST_ROWS:
        problems.append(Problem(lines[-1][0], f"{len(rows):,} rows; at most {MOST_ROWS:,} were expected"))
    if problems:
        raise refusal(path, problems)
    return rows


def refusal(path: Path, problems: Sequence[Problem]) -> ConfigError:
    """All faults in one error, one a line; nothing was written."""
    told = "\n".join(f"  {problem}" for problem in problems)
    number = "1 fault" if len(problems) == 1 else f"{len(problems)} faults"
    return ConfigError(f"{path}: {number}, so nothing was imported\n{told}", reason="sheet_invalid")


def _text(path: Path, raw: bytes) -> str:
    """The text of a file. A guess at another encoding would put wrong letters into people's names, so there is none."""
    name = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = raw.decode(name)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        said = f"{path}, line {line}: a byte that is no {'UTF-16' if name == 'utf-16' else 'UTF-8'} (0x{raw[error.start]:02X})"
        raise ConfigError(f"{said}; save the sheet as “CSV UTF-8”", reason="sheet_encoding") from None
    bad = next((place for place, char in enumerate(text) if ord(char) < 32 and char not in "\t\r\n"), None)
    if bad is not None:
        line = text.count("\n", 0, bad) + 1
        raise ConfigError(
            f"{path}, line {line}: a control character (U+{ord(text[bad]):04X}); a text was expected", reason="sheet_encoding"
        )
    return text


def _columns(path: Path, header: Sequence[str], required: Sequence[str], known: Sequence[str]) -> list[str]:
    names = [cell.strip().casefold().replace(" ", "_").replace("-", "_") for cell in header]
    problems = [Problem(1, f"a column {name!r} was expected") for name in required if name not in names]
    problems += [Problem(1, f"nobody knows a column {name!r}; known are {', '.join(known)}") for name in names if name not in known]
    problems += [Problem(1, f"the column {name!r} stands there twice") for name in dict.fromkeys(names) if names.count(name) > 1]
    if problems:
        raise refusal(path, problems)
    return names
