"""Two readable views of a hostile text, each with its way back to the original's code points.

`plain` is ASCII with case and digits kept: for patterns. `folded` is lower case with evasion undone (zero-width characters,
look-alike letters, s p a c e d and l33t words, stretched letters, glued hashtags): for terms. Every step is linear.
"""

from __future__ import annotations

import unicodedata
from array import array
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from functools import cached_property

import re2

DELETED = "\x00"
SYMBOL = "\x01"
FOREIGN = "\x02"
_FACES = {
    **dict.fromkeys("😡🤬😠👎💩😤🖕", "\x03"),
    **dict.fromkeys("🙃🤡🤦🙄", "\x04"),
    **dict.fromkeys("❤😍🥰💕💖👏🙏💪🤩", "\x05"),
}
"""Symbols that stand for one feeling are one character each: anger, mockery, joy."""

_ZERO_WIDTH = (
    "\u00ad\u034f\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
    "\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\ufeff"
)
_LOOKALIKES = dict(
    zip(
        "авекмнорстухіјѕԁёАВЕКМНОРСТУХІЈЅЁαβεηικνορτυχΑΒΕΗΙΚΜΝΟΡΤΥΧΖ",
        "abekmhopctyxijsdeABEKMHOPCTYXIJSEabenikvoptuxABEHIKMNOPTYXZ",
        strict=True,
    )
)
_STROKES = {"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ß": "s", "ı": "i", "æ": "a", "Æ": "A", "œ": "o", "Œ": "O"}
_PUNCTUATION = {
    **dict.fromkeys("‘’‚‛′`´ʼ", "'"),
    **dict.fromkeys("“”„‟«»″", '"'),
    **dict.fromkeys("‐‑‒–—―−", "-"),
    "…": ".",
    "·": ".",
    "•": ".",
}


def _fold(char: str) -> str:
    """One code point as one ASCII character of the plain view."""
    if char in _ZERO_WIDTH or unicodedata.category(char) in ("Mn", "Me"):
        return DELETED
    if char.isspace():
        return " "
    known = _FACES.get(char) or _LOOKALIKES.get(char) or _STROKES.get(char) or _PUNCTUATION.get(char)
    if known:
        return known
    base = unicodedata.normalize("NFKD", char)[:1]
    if base and base.isascii() and base.isprintable():
        return base
    if char.isdecimal():
        return str(unicodedata.decimal(char))
    return FOREIGN if char.isalpha() else SYMBOL


class _Table(dict[int, str]):
    """A translation table that learns each code point when it is first seen."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        value = char if code < 128 and char.isprintable() else _fold(char)
        self[code] = value
        return value


_PLAIN = _Table()
_TO_FOLDED = str.maketrans({"-": " ", "_": " "})
_IS_WORD = bytes(chr(c) in "abcdefghijklmnopqrstuvwxyz0123456789" + FOREIGN for c in range(256))
_STRETCHED = b"|".join(bytes([c, c, c]) + b"+" for c in range(97, 123))
_EDITS = re2.compile(
    rb"((?:^|[^a-z0-9] *)(?:[a-z] ){3,}[a-z](?: {2,}(?:[a-z] )+[a-z])*(?:$|[^a-z0-9] *)"
    rb"|(?:^|[^a-z0-9])(?:[a-z][.*]){3,}[a-z])"
    rb"|(  +)"
    rb"|([#@][a-z0-9]+)"
    rb"|([a-z$]+[0-9$][a-z0-9$]*[a-z])"
    rb"|([a-z]+@[a-z]+\.?)"
    rb"|(" + _STRETCHED + rb")"
)
_ORDINARY = re2.compile(r"[a-z]{2,}(?: [a-z]{2,})*")
_LEET = str.maketrans("013457$@", "oieastsa")


@dataclass(frozen=True)
class View:
    """A derived text; `origin[i]` is the original code point of character i, None when they are the same."""

    text: str
    origin: array[int] | None
    length: int

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The original span of a non-empty span of this view."""
        if self.origin is None:
            return start, end
        return self.origin[start], self.origin[end - 1] + 1

    def position(self, original: int) -> int:
        """The first position of this view at or after an original code point."""
        return original if self.origin is None else bisect_left(self.origin, original)

    @cached_property
    def data(self) -> bytes:
        return self.text.encode("ascii")

    @cached_property
    def _blanks(self) -> list[int]:
        return [i for i, char in enumerate(self.text) if char == " "]

    @cached_property
    def _stops(self) -> list[int]:
        return [i for i, char in enumerate(self.text) if char in ".!?;"]

    @cached_property
    def _commas(self) -> list[int]:
        return [i for i, char in enumerate(self.text) if char in ",:("]

    def word(self, position: int) -> int:
        """How many words stand before a position."""
        return bisect_right(self._blanks, position)

    def sentence(self, position: int) -> int:
        """How many sentence ends stand before a position."""
        return bisect_right(self._stops, position)

    def clause(self, position: int) -> int:
        """How many commas, colons and brackets stand before a position."""
        return bisect_right(self._commas, position)

    @cached_property
    def words(self) -> bytes:
        """1 for each character of a word and 0 for any other, behind one 0 and before one more: `words[i + 1]` tells of character i."""
        return b"\0" + self.data.translate(_IS_WORD) + b"\0"


