"""Polish or English? The platform's claim counts while the text says too little itself.

Source: py3langid (Lui and Baldwin, "langid.py", ACL 2012), restricted to the two languages that we read.
"""

from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

LANGUAGES = ("pl", "en")
UNKNOWN = "und"
_ACCENTS = frozenset("ąćęłńśźżĄĆĘŁŃŚŹŻ")
_MIN_LETTERS = 12
_SURE = 0.9
_READ_POINTS = 2_000


@cache
def _identifier() -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(LANGUAGES))
    return identifier


def detect(text: str, claim: str | None = None) -> str:
    """`pl`, `en`, or `und` for a text without letters and claim. A claim of any other language is not believed."""
    prior = (claim or "")[:2].lower()
    head = " ".join(word for word in text[:_READ_POINTS].split() if not word.startswith(("@", "http", "#")))
    letters = sum(char.isalpha() for char in head)
    if not letters:
        return prior if prior in LANGUAGES else UNKNOWN
    if any(char in _ACCENTS for char in head):
        return "pl"
    found, probability = _identifier().classify(head)
    if prior in LANGUAGES and (letters < _MIN_LETTERS or float(probability) < _SURE):
        return prior
    return str(found)
