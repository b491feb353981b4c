"""Does somebody speak for himself? Polish verbs of the first person, and of those spoken to, that no word list can hold.

"Zatrułem się", "byliśmy", "zrobiliście" are somebody's own words; "osiem osób trafiło do szpitala" is news passed on.
"""

_ENDINGS = ("łem", "łam", "liśmy", "łyśmy", "liście", "łyście", "lismy", "lysmy", "liscie", "lyscie")
"""Of the past. Without its accent `lem` ends too many nouns to count."""
_NOUN_ENDINGS = ("ołem", "oddziałem", "udziałem", "wydziałem", "przedziałem", "podziałem", "kułem", "tułem")
# fmt: off
_NOUNS = frozenset(
    {
        "kapitałem", "materiałem", "kanałem", "działem", "sygnałem", "strzałem", "zapałem", "wałem", "upałem", "ideałem", "ciałem",
        "białem", "małem",
    }
)
_PRESENT = frozenset(
    {
        "mogę", "muszę", "chcę", "proszę", "piszę", "dzwonię", "widzę", "próbuję", "płacę", "rezygnuję", "idę", "kupuję", "oczekuję",
        "pozwę", "pójdę", "zgłoszę", "wezwę", "skieruję", "złożę", "przygotowuję", "zamawiam", "zamówię", "wrócę", "żałuję",
        "dziękuję", "potrzebuję", "pracuję", "robię", "myślę", "sądzę", "radzę", "kocham", "lubię", "wolę", "daję", "biorę", "moge",
        "musze", "prosze", "dzwonie", "widze", "zamowie", "wroce", "dziekuje",
    }
)
# fmt: on
_MIN_LETTERS = 3
_EDGES = ".,;:!?\"'()…„”"


def speaks_for_himself(text: str) -> bool:
    """True when a Polish verb of the text stands in the first person, or in the second of many. Linear in the text."""
    return any(_is_own_verb(word.strip(_EDGES)) for word in text.lower().split())


def _is_own_verb(word: str) -> bool:
    if word in _PRESENT:
        return True
    return len(word) > _MIN_LETTERS and word.endswith(_ENDINGS) and not word.endswith(_NOUN_ENDINGS) and word not in _NOUNS
