"""What leads to somebody in texts that others wrote, and how it is taken out of them. Pure: it knows no database.

A name is looked for as whole words, whatever its case. What is too short to be told from other words is looked for only where a whole
field says it and nothing else.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any
from urllib.parse import quote

from core.text import fold

SHORTEST = 4


@dataclass(frozen=True, kw_only=True)
class Traces:
    """The handles, names and ids that lead to one person, and the pseudonym that is put in their place."""

    words: tuple[str, ...]
    pseudonym: str

    @cached_property
    def sought(self) -> tuple[str, ...]:
        """Those that are long enough to be looked for inside of texts, the longest first."""
        bare = {word.strip().removeprefix("@") for word in self.words}
        return tuple(sorted((word for word in bare if len(word) >= SHORTEST), key=lambda word: (-len(word), word)))

    @cached_property
    def short(self) -> tuple[str, ...]:
        """Those that are not."""
        return tuple(sorted({word for word in self.words if 0 < len(word.strip().removeprefix("@")) < SHORTEST}))

    def in_text(self, text: str) -> str:
        """The text with the pseudonym wherever one of the words stood; the same text when none did."""
        if text.strip().removeprefix("person:").removeprefix("@").casefold() in self._whole:
            return self.pseudonym
        return self._pattern.sub(self.pseudonym, text) if self._pattern is not None else text

    def whole(self, text: str | None) -> str | None:
        """The pseudonym where the text is one of the words and nothing else, on its own or behind a platform's name and a colon."""
        bare = (text or "").strip()
        before, colon, after = bare.rpartition(":")
        if bare.removeprefix("@").casefold() in self._whole:
            return self.pseudonym
        return f"{before}{colon}{self.pseudonym}" if after.removeprefix("@").casefold() in self._whole else text

    def in_json(self, value: Any) -> Any:
        """The same for every text inside of a JSON value, keys included."""
        if isinstance(value, str):
            return self.in_text(value)
        if isinstance(value, list):
            return [self.in_json(part) for part in value]
        if isinstance(value, dict):
            return {self.in_text(str(key)): self.in_json(part) for key, part in value.items()}
        if isinstance(value, int) and not isinstance(value, bool) and str(value) in self._whole and len(str(value)) >= SHORTEST:
            return self.pseudonym
        return value

    @cached_property
    def likely(self) -> tuple[str, ...] | None:
        """Runs of plain letters and digits, one of which stands in whatever `in_text` would change; None: there is no telling.

        A database can look for them without knowing how it keeps other letters.
        """
        words = {*self.sought, *(word.strip().removeprefix("@") for word in self.short)}
        runs = [max(re.findall("[A-Za-z0-9]+", word), key=len, default="") for word in words]
        return tuple(sorted({run.lower() for run in runs})) if all(runs) else None

    @cached_property
    def _whole(self) -> frozenset[str]:
        return frozenset(word.strip().removeprefix("@").casefold() for word in self.words if word.strip().removeprefix("@"))

    @cached_property
    def _pattern(self) -> re.Pattern[str] | None:
        forms = {form for word in self.sought for form in (word, fold(word), quote(word, safe=""))}
        if not forms:
            return None
        either = "|".join(re.escape(form) for form in sorted(forms, key=lambda form: (-len(form), form)))
        return re.compile(rf"(?:(?<!\w)|(?<=%40)|(?<=%20)|(?<=_))@?(?:{either})(?!\w)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Somebody:
    """An author on one platform, as far as they are known here; `key` is the same in all their posts. Times are aware UTC."""

    platform: str
    key: str
    ids: tuple[str, ...]
    handles: tuple[str, ...]
    names: tuple[str, ...]
    items: int
    first_at: datetime | None = None
    last_at: datetime | None = None

    def words(self) -> tuple[str, ...]:
        """Everything that leads to them."""
        return tuple(dict.fromkeys(word for word in (*self.ids, *self.handles, *self.names) if word.strip()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What was taken out, or would be: rows by table. `pseudonym` stands in its place."""

    pseudonym: str
    people: tuple[Somebody, ...]
    rows: dict[str, int] = field(default_factory=dict)
    too_short: tuple[str, ...] = ()


def words_of(people: Iterable[Somebody], also: Iterable[str]) -> tuple[str, ...]:
    """All that leads to these people, and what else was named."""
    return tuple(dict.fromkeys(word for word in (*(word for one in people for word in one.words()), *also) if word.strip()))
