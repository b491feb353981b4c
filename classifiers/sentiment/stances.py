"""Rows that say what a text does: whether it complains, praises, asks or abuses.

Three corpora tell one of these each; our own posts (`training/own`) tell all four, and how they feel. Those in `taught_*` are trained
on; of the others half calibrate and half are reported on. Rows to train on, to calibrate with and to report on are disjoint, by
the file, a hash of the row's id, or the corpus's own development file. `weak_rows` guess stances from feelings.
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isnan, nan
from pathlib import Path
from typing import Any, Literal

from classifiers.sentiment.answers import LABELS, STANCES
from classifiers.sentiment.data import Row, read_raw, share_of

Part = Literal["train", "calibrate", "report"]
OWN_FOLDER = Path(__file__).parent / "training" / "own"
OWN_SOURCE = "own"
FILES = {"complaints": "complaints_en", "offensive": "offensive_en", "insults": "insults_pl"}
CALIBRATED_SHARE = 0.1
OWN_CALIBRATED_SHARE = 0.5
TAUGHT = "taught_"
"""What the names of files of own posts to train on begin with."""
_GUESTS = "pl-hotels"


@dataclass(frozen=True, slots=True)
class Stanced:
    """A text with its stances in the order of `STANCES`: 1, 0, or NaN where nobody said. `label` is its feeling, None where unknown."""

    text: str
    lang: str
    stances: tuple[float, ...]
    source: str
    key: str
    part: Part
    label: int | None = None

    def is_known(self, stance: int) -> bool:
        """Whether somebody said if the text does this."""
        return not isnan(self.stances[stance])


def stanced_rows(folder: Path, own: Path = OWN_FOLDER) -> list[Stanced]:
    """Give every row of our own posts and of those of the three corpora that lie in `folder`; none of them has to."""
    return [*_corpora(folder), *own_rows(own)]


def of_part(rows: Sequence[Stanced], part: Part) -> list[Stanced]:
    """Keep the rows of one part."""
    return [row for row in rows if row.part == part]


def own_rows(folder: Path = OWN_FOLDER) -> list[Stanced]:
    """Read our own posts."""
    return [
        _own(json.loads(line), is_taught=path.name.startswith(TAUGHT))
        for path in sorted(folder.glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]


def crisis_keys(folder: Path = OWN_FOLDER) -> frozenset[str]:
    """Give the keys of our own posts that tell of a crisis."""
    lines = [line for path in folder.glob("*.jsonl") for line in path.read_text(encoding="utf-8").splitlines()]
    return frozenset(f"{OWN_SOURCE}/{raw['id']}" for raw in map(json.loads, lines) if raw.get("crisis"))


def stances(known: Mapping[str, bool]) -> tuple[float, ...]:
    """Give the known stances as numbers, NaN for the others."""
    return tuple(float(known[stance]) if stance in known else nan for stance in STANCES)


def weak_rows(rows: Sequence[Row]) -> list[Stanced]:
    """Give rows that have a feeling alone the stances that follow from it, to train on."""
    return [Stanced(row.text, row.lang, suggested(row), row.source, row.key, "train", row.label) for row in rows]


def suggested(row: Row) -> tuple[float, ...]:
    """Guess stances of a row that has a feeling alone: guests complain and praise; who is content or neutral does not complain.

    Without a question mark nothing is asked, as far as a guess goes.
    """
    feeling = LABELS[row.label]
    silent = {} if "?" in row.text else {"question": False}
    if row.source == _GUESTS:
        return stances({**silent, "complaint": feeling == "negative", "praise": feeling == "positive", "abuse": False})
    if feeling == "neutral":
        return stances({**silent, "complaint": False, "praise": False, "abuse": False})
    return stances({**silent, "complaint": False, "abuse": False} if feeling == "positive" else {**silent, "praise": False})


def _corpora(folder: Path) -> Iterator[Stanced]:
    for name, stem in FILES.items():
        for file, fresh in ((f"{stem}_train.jsonl.gz", True), (f"{stem}_dev.jsonl.gz", False)):
            for raw in read_raw(folder / file) if (folder / file).is_file() else ():
                key = f"{raw['src']}/{raw['id']}"
                part: Part = "report" if not fresh else "calibrate" if share_of(key) < CALIBRATED_SHARE else "train"
                yield Stanced(raw["text"], raw["lang"], _READ[name](raw["label"]), name, key, part)


def _complaint(label: str) -> tuple[float, ...]:
    return stances({"complaint": label == "complaint"})


def _offensive(label: str) -> tuple[float, ...]:
    return stances({"abuse": label == "offensive"})


def _insult(label: str) -> tuple[float, ...]:
    """Malice is neither: annotators put both insults and sharp opinions there."""
    known = {"complaint": False, "praise": False}
    return stances(known if label == "malicious" else {**known, "abuse": label in ("insult", "threat")})


_READ = {"complaints": _complaint, "offensive": _offensive, "insults": _insult}


def _own(raw: Mapping[str, Any], *, is_taught: bool) -> Stanced:
    held: Collection[str] = raw["stances"]
    values = tuple(float(stance in held) for stance in STANCES)
    key = f"{OWN_SOURCE}/{raw['id']}"
    part: Part = "train" if is_taught else "calibrate" if share_of(key) < OWN_CALIBRATED_SHARE else "report"
    return Stanced(raw["text"], raw["lang"], values, OWN_SOURCE, key, part, LABELS.index(raw["sentiment"]))
