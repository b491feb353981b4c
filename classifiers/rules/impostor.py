"""Does a stranger's name look like our brand's?"""

from classifiers.rules.context import RuleContext
from classifiers.rules.view import normalise_term

_HONEST = ("fan", "parod", "nieoficjal", "unofficial", "not affiliated", "hejter", "hater", "anty", "anti")
_MIN_LETTERS = 8


def _squeezed(name: str) -> str:
    return "".join(char for char in normalise_term(name) if char.isalnum())


def _differs_by_one(left: str, right: str) -> bool:
    """One letter changed, added, dropped, or two neighbours swapped."""
    if abs(len(left) - len(right)) > 1:
        return False
    start = next((i for i, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), min(len(left), len(right)))
    rest_left, rest_right = left[start:], right[start:]
    swapped = rest_left[:2] == rest_right[:2][::-1] and rest_left[2:] == rest_right[2:]
    return swapped or rest_left[1:] == rest_right[1:] or rest_left[1:] == rest_right or rest_left == rest_right[1:]


def resembles_brand(author: str, context: RuleContext, brands: tuple[int, ...]) -> bool:
    """True for a name that contains or nearly is a brand's full name, unless it is one of our accounts or says that it is not us."""
    squeezed = _squeezed(author)
    if any(word in author.lower() for word in _HONEST):
        return False
    for index in brands:
        brand = context.brands[index]
        if squeezed in {_squeezed(account) for account in brand.accounts}:
            return False
        names = {_squeezed(name) for name in (brand.name, *(term for term in brand.terms if term[:1] == "@" or " " in term))}
        if any(len(name) >= _MIN_LETTERS and (name in squeezed or _differs_by_one(name, squeezed)) for name in names):
            return True
    return False
