"""Patterns on RE2: those with a literal run only around its hits; those without are asked once, together, in one `re2.Set`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import ahocorasick
import re2

from classifiers.rules.pack import Pattern
from classifiers.rules.validators import VALIDATORS
from classifiers.rules.view import View

_REACH = 300
"""How many characters on each side of a literal's hit a pattern sees."""

PlainSpans = dict[Pattern, list[tuple[int, int]]]


@dataclass(frozen=True)
class _Compiled:
    pattern: Pattern
    regex: Any


class PatternBook:
    """All patterns of all rules."""

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        unique = dict.fromkeys(patterns)
        self._literal = [_compiled(pattern) for pattern in unique if pattern.literal]
        self._free = [_compiled(pattern) for pattern in unique if not pattern.literal]
        self._automaton = _automaton(self._literal)
        self._set = re2.Set.SearchSet()
        for compiled in self._free:
            self._set.Add(compiled.pattern.regex.encode("ascii"))
        self._set.Compile()

    def find(self, plain: View) -> PlainSpans:
        """Validated spans in the plain view for each pattern that was found."""
        found: PlainSpans = {}
        for index in self._set.Match(plain.data) or () if self._free else ():
            _search(self._free[index], plain, [(0, len(plain.data))], found)
        for index, positions in self._literal_hits(plain).items():
            _search(self._literal[index], plain, list(_windows(positions, len(plain.data))), found)
        return found

    def _literal_hits(self, plain: View) -> dict[int, list[int]]:
        hits: dict[int, list[int]] = {}
        if self._literal:
            for last, indexes in self._automaton.iter(plain.text.lower()):
                for index in indexes:
                    hits.setdefault(index, []).append(last)
        return hits


def _compiled(pattern: Pattern) -> _Compiled:
    return _Compiled(pattern, re2.compile(pattern.regex.encode("ascii")))


def _automaton(compiled: Sequence[_Compiled]) -> Any:
    owners: dict[str, list[int]] = {}
    for index, one in enumerate(compiled):
        for literal in one.pattern.literal:
            owners.setdefault(literal.lower(), []).append(index)
    automaton = ahocorasick.Automaton()
    for literal, indexes in owners.items():
        automaton.add_word(literal, tuple(indexes))
    automaton.make_automaton()
    return automaton


def _windows(positions: Sequence[int], length: int) -> Iterator[tuple[int, int]]:
    """Merged windows around hits: their total length is bounded by the text's."""
    start, end = 0, 0
    for position in positions:
        if position - _REACH > end:
            if end:
                yield start, end
            start = position - _REACH
        end = min(length, position + _REACH)
        start = max(0, start)
    if end:
        yield start, end


def _search(compiled: _Compiled, plain: View, windows: Sequence[tuple[int, int]], found: PlainSpans) -> None:
    pattern = compiled.pattern
    accept = VALIDATORS[pattern.validator] if pattern.validator else None
    for start, end in windows:
        for match in compiled.regex.finditer(plain.data, start, end):
            first, last = match.span(pattern.group)
            if last > first and (accept is None or accept(plain.text[first:last])):
                found.setdefault(pattern, []).append((first, last))
