"""From terms to the forms that are looked for: inflected, folded, with their true spelling kept."""

from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, pairwise

from classifiers.rules.context import BrandTerms
from classifiers.rules.polish import inflect, inflect_name, is_polish_word
from classifiers.rules.view import normalise_term

_MAX_SPLIT = 24


@dataclass(frozen=True, slots=True)
class Form:
    """One folded form. `spelling` is the same with its accents; `is_stem` lets a word go on; `needs_capital` as a name does;
    `needs_lang` is the only language in which the form counts, because another one has the same word."""

    folded: str
    spelling: str
    is_stem: bool = False
    needs_capital: bool = False
    needs_lang: str = ""


def _form(text: str, *, is_stem: bool = False, needs_capital: bool = False, needs_lang: str = "") -> Form:
    return Form(normalise_term(text), text.lower(), is_stem, needs_capital, needs_lang)


@lru_cache(maxsize=50_000)
def term_forms(term: str, lang: str) -> frozenset[Form]:
    """All forms of one term of a pack: `=exact`, `stem*`, or inflected when it is Polish."""
    if term.endswith("*"):
        return frozenset({_form(term[:-1].lstrip("="), is_stem=True)})
    if term.startswith("=") or lang != "pl":
        text = term.lstrip("=")
        only = "en" if lang == "en" and " " not in text and is_polish_word(text) else ""
        return frozenset(_form(variant, needs_lang=only) for variant in {text, text.replace("'", "")})
    return frozenset(_form(form) for form in inflect(term))


def name_forms(name: str) -> set[Form]:
    """A name inflected, as a hashtag glued, and its # or @ form as given."""
    if name[:1] in "#@":
        bare = name[1:]
        capitalised = {_form(form, needs_capital=True) for form in inflect_name(bare)} if bare.isalpha() else set()
        return {_form(name), *capitalised}
    return {_form(form) for form in inflect_name(name)} | {_form("#" + name.replace(" ", ""))}


def code_name_forms(name: str) -> set[Form]:
    """A code name inflected and, when it has several words, written as one."""
    forms = {_form(form) for form in inflect_name(name)}
    return forms | {_form(form.replace(" ", "")) for form in inflect_name(name) if " " in form}


def code_word_forms(name: str) -> set[Form]:
    """The distinctive last word of a code name such as `Projekt Bursztyn`: says something only beside a sign of us."""
    words = name.split()
    return {_form(form) for form in inflect_name(words[-1])} if len(words) > 1 and len(words[-1]) > 3 else set()


def short_name_forms(name: str) -> set[Form]:
    """The distinctive word of a name of several words, with its capital: `Polna` of `Mleczarnia Polna`, `Acme` of `Acme Foods`."""
    words = name.split()
    if len(words) < 2 or name[0] in "#@":
        return set()
    word = words[-1] if is_polish_word(words[0]) else words[0]
    return {_form(form, needs_capital=True) for form in inflect_name(word)} if len(word) > 3 else set()


def _split_tag(tag: str) -> set[Form]:
    """A hashtag or handle as the folded view may show it: as one word, or split where its writer put up to three capitals."""
    mark, word = tag[0], tag[1:].lower()
    cuts = [cut for count in range(4) for cut in combinations(range(1, len(word)), count)] if len(word) <= _MAX_SPLIT else [()]
    return {_form(mark + " ".join(word[a:b] for a, b in pairwise((0, *cut, len(word))))) for cut in cuts}


def brand_lists(brand: BrandTerms) -> dict[str, set[Form]]:
    """The configured lists of one brand."""
    named = {brand.name, *brand.terms, *brand.domains}
    return {
        "brand": {form for name in named if name for form in name_forms(name) | short_name_forms(name)},
        "code_name": {form for name in brand.code_names for form in code_name_forms(name)},
        "code_name_word": {form for name in brand.code_names for form in code_word_forms(name)},
        "competitor": {form for name in brand.competitors for form in name_forms(name) | short_name_forms(name)},
        "forbidden_hashtag": {form for tag in brand.forbidden_hashtags for form in _split_tag("#" + tag.lstrip("#"))},
        "forbidden_tag": {form for tag in brand.forbidden_tags for form in _split_tag("@" + tag.lstrip("@"))},
    }
