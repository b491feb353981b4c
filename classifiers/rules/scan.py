"""One pass over a text: every term of every list, as spans of the folded view with true word boundaries."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import ahocorasick

from classifiers.rules.terms import Form
from classifiers.rules.view import View, folded_view, plain_view

Spans = dict[int, list[tuple[int, int]]]
_Owner = tuple[int, bool, str, str]
"""Group, needs a capital, its language, the only language it counts in."""
_MIN_GLUED = 5
_MIN_LOOSE = 5
_MAX_ENDING = 24
_ACCENTS = frozenset("ąćęłńóśźż")
_STREET = ("ul. ", "ul.", "icy ", "ica ", "icę ", "al. ")


@dataclass(frozen=True, slots=True)
class _Entry:
    """A form and the groups that look for it. A hundred thousand are kept: tuples, and the same for the same groups, hold least."""

    size: int
    is_stem: bool
    spellings: tuple[str, ...]
    groups: tuple[_Owner, ...]


@dataclass(frozen=True)
class Text:
    """What is scanned: the original, its plain and folded view, and its language."""

    original: str
    plain: View
    folded: View
    lang: str
    has_accents: bool
    has_capitals: bool

    @classmethod
    def of(cls, original: str, lang: str) -> "Text":
        plain = plain_view(original)
        has_accents = not original.isascii() and any(letter in original for letter in _ACCENTS)
        return cls(original, plain, folded_view(plain), lang, has_accents, plain.text != plain.text.lower())


class Scanner:
    """All forms of all groups in one automaton. `passes` counts the texts walked, one pass each."""

    def __init__(self, groups: Mapping[tuple[int, str], Iterable[Form]]) -> None:
        self.passes = 0
        self._automaton = ahocorasick.Automaton()
        for folded, entries in _entries(groups).items():
            self._automaton.add_word(folded, entries)
        if len(self._automaton):
            self._automaton.make_automaton()

    def scan(self, text: Text) -> Spans:
        """Spans (start, end) in the folded view for each group that was hit, in order of their end."""
        found: Spans = {}
        if not len(self._automaton):
            return found
        self.passes += 1
        words = text.folded.words
        for last, entries in self._automaton.iter(text.folded.text):
            goes_on = words[last + 1] and words[last + 2]
            for entry in entries:
                start = last - entry.size + 1
                opens, closes = not (words[start] and words[start + 1]), entry.is_stem or not goes_on
                if (opens and closes) or ((opens or closes) and _is_glued(text.folded.text, start, entry.size)):
                    end = _word_end(words, last + 1) if entry.is_stem else last + 1
                    _collect(found, text, entry, start, end)
        return found


def _entries(groups: Mapping[tuple[int, str], Iterable[Form]]) -> dict[str, tuple[_Entry, ...]]:
    gathered: defaultdict[tuple[str, bool], tuple[set[str], set[_Owner]]] = defaultdict(lambda: (set(), set()))
    for (group, lang), forms in groups.items():
        for form in forms:
            spellings, owners = gathered[form.folded, form.is_stem]
            spellings.add(form.spelling)
            owners.add((group, form.needs_capital, lang, form.needs_lang))
    made: dict[str, tuple[_Entry, ...]] = {}
    shared: dict[tuple[_Owner, ...], tuple[_Owner, ...]] = {}
    for (folded, is_stem), (spellings, owners) in gathered.items():
        if folded.strip():
            wanted = tuple(sorted(owners))
            entry = _Entry(len(folded), is_stem, tuple(sorted(spellings)), shared.setdefault(wanted, wanted))
            made[folded] = (*made.get(folded, ()), entry)
    return made


def _is_glued(text: str, start: int, size: int) -> bool:
    """Inside a hashtag, one true edge is enough for a long word."""
    return size >= _MIN_GLUED and _in_hashtag(text, start)


def _word_end(words: bytes, end: int) -> int:
    """A stem is shown with the rest of its word."""
    stop = words.find(0, end + 1, end + 1 + _MAX_ENDING) - 1
    return stop if stop >= 0 else end + _MAX_ENDING


def _in_hashtag(text: str, position: int) -> bool:
    blank = text.rfind(" ", max(0, position - 64), position)
    return "#" in text[max(blank, position - 64, 0) : position]


def _collect(found: Spans, text: Text, entry: _Entry, start: int, end: int) -> None:
    first, last = text.folded.span(start, end)
    shown = text.original[first:last]
    is_ascii = shown.isascii()
    if not is_ascii and not _is_spelled(shown.lower(), entry.spellings):
        return
    if is_ascii and text.has_accents and end - start < _MIN_LOOSE and not any(spelling.isascii() for spelling in entry.spellings):
        return
    for group, needs_capital, lang, only in entry.groups:
        if only and text.lang != only:
            continue
        if needs_capital and not _is_name(text, first):
            continue
        if lang == "pl" and text.lang == "en" and is_ascii and end - start < _MIN_LOOSE:
            continue
        found.setdefault(group, []).append((start, end))


def _is_spelled(shown: str, spellings: tuple[str, ...]) -> bool:
    """An accent may be missing, never added: "zadanie" may stand for "żądanie", not the other way round."""
    return any(
        len(shown) != len(true) or all(seen == due or seen not in _ACCENTS for seen, due in zip(shown, true, strict=True))
        for true in spellings
    )


def _is_name(text: Text, first: int) -> bool:
    """Written with a capital, after # or @, or in a text that has no capitals at all; a street is not a brand."""
    before = text.original[max(0, first - 4) : first].lower()
    if before.endswith(_STREET):
        return False
    return text.original[first].isupper() or before[-1:] in ("#", "@") or not text.has_capitals
