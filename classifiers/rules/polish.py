"""Inflected forms of Polish terms, made once when the packs load.

Source: Morfeusz 2 / SGJP, https://morfeusz.sgjp.pl; tags as in its manual, chapter 4.
"""

from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from itertools import product

import morfeusz2

Tag = tuple[str, frozenset[str], frozenset[str]]
"""Number, cases and genders of a nominal form."""

_ENDINGS_MASC = ("", "a", "u", "owi", "em", "ie", "y", "ów", "om", "ami", "ach")
_ENDINGS_FEM = ("a", "y", "i", "ie", "ę", "ą", "o")
_ENDINGS_NEUTER = ("o", "a", "u", "em")
_SOFTENED = {"st": "ście", "t": "cie", "d": "dzie", "r": "rze", "ł": "le"}
_SOFTENED_FEM = {**_SOFTENED, "k": "ce", "g": "dze", "ch": "sze"}
"""How a stem's end changes in the locative: Nordart, w Nordarcie."""
_PERSONS = {"m": ("em", "eś"), "f": ("m", "ś"), "n": ("m", "ś")}
_VERBAL = ("fin", "praet", "imps", "impt", "inf", "bedzie")


@cache
def _morfeusz() -> morfeusz2.Morfeusz:
    return morfeusz2.Morfeusz(praet="split")


@lru_cache(maxsize=512)
def _analyses(word: str) -> tuple[tuple[str, str], ...]:
    """(lemma, tag) of each whole-word reading."""
    found = _morfeusz().analyse(word)
    return tuple((reading[1], reading[2]) for start, end, reading in found if (start, end) == (0, 1) and reading[2] != "ign")


@lru_cache(maxsize=256)
def _generated(lemma: str) -> tuple[tuple[str, str], ...]:
    """(form, tag) of each form of a lemma."""
    return tuple((form[0], form[2]) for form in _morfeusz().generate(lemma) if form[2] != "ign")


def _nominal(tag: str) -> Tag | None:
    parts = tag.split(":")
    if parts[0] in ("subst", "depr") or (parts[0] == "adj" and parts[-1] == "pos") or (parts[0] in ("ppas", "pact") and parts[-1] == "aff"):
        return parts[1], frozenset(parts[2].split(".")), frozenset(parts[3].split("."))
    return None


@lru_cache(maxsize=20_000)
def _verb_forms(infinitive: str) -> tuple[str, ...]:
    """All finite, past (with personal endings), impersonal forms and the affirmative participles of a verb."""
    forms = {infinitive}
    for form, tag in _generated(infinitive):
        parts = tag.split(":")
        if parts[0] in _VERBAL or (parts[0] == "ppas" and parts[-1] == "aff"):
            forms.add(form)
        if parts[0] == "praet":
            forms |= _personal(form, parts[1], parts[2])
    return tuple(sorted(forms))


def _personal(form: str, number: str, gender: str) -> set[str]:
    if number == "pl":
        return {form + "śmy", form + "ście"}
    return {form + ending for ending in _PERSONS[gender[0]]}


def _is_infinitive(word: str) -> bool:
    return any(tag.startswith("inf") for _, tag in _analyses(word))


def _nominative(word: str, number: str) -> list[tuple[str, str, frozenset[str]]]:
    """(lemma, part of speech, genders) of each reading in the nominative."""
    found = []
    for lemma, tag in _analyses(word):
        nominal = _nominal(tag)
        if nominal and nominal[0] == number and "nom" in nominal[1]:
            found.append((lemma, tag.split(":")[0], nominal[2]))
    return found


def _paradigm(word: str, number: str, *, every_gender: bool = False) -> list[tuple[str, Tag]]:
    """All nominal forms of a word given in the nominative; of an adjective those of its gender, unless all are asked for."""
    forms: list[tuple[str, Tag]] = []
    for lemma, part, genders in _nominative(word, number):
        for form, raw in _generated(lemma):
            tag = _nominal(raw)
            if tag and raw.split(":")[0] == part and (every_gender or part == "subst" or tag[2] & genders or tag[0] != number):
                forms.append((form, tag))
    return forms


