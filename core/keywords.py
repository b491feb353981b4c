"""Which words tell a story from what is said otherwise: by how much more often its posts hold them than other posts do."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from core.text import fold

MOST = 6
FEW = 20
"""other posts: fewer say nothing of what is usual"""
_SHORTEST = 4
_ENDING = 3
"""letters: what inflection changes at a word's end, in Polish as in English"""
_WORD = re.compile(r"(?<![\w@#/.])[^\W\d_]{4,40}(?![\w@/]|:/)")


def keywords(story: Sequence[str], others: Sequence[str], most: int = MOST) -> tuple[str, ...]:
    """The words of a story, the most telling first, each in the form in which it is said most. A word counts once a post, in all its forms
    together, and only where two posts or more hold it. Nothing where fewer than twenty other posts are at hand to compare with.

    A word weighs by the log-likelihood of its share here against its share there (Dunning 1993).
    """
    if len(story) < 2 or len(others) < FEW:
        return ()
    said = [_words(text) for text in story]
    usual = Counter(word for text in others for word in _words(text))
    forms: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for words in said:
        for stem, form in words.items():
            forms[stem][form] += 1
    weights = {stem: _weight(sum(held.values()), len(story), usual[stem], len(others)) for stem, held in forms.items()}
    telling = sorted((stem for stem, held in forms.items() if sum(held.values()) > 1 and weights[stem] > 0), key=lambda s: (-weights[s], s))
    return tuple(min(forms[stem], key=lambda form: (-forms[stem][form], form)) for stem in telling[:most])


def _words(text: str) -> dict[str, str]:
    """Stem → the form said, each stem once."""
    found: dict[str, str] = {}
    for form in _spoken(text):
        found.setdefault(_stem(form), form)
    return found


def _spoken(text: str) -> Iterable[str]:
    return (match[0].lower() for match in _WORD.finditer(text))


def _stem(word: str) -> str:
    """What the forms of a word have in common, near enough: its folded letters without the last three, of four at least."""
    folded = fold(word)
    return folded[: max(_SHORTEST, len(folded) - _ENDING)]


def _weight(here: int, posts: int, there: int, others: int) -> float:
    """Twice the log-likelihood ratio, below zero for what is said less here than elsewhere."""
    rate = (here + there) / (posts + others)
    ratio = 2 * (_part(here, posts * rate) + _part(there, others * rate))
    return ratio if here / posts > there / others else -ratio


def _part(seen: int, expected: float) -> float:
    return seen * math.log(seen / expected) if seen else 0.0
