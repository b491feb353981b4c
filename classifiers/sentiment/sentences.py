"""Sentences written to learn feelings from, `training/own/sentences_*.tsv`: of reviews and posts, eight writers a language, each on other
matters. Few say outright what they feel: most tell it by what happened, by rarer words, by negation, contrast or irony, among true
neutrals that look loaded.
"""

from pathlib import Path

from classifiers.language import LANGUAGES
from classifiers.sentiment.answers import LABELS
from classifiers.sentiment.data import Row, share_of

FOLDER = Path(__file__).parent / "training" / "own"
KEPT_SHARE = 0.12
"""The part that is not learned from but measured on."""


def source_of(lang: str) -> str:
    """The name of the set of a language's sentences."""
    return f"{lang}-sentences"


def sentences(folder: Path = FOLDER) -> tuple[list[Row], list[Row]]:
    """Give those to learn from, and those kept to measure on."""
    rows = [row for lang in LANGUAGES for row in _rows(folder / f"sentences_{lang}.tsv", lang)]
    return [row for row in rows if not _is_kept(row)], [row for row in rows if _is_kept(row)]


def _rows(path: Path, lang: str) -> list[Row]:
    lines = (line.partition("\t") for line in path.read_text(encoding="utf-8").splitlines())
    return [Row(text, lang, LABELS.index(feeling), source_of(lang), f"{source_of(lang)}/{text}") for feeling, _, text in lines]


def _is_kept(row: Row) -> bool:
    return share_of(row.text) < KEPT_SHARE
