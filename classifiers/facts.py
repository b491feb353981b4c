"""Key facts: what our accounts say is held against the approved statement, and, where none holds, against what they said before."""

import string
from collections.abc import Iterable, Iterator
from datetime import date

import re2

from core.facts import Contradiction, Statement
from core.settings import Fact
from core.text import fold

LONGEST = 20_000
"""Code points of a statement that are looked at."""


def contradictions(facts: Iterable[Fact], statements: Iterable[Statement]) -> list[Contradiction]:
    """Every statement that differs, the oldest first. A fact is compared only where its pattern finds a value."""
    told = sorted(statements, key=lambda one: (one.at, one.item_id))
    found = [each for fact in facts for each in _of(fact, told)]
    return sorted(found, key=lambda each: (each.said.at, each.said.item_id, each.fact))


def _of(fact: Fact, told: Iterable[Statement]) -> Iterator[Contradiction]:
    pattern = re2.compile(fact.pattern, _options())
    approved = next(iter(_values(pattern, fact.statement)))
    before: tuple[str, Statement] | None = None
    for one in told:
        for value in _values(pattern, one.text[:LONGEST]):
            if is_valid(fact, one.at.date()):
                if plain(value) != plain(approved):
                    yield Contradiction(fact=fact.id, said=one, value=value, expected=approved, against=fact.statement)
                continue
            if before is not None and plain(value) != plain(before[0]):
                was, where = before
                yield Contradiction(fact=fact.id, said=one, value=value, expected=was, against=where.text, other_item_id=where.item_id)
            before = (value, one)


def is_valid(fact: Fact, day: date) -> bool:
    """Does the approved statement hold on this day? Both ends are inside."""
    return (fact.valid_from is None or fact.valid_from <= day) and (fact.valid_until is None or day <= fact.valid_until)


def plain(value: str) -> str:
    """A value as it is compared: "1 200" is "1200", "12,5" is "12.5", case and accents do not count."""
    return "".join(fold(value).split()).replace(",", ".").strip(string.punctuation)


def _values(pattern: "re2._Regexp", text: str) -> Iterator[str]:
    """What stands in the first group, wherever the pattern fits."""
    return (found.group(1) for found in pattern.finditer(text) if found.group(1))


def _options() -> "re2.Options":
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    return options
