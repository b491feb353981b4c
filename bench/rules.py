"""The rule engine beside a loop of `re` searches over the same words, and over texts made to be slow.

The rules are phrases of two Polish words, inflected as the engine does it; the posts are those of the demonstration's week.
"""

import json
import multiprocessing
import re
from collections.abc import Iterator
from functools import partial
from itertools import islice, product
from pathlib import Path
from typing import Any

from bench.frame import Figure, exponent, in_turns, ratios, seconds
from classifiers.rules.cases import CASE_CONTEXT
from classifiers.rules.context import RuleContext
from classifiers.rules.engine import RuleEngine
from classifiers.rules.pack import Packs, Rule, load_packs
from classifiers.rules.polish import inflect
from core.types import Reading

POSTS = Path("demo/week")
SIZES = (1_000, 3_000, 10_000, 30_000, 100_000)
_ADJECTIVES_TEXT = """
biały czarny zielony tani drogi świeży stary nowy mały duży zimny ciepły słodki kwaśny twardy miękki lekki ciężki szybki
wolny dobry zły ładny brudny czysty pełny pusty gruby cienki długi krótki szeroki wąski wysoki niski mocny słaby jasny ciemny
suchy
"""
_NOUNS_TEXT = """
ser jogurt kefir masło karton słoik sklep parking magazyn kurier rachunek konkurs kupon kubek worek numer adres telefon ekran
zegar dokument obraz stół fotel dywan plecak rower pociąg bilet hotel basen koncert film zeszyt ołówek komputer klucz zamek
płot dom
"""
_ADJECTIVES, _NOUNS = _ADJECTIVES_TEXT.split(), _NOUNS_TEXT.split()
_HOSTILE = {
    "nested quotes": "„»\"'(«",
    "emoji": "😡🙃❤",
    "one letter": "a",
    "right to left": "\u202eabc \u202d",
    "digits": "44051401359 ",
}


def measure() -> Iterator[Figure]:
    posts = _posts(300)
    small, large = _engine(100), _engine(1_000)
    loop = _loop(1_000)
    few, many, searched = in_turns(partial(_read, small, posts), partial(_read, large, posts), partial(_search, loop, posts[:60]), rounds=5)
    whole = [took * len(posts) / 60 for took in searched]
    yield Figure("1,000 rules: a loop of re searches ÷ the engine", ratios(whole, many), "times", at_least=20)
    yield Figure("the engine: 1,000 rules ÷ 100 rules", ratios(many, few), "times", at_most=2)
    shipped = RuleEngine(load_packs(), CASE_CONTEXT)
    yield Figure(
        "posts a second, all packs that ship", tuple(len(posts) / took for took in in_turns(partial(_read, shipped, posts))[0]), "posts/s"
    )
    for name, text in _HOSTILE.items():
        yield Figure(f"exponent of the run time, 1,000 to 100,000 characters: {name}", _exponents(shipped, text), "power", at_most=1.1)
    yield Figure("memory of the engine with all packs that ship", _memory(), "MB", at_most=250)


def _posts(count: int) -> list[str]:
    lines = (line for path in sorted(POSTS.glob("*.jsonl")) for line in path.read_text(encoding="utf-8").splitlines())
    texts = (json.loads(line).get("text", "") for line in lines)
    return list(islice((text for text in texts if text), count))


def _phrases(count: int) -> list[str]:
    return [f"{adjective} {noun}" for adjective, noun in islice(product(_ADJECTIVES, _NOUNS), count)]


def _engine(count: int) -> RuleEngine:
    because = {"pl": "Reguła do pomiaru.", "en": "A rule to be measured."}
    rules = [
        Rule.model_validate(
            {
                "id": f"bench.r{n}",
                "version": 1,
                "status": "live",
                "label": "complaint.other",
                "any": [{"terms": {"pl": [phrase]}}],
                "because": because,
            }
        )
        for n, phrase in enumerate(_phrases(count))
    ]
    lists = load_packs().lists
    return RuleEngine(Packs(tuple(rules), lists, {}), RuleContext())


def _loop(count: int) -> list[re.Pattern[str]]:
    return [re.compile(r"\b(?:" + "|".join(map(re.escape, sorted(inflect(phrase)))) + r")\b", re.IGNORECASE) for phrase in _phrases(count)]


def _read(engine: RuleEngine, posts: list[str]) -> int:
    return sum(len(engine.read(Reading(text=post), "pl", None)) for post in posts)


def _search(loop: list[re.Pattern[str]], posts: list[str]) -> int:
    return sum(pattern.search(post) is not None for post in posts for pattern in loop)


def _exponents(engine: RuleEngine, unit: str, rounds: int = 3) -> tuple[float, ...]:
    """The best of three at each size, several times over."""
    texts = [(unit * size)[:size] for size in SIZES]
    repeats = [max(3, 30_000 // size) for size in SIZES]
    _read(engine, texts)
    works = [(partial(_read, engine, [text] * times), times) for text, times in zip(texts, repeats, strict=True)]
    return tuple(exponent(SIZES, [min(seconds(work) / times for _ in range(3)) for work, times in works]) for _ in range(rounds))


def _memory() -> tuple[float, ...]:
    """What a fresh process grows by when it loads the packs, in MB of resident memory."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return (pool.apply(grown_by_loading),)


def grown_by_loading() -> float:
    before = _resident()
    engine: Any = RuleEngine(load_packs(), CASE_CONTEXT)
    return _resident() - before if engine.rules else 0.0


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096 / 2**20
