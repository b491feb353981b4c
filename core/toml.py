"""TOML with positions: the values as tomllib reads them, and the line on which each key stands.

`read(text)` gives a Document. Paths are tuples of keys and indices, as pydantic names them: ("source", 2, "every").
Positions come from a scan of the text, since tomllib keeps none; a key that the scan cannot place gets its table's line.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass

from core.errors import ConfigError
from core.types import Json

Path = tuple[str | int, ...]

_KEY = re.compile(r"""\s*((?:[A-Za-z0-9_-]+|"[^"\n]*"|'[^'\n]*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"\n]*"|'[^'\n]*'))*)\s*""")
_HEADER = re.compile(r"\s*(\[\[?)([^\]]+)\]\]?\s*(?:#.*)?$")
_PART = re.compile(r""""([^"\n]*)"|'([^'\n]*)'|([A-Za-z0-9_-]+)""")
_STRING = re.compile(r'"""(?:\\.|[^\\])*?"""|\'\'\'.*?\'\'\'|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|#[^\n]*', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Document:
    """A configuration file: its values and the line of each key (1 for the first line)."""

    values: Json
    lines: dict[Path, int]

    def line(self, path: Path) -> int:
        """The line of a key, or of the nearest table around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read(text: str, name: str) -> Document:
    """Read TOML. Raises ConfigError with file, line and what was expected."""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{name}: not valid TOML: {error}", reason="config_syntax") from error
    return Document(values, dict(_positions(text)))


def _positions(text: str) -> Iterator[tuple[Path, int]]:
    """Every key and table header with its line; what stands inside strings and brackets is passed over."""
    counts: dict[Path, int] = {}
    table: Path = ()
    blanked = _STRING.sub(_blank, text)
    originals = text.split("\n")
    depth = 0
    for number, line in enumerate(blanked.split("\n"), start=1):
        header = _HEADER.match(line) if depth == 0 else None
        if header:
            table = _table(_parts(_HEADER.match(originals[number - 1]) or header, 2), header[1] == "[[", counts)
            yield table, number
            continue
        if depth == 0 and "=" in line:
            key = _KEY.match(originals[number - 1])
            if key:
                parts = _parts(key, 1)
                yield from ((table + parts[:end], number) for end in range(1, len(parts) + 1))
                yield from _inline(table + parts, originals[number - 1][key.end() :], number)
        depth = max(0, depth + sum(line.count(mark) for mark in "[{") - sum(line.count(mark) for mark in "]}"))


def _blank(match: re.Match[str]) -> str:
    """Hide brackets and equals signs of strings and comments; keep line breaks, so that lines still count."""
    return re.sub(r"[\[\]{}=#]", "_", match[0])


def _parts(match: re.Match[str], group: int) -> tuple[str, ...]:
    return tuple(part[1] or part[2] or part[3] for part in _PART.finditer(match[group]))


def _table(names: tuple[str, ...], is_array: bool, counts: dict[Path, int]) -> Path:
    """The path of a header: an array's newest element stands for it in the headers below."""
    path: Path = ()
    for index, name in enumerate(names):
        path = (*path, name)
        if is_array and index == len(names) - 1:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path


def _inline(path: Path, rest: str, number: int) -> Iterator[tuple[Path, int]]:
    """Keys of an inline table stand on their owner's line."""
    if rest.lstrip("= ").startswith("{"):
        for key in re.finditer(r"[{,]\s*([A-Za-z0-9_-]+)\s*=", rest):
            yield (*path, key[1]), number
