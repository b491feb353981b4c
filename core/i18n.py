"""Two languages: English is written in the code, Polish in each room's `locale/pl.po`.

`words(folder, language)` gives the translations of one room. A message without a translation stays English.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

LANGUAGES = ("pl", "en")
_GROUPED = 1000


@dataclass(frozen=True, slots=True)
class Words:
    """Translations of one room into one language."""

    language: str
    catalog: Catalog | None

    def say(self, message: str, /, **values: object) -> str:
        """One message, its {names} filled in."""
        found = self.catalog.get(message) if self.catalog is not None else None
        text = str(found.string) if found is not None and found.string else message
        return text.format(**values) if values else text

    def count(self, one: str, many: str, n: int, /, **values: object) -> str:
        """A message that depends on a number; {n} is filled in with it as readers write it."""
        found = self.catalog.get(one) if self.catalog is not None else None
        if found is not None and isinstance(found.string, tuple | list) and all(found.string):
            return str(found.string[_plural(self.language)(n)]).format(n=self.number(n), **values)
        return (one if n == 1 else many).format(n=self.number(n), **values)

    def number(self, n: int) -> str:
        """A number as readers of this language write it: "41,200", „41 200”."""
        return str(n) if abs(n) < _GROUPED else str(format_decimal(n, locale=self.language))


@cache
def words(folder: Path, language: str) -> Words:
    """The words of the room in `folder` (an absolute path) for "pl" or "en"; any other language reads English."""
    path = folder / "locale" / f"{language}.po"
    if not path.exists():
        return Words(language, None)
    with path.open("rb") as file:
        return Words(language, read_po(file, locale=language))


class Told(str):
    """A sentence in English that remembers its message and values, so that a page can say it in the reader's language."""

    message: str
    room: Path
    values: Mapping[str, object]

    def in_language(self, language: str) -> str:
        """The same in another language, as the room's translations have it."""
        return words(self.room, language).say(self.message, **self.values)


def told(room: Path, message: str, /, **values: object) -> Told:
    """A sentence of a room, its {names} filled in."""
    sentence = Told(message.format(**values) if values else message)
    sentence.message, sentence.room, sentence.values = message, room, values
    return sentence


def _plural(language: str) -> Callable[[int], int]:
    """Which form a number takes. Source: Unicode CLDR, plural rules."""
    if language == "pl":
        return lambda n: 0 if n == 1 else 1 if 2 <= n % 10 <= 4 and not 12 <= n % 100 <= 14 else 2
    return lambda n: int(n != 1)