@dataclass
class _Builder:
    source: str
    before: array[int] | None
    parts: list[str] = field(default_factory=list)
    origin: array[int] = field(default_factory=lambda: array("l"))

    def keep(self, start: int, end: int, text: str | None = None) -> None:
        """Append source[start:end], or `text` of the same length in its place."""
        self.parts.append(self.source[start:end] if text is None else text)
        self.origin.extend(range(start, end) if self.before is None else self.before[start:end])

    def blank(self, at: int) -> None:
        """Append a space that stands for position `at`."""
        self.parts.append(" ")
        self.origin.append(at if self.before is None else self.before[at])

    def view(self, length: int) -> View:
        return View("".join(self.parts), self.origin, length)


def plain_view(text: str) -> View:
    """ASCII letters, case and digits kept, invisible characters dropped."""
    plain = text.translate(_PLAIN)
    if DELETED not in plain:
        return View(plain, None, len(text))
    origin = array("l", [i for i, char in enumerate(plain) if char != DELETED])
    return View(plain.replace(DELETED, ""), origin, len(text))


def folded_view(plain: View) -> View:
    """Lower case, with the usual ways of hiding a word undone."""
    lowered = plain.text.lower().translate(_TO_FOLDED)
    matches = list(_EDITS.finditer(lowered.encode("ascii")))
    if not matches:
        return View(lowered, plain.origin, plain.length)
    builder, done = _Builder(lowered, plain.origin), 0
    for match in matches:
        start, end = match.span()
        builder.keep(done, start)
        _EDIT[next(i for i in range(len(_EDIT)) if match.start(i + 1) >= 0)](builder, plain.text, start, end)
        done = end
    builder.keep(done, len(lowered))
    return builder.view(plain.length)


def _spaced(builder: _Builder, _plain: str, start: int, end: int) -> None:
    source = builder.source
    last = max(i for i in range(start, end) if source[i].isalpha())
    for i in range(start, end):
        is_gap = start < i < last and source[i + 1] == " " == source[i] != source[i - 1]
        if source[i].isalpha() or i in (start, last + 1) or is_gap:
            builder.keep(i, i + 1)


def _blank(builder: _Builder, _plain: str, start: int, _end: int) -> None:
    builder.keep(start, start + 1)


def _tag(builder: _Builder, plain: str, start: int, end: int) -> None:
    builder.keep(start, start + 1)
    for i in range(start + 1, end):
        if i > start + 1 and plain[i].isupper() and not plain[i - 1].isupper():
            builder.blank(i)
        builder.keep(i, i + 1)


def _leet(builder: _Builder, _plain: str, start: int, end: int) -> None:
    builder.keep(start, end, builder.source[start:end].translate(_LEET))


def _mail(builder: _Builder, _plain: str, start: int, end: int) -> None:
    is_address = builder.source[end - 1] == "."
    builder.keep(start, end, None if is_address else builder.source[start:end].translate(_LEET))


def _stretch(builder: _Builder, _plain: str, start: int, _end: int) -> None:
    builder.keep(start, start + 1)


_EDIT = (_spaced, _blank, _tag, _leet, _mail, _stretch)


def normalise_term(term: str) -> str:
    """A term as the folded view would show it. Ordinary words hide nothing, so they are spared the search for it."""
    plain = plain_view(term.strip())
    lowered = plain.text.lower()
    is_ordinary = _ORDINARY.fullmatch(lowered) and not any(a == b == c for a, b, c in zip(lowered, lowered[1:], lowered[2:], strict=False))
    return lowered if is_ordinary else folded_view(plain).text
