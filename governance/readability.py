"""How many years of school a text asks for: a formula for English and one for Polish, both made for texts of a hundred words and more.

English, Coleman–Liau: 0.0588 L − 0.296 S − 15.8, with L letters and S sentences in a hundred words. It needs no syllables, which machines
count badly in English. Source: M. Coleman, T. L. Liau, A computer readability formula designed for machine scoring, Journal of Applied
Psychology 60 (1975), 283–284.

Polish, Pisarek: ½ √(Ts² + Tw²), with Ts words in a sentence and Tw the share, in per cent, of hard words: four syllables and more in their
base form. Source: W. Pisarek, Jak mierzyć zrozumiałość tekstu?, Zeszyty Prasoznawcze 4 (1969), 35–48.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from math import sqrt

import morfeusz2

from core.policy import Clause

HARD_FROM = 4
PLAIN_YEARS = 12.0
"""What more than so many years is needed for is not plain: a secondary school has been left by then."""
_WORD = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*")
_SENTENCE = re.compile(r"[.!?…]+(?=\s|$)|\n")
_VOWELS = "aąeęioóuy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Readability:
    """Of one clause in one language."""

    clause: str
    language: str
    years: float
    words: int
    sentences: int

    @property
    def is_plain(self) -> bool:
        return self.years <= PLAIN_YEARS


def of_clauses(clauses: Sequence[Clause]) -> tuple[Readability, ...]:
    """Of each clause in each language: its text with what follows from a breach."""
    return tuple(
        measure(clause.id, language, f"{wording.text}\n{wording.consequence}")
        for clause in clauses
        for language, wording in sorted(clause.words.items())
        if _WORD.search(wording.text)
    )


def measure(name: str, language: str, text: str) -> Readability:
    """Years of school, never below 0. Raises ValueError: a text without words."""
    plain = re.sub(r"^- ", "", text, flags=re.M)
    words = _WORD.findall(plain)
    if not words:
        raise ValueError("a text without words has no readability")
    sentences = sum(bool(_WORD.search(part)) for part in _SENTENCE.split(plain))
    years = _pisarek(words, sentences) if language == "pl" else _coleman_liau(words, sentences)
    return Readability(clause=name, language=language, years=round(max(0.0, years), 1), words=len(words), sentences=sentences)


def _coleman_liau(words: Sequence[str], sentences: int) -> float:
    letters = sum(char.isalpha() for word in words for char in word)
    return 0.0588 * 100 * letters / len(words) - 0.296 * 100 * sentences / len(words) - 15.8


def _pisarek(words: Sequence[str], sentences: int) -> float:
    length = len(words) / sentences
    hard = 100 * sum(syllables(_base_form(word.lower())) >= HARD_FROM for word in words) / len(words)
    return sqrt(length**2 + hard**2) / 2


def syllables(word: str) -> int:
    """Of a Polish word: its vowels, but for an `i` that only softens what is before it."""
    return sum(char in _VOWELS for char in re.sub(r"i(?=[aąeęoóu])", "", word.lower()))


@cache
def _morfeusz() -> morfeusz2.Morfeusz:
    return morfeusz2.Morfeusz()


@lru_cache(maxsize=20_000)
def _base_form(word: str) -> str:
    """The shortest of a word's base forms, itself when the dictionary does not know it. Source: Morfeusz 2, SGJP."""
    found = [reading[1].partition(":")[0] for start, end, reading in _morfeusz().analyse(word) if (start, end) == (0, 1)]
    return min(found, key=syllables, default=word)
