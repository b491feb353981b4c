"""Whether a text may be about a brand: a coarse sieve for broad sources.

The rules decide later, so it lets too much through rather than too little.
"""

import re
from collections.abc import Iterable
from functools import cache

from core.text import fold


def mentions(text: str, terms: Iterable[str]) -> bool:
    """Whether one of the terms stands in the text: without case and accents, and with Polish endings ("Mleczarni Polnej").

    A term that begins with # or @ is found only with its mark and as it stands.
    """
    folded = fold(text)
    return any(found.search(folded) for term in terms if (found := _pattern(term)) is not None)


@cache
def _pattern(term: str) -> re.Pattern[str] | None:
    if re.fullmatch(r"[#@][\w.@-]*\w", term):
        return re.compile(re.escape(fold(term)) + r"(?!\w)")
    words = re.findall(r"\w+", fold(term))
    return re.compile(r"(?<!\w)" + r"\W{1,3}".join(_stem(word) for word in words) + r"(?!\w)") if words else None


def _stem(word: str) -> str:
    """A word of five letters or more may lose its last two and take an ending."""
    return re.escape(word) if len(word) < 5 else re.escape(word[: max(4, len(word) - 2)]) + r"\w{0,5}"
