"""What a post speaks of: its words as terms, the same for inflections, for synonyms, and for Polish and English.

A term is a meaning ("=parcel"), a place ("@lodz"), a number ("#40"), or the beginning of any other word. The meanings and places are
data beside this file.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from core.text import fold

READ_POINTS, MOST_TERMS = 4_000, 120
_REMEMBERED = 8_192

_WORD = re.compile(r"(?:https?://|www\.)\S+|[@#]?\w+")
_QUOTED = re.compile(r"^\s*RT @\w+:?\s*")
_BEGINNING = 5

_NUMBERS = (
    "zero",
    "jeden jedna jedno pierwszy pierwsza one first",
    "dwa dwie dwoch dwaj drugi druga drugie two second",
    "trzy trzech trzeci trzecia three third",
    "cztery czterech czwarty four fourth",
    "piec pieciu piaty five fifth",
    "szesc szesciu szosty six sixth",
    "siedem siedmiu siodmy seven",
    "osiem osmiu eight",
    "dziewiec dziewieciu nine",
    "dziesiec dziesieciu ten",
    "jedenascie jedenastu eleven",
    "dwanascie dwunastu twelve",
    "trzynascie trzynastu thirteen",
    "czternascie czternastu fourteen",
    "pietnascie pietnastu fifteen",
)
_TENS = (
    (20, "dwadziescia twenty"),
    (30, "trzydziesci thirty"),
    (40, "czterdziesci forty"),
    (50, "piecdziesiat fifty"),
    (60, "szescdziesiat sixty"),
    (100, "sto hundred"),
)
_SAYS = {word: f"#{number}" for number, words in (*enumerate(_NUMBERS), *_TENS) for word in words.split()}

_WITHOUT_MEANING = (
    "i a o w z na do nie sie to jest ze za po od ale co jak ja my wy oni ten ta te tego tej tym juz jeszcze tylko czy dla mi mnie moj "
    "moja moje mam ma sa byl byla bylo byc przy bez pod nad przez ich im go jej jego nam nas wam was u ktos cos kto ktory ktora ktore "
    "tak tu tam the an of in on at for and or but is are were be been it its me we our you your he she they his her their this that "
    "with by from as not no so just do does did has have had who what when where why how than then there up out about after before "
    "into over don s t rt via can all any get got m ll re ve rt"
)
_SILENT = frozenset(_WITHOUT_MEANING.split())


@lru_cache(maxsize=_REMEMBERED)
def terms(text: str) -> Mapping[str, str]:
    """Each term of a text with the word that said it first; at most 120 terms of its first 4,000 characters. Links say nothing."""
    found: dict[str, str] = {}
    for match in _WORD.finditer(_QUOTED.sub("", text[:READ_POINTS])):
        word = match.group()
        term = "" if word.startswith(("http:", "https:", "www.")) else _term(word)
        if term:
            found.setdefault(term, word)
        if len(found) == MOST_TERMS:
            break
    return MappingProxyType(found)


def _term(word: str) -> str:
    """The term of one word, "" for a word that tells stories apart in nothing."""
    plain = fold(word).lstrip("@#").replace("_", "")
    if not plain or plain in _SILENT:
        return ""
    if plain.isdecimal():
        return f"#{plain.lstrip('0') or '0'}"
    return _SAYS.get(plain) or (_known(plain, _places()) if word[0].isupper() else "") or _known(plain, _meanings()) or _begun(plain)


def _begun(word: str) -> str:
    """Its beginning, as much of it as inflection leaves alone."""
    return _known(word, _places()) or (word[:_BEGINNING] if len(word) > _BEGINNING else word[: _BEGINNING - 1])


def _known(word: str, table: Mapping[str, str]) -> str:
    """The term of the longest beginning that the table knows, "" for none."""
    whole = table.get(f"{word}.")
    return whole or next((table[word[:size]] for size in range(len(word), 2, -1) if word[:size] in table), "")


@lru_cache(maxsize=1)
def _meanings() -> Mapping[str, str]:
    return _table("concepts.txt", "=")


@lru_cache(maxsize=1)
def _places() -> Mapping[str, str]:
    return _table("places.txt", "@")


def _table(name: str, mark: str) -> Mapping[str, str]:
    """Word beginnings by file: `meaning: beginning beginning.`, where a dot ends a word."""
    lines = (Path(__file__).parent / name).read_text(encoding="utf-8").splitlines()
    rows = (line.partition(":") for line in lines if line and not line.startswith("#"))
    return {beginning: f"{mark}{meaning}" for meaning, _, beginnings in rows for beginning in beginnings.split()}
