"""Rows to train on and to measure with, read from a folder of gzip'd JSON Lines.

`training_rows` and `calibration_rows` are disjoint (by a hash of the row's id); `dev_rows` are never trained on.
"""

import gzip
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from classifiers.sentiment.answers import LABELS
from core.errors import ConfigError

TRAIN_FILES = ("sentiment_en_train.jsonl.gz", "sentiment_pl_train.jsonl.gz", "sentiment_pl_hotels_train.jsonl.gz")
DEV_FILES = ("sentiment_en_dev.jsonl.gz", "sentiment_pl_dev.jsonl.gz", "sentiment_pl_hotels_dev.jsonl.gz")
ORDINARY_FILE = "ordinary_pl.jsonl.gz"
UNLABELLED_FILES = ("insults_pl_train.jsonl.gz", "paraphrase_pl_train.jsonl.gz", "sentiment_pl_ambivalent.jsonl.gz")
STANCE_FILES = (
    "complaints_en_train.jsonl.gz",
    "complaints_en_dev.jsonl.gz",
    "offensive_en_train.jsonl.gz",
    "offensive_en_dev.jsonl.gz",
    "insults_pl_dev.jsonl.gz",
)
KEPT_ORDINARY = 10_000
"""The last so many rows of the ordinary posts are kept from whatever decides about alarms: false ones are counted there."""
ORDINARY_SOURCE = "pl-wykop-headlines"
ENGLISH_SOURCE = "en-tweets"
"""All English tweets, whoever collected them."""
NO_NEUTRAL_SOURCES = frozenset({"pl-twitter"})
"""Sources whose annotators could not say *neutral*: there the model is asked for negative or positive alone."""

NEUTRAL = LABELS.index("neutral")
CALIBRATION_SHARE = 0.06
ORDINARY_TRAINED = 6_000


@dataclass(frozen=True, slots=True)
class Row:
    """One labelled text. `label` is an index into `LABELS`; `source` names the corpus."""

    text: str
    lang: str
    label: int
    source: str
    key: str

    @property
    def is_forced(self) -> bool:
        """Whether *neutral* was not among the answers."""
        return self.source in NO_NEUTRAL_SOURCES


def training_rows(folder: Path, ordinary: int = ORDINARY_TRAINED) -> list[Row]:
    """Give every row to train on, and so many ordinary Polish posts as neutral. Raises ConfigError where a file is missing."""
    rows = [row for row in _labelled(folder, TRAIN_FILES) if not _is_for_calibration(row)]
    return rows + ordinary_rows(folder)[:ordinary]


def calibration_rows(folder: Path) -> list[Row]:
    """Give the training files' rows that are kept out of training, to choose epochs and to calibrate with."""
    return [row for row in _labelled(folder, TRAIN_FILES) if _is_for_calibration(row)]


def dev_rows(folder: Path) -> list[Row]:
    """Give the rows that figures are reported on."""
    return list(_labelled(folder, DEV_FILES))


def ordinary_rows(folder: Path) -> list[Row]:
    """Give ordinary Polish posts, taken as neutral, in an order that depends on their ids alone."""
    rows = [_row(raw, NEUTRAL) for raw in read_raw(folder / ORDINARY_FILE)]
    return sorted(rows, key=lambda row: _hash(row.key))


def ordinary_keys_to_learn_from(folder: Path) -> frozenset[str]:
    """Give the keys of the ordinary posts that are not kept for counting false alarms."""
    return frozenset(_row(raw, NEUTRAL).key for raw in list(read_raw(folder / ORDINARY_FILE))[:-KEPT_ORDINARY])


def unlabelled_texts(folder: Path) -> list[str]:
    """Give Polish texts without a feeling's label: readers' comments, paraphrases, mixed opinions."""
    raws = [raw for name in UNLABELLED_FILES for raw in read_raw(folder / name)]
    return [raw["text"] for raw in raws] + [raw["text_b"] for raw in raws if "text_b" in raw]


def by_source(rows: Sequence[Row]) -> dict[str, list[Row]]:
    """Group rows by the corpus they come from, in the order of first appearance."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row.source, []).append(row)
    return groups


def fingerprints(folder: Path) -> dict[str, str]:
    """Give the SHA-256 of each data file that a model is made from or measured with."""
    stances = [name for name in STANCE_FILES if (folder / name).is_file()]
    names = (*TRAIN_FILES, *DEV_FILES, ORDINARY_FILE, *UNLABELLED_FILES, *stances)
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names}


def _labelled(folder: Path, names: Sequence[str]) -> Iterator[Row]:
    for name in names:
        for raw in read_raw(folder / name):
            if raw.get("label") not in LABELS:
                wrong = f"label {raw.get('label')!r} of row {raw.get('id')!r}"
                raise ConfigError(f"{folder / name}: {wrong}; expected one of {', '.join(LABELS)}")
            yield _row(raw, LABELS.index(raw["label"]))


def _row(raw: dict[str, Any], label: int) -> Row:
    source = raw["src"] if raw["lang"] == "pl" else ENGLISH_SOURCE
    return Row(text=raw["text"], lang=raw["lang"], label=label, source=source, key=f"{raw['src']}/{raw['id']}")


def read_raw(path: Path) -> list[dict[str, Any]]:
    """Read one file of gzip'd JSON Lines. Raises ConfigError where it is missing."""
    if not path.is_file():
        raise ConfigError(f"{path.name} is missing in {path.parent}: name the folder that holds the data sets with --data")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def share_of(key: str) -> float:
    """Give a number in [0, 1] that depends on the key alone, to draw rows by."""
    return int(_hash(key)[:8], 16) / 0xFFFFFFFF


def _is_for_calibration(row: Row) -> bool:
    return share_of(row.key) < CALIBRATION_SHARE
