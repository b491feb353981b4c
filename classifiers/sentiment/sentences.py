"""Polish sentences that do not say what they feel, `training/own/sentences_pl.tsv`: of reviews and posts, by eight people, each of other
matters. They tell it by what happened, by rarer words, by negation, contrast or irony, among true neutrals that look loaded.
"""

from pathlib import Path

from classifiers.sentiment.answers import LABELS
from classifiers.sentiment.data import Row

FILE = Path(__file__).parent / "training" / "own" / "sentences_pl.tsv"
SOURCE = "pl-sentences"


def sentences(path: Path = FILE) -> list[Row]:
    """Give them all, with the feeling that a reader takes from each."""
    lines = (line.partition("\t") for line in path.read_text(encoding="utf-8").splitlines())
    return [Row(text, "pl", LABELS.index(feeling), SOURCE, f"{SOURCE}/{text}") for feeling, _, text in lines]