def _single(word: str) -> set[str]:
    forms = {word}
    if _is_infinitive(word):
        return forms | set(_verb_forms(word))
    for number in ("sg", "pl"):
        forms |= {form for form, _ in _paradigm(word, number, every_gender=True)}
    return forms


def _phrase(words: list[str]) -> set[str]:
    """A phrase: with a verb only the verb moves; else the words in the nominative move together, in one number and case."""
    verbs = [i for i, word in enumerate(words) if _is_infinitive(word)]
    if verbs:
        return {" ".join((*words[: verbs[0]], form, *words[verbs[0] + 1 :])) for form in _verb_forms(words[verbs[0]])}
    head = next((i for i, word in enumerate(words) if _nominative(word, "sg") or _nominative(word, "pl")), None)
    if head is None:
        return {" ".join(words)}
    number = "sg" if _nominative(words[head], "sg") else "pl"
    before, moving = words[:head], words[head:]
    forms = _agreeing(moving, [_paradigm(word, number) for word in moving])
    return {" ".join(words), *(" ".join((*before, form)) for form in forms)}


def _agreeing(words: list[str], tables: list[list[tuple[str, Tag]]]) -> Iterable[str]:
    for _, head in tables[0]:
        if head[0] not in ("sg", "pl"):
            continue
        for case in head[1]:
            columns = [_column(word, table, head[0], case) for word, table in zip(words, tables, strict=True)]
            yield from (" ".join(row) for row in product(*columns))


def _column(word: str, table: list[tuple[str, Tag]], number: str, case: str) -> set[str]:
    """A word's forms in one number and case, or the word itself when it does not move (or a name left undeclined)."""
    fitting = {form for form, tag in table if tag[0] == number and case in tag[1]}
    return fitting or {word}


def inflect(term: str) -> frozenset[str]:
    """Lower-case forms of a Polish term of one or several words, itself included."""
    words = term.lower().split()
    if not words:
        return frozenset()
    return frozenset(form.lower() for form in (_single(words[0]) if len(words) == 1 else _phrase(words)))


@lru_cache(maxsize=20_000)
def inflect_name(name: str) -> frozenset[str]:
    """Forms of a proper name: every word declined or left alone; words nobody knows decline by their ending."""
    words = name.lower().split()
    forms = set(inflect(name)) | {name.lower()}
    if len(words) == 1:
        return frozenset(forms | _guessed(words[0]))
    heads = _single(words[0]) | _guessed(words[0])
    tails = [{word} | ((_single(word) | _guessed(word)) if _moves(words[0], word) else set()) for word in words[1:]]
    if len(words) == 2:
        forms |= {" ".join(row) for row in product(heads, *tails)}
    else:
        forms |= {" ".join((head, *words[1:])) for head in heads}
    return frozenset(forms)


def _moves(head: str, word: str) -> bool:
    return bool(_paradigm(word, "sg")) or not _analyses(word) or not _analyses(head)


def _guessed(word: str) -> set[str]:
    """Declension of a word that Morfeusz does not know."""
    if _analyses(word) or not word.isalpha() or len(word) < 3:
        return set()
    if word.endswith("a"):
        return {word[:-1] + ending for ending in _ENDINGS_FEM} | _softened(word[:-1], _SOFTENED_FEM)
    if word.endswith("o"):
        return {word[:-1] + ending for ending in _ENDINGS_NEUTER}
    if word[-1] in "eiyuąę":
        return {word}
    hard = {word + "iem"} if word[-1] in "kg" else set()
    return {word + ending for ending in _ENDINGS_MASC} | hard | _softened(word, _SOFTENED)


def _softened(stem: str, table: Mapping[str, str]) -> set[str]:
    """The locative of a stem whose end softens; nothing for the others."""
    end = next((end for end in table if stem.endswith(end)), None)
    return set() if end is None else {stem[: -len(end)] + table[end]}


@lru_cache(maxsize=20_000)
def is_polish_word(word: str) -> bool:
    """True for a word that a Polish text may hold in its own right ("stale", "mole")."""
    return any(not tag.startswith(("ign", "xxx", "brev")) for _, tag in _analyses(word.lower()))
