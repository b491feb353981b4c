"""Other people's posts: ordinary ones, which should alarm nobody, and sets with labels near to ours. None was trained on."""

import gzip
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from classifiers.evaluation.score import Counts, Share, family
from classifiers.sentiment.data import KEPT_ORDINARY
from classifiers.understand import Classifiers
from core.types import ItemKind, Reading, Scope, Severity, Understanding, Voice

ORDINARY = "ordinary_pl.jsonl.gz"
ORDINARY_POSTS = KEPT_ORDINARY
AT_ONCE = 3_000

TAKEN_AS: Mapping[str, dict[str, Any]] = {
    "mentions": {"scope": Scope.MENTION, "voice": Voice.PUBLIC, "kind": ItemKind.POST},
    "replies under our post": {"scope": Scope.OFFICIAL, "voice": Voice.PUBLIC, "kind": ItemKind.COMMENT},
    "our own posts": {"scope": Scope.OFFICIAL, "voice": Voice.OURS, "kind": ItemKind.POST},
}
LABELLED: Mapping[str, tuple[str, str, frozenset[str]]] = {
    "complaints_en_dev: complaint": ("complaints_en_dev.jsonl.gz", "complaint", frozenset({"complaint"})),
    "insults_pl_dev: policy.insult": ("insults_pl_dev.jsonl.gz", "policy.insult", frozenset({"insult", "threat"})),
    "offensive_en_dev: policy.insult": ("offensive_en_dev.jsonl.gz", "policy.insult", frozenset({"offensive"})),
}


def alarms(classifiers: Classifiers, datasets: Path, posts: int = ORDINARY_POSTS) -> dict[str, Share]:
    """How many of the last so many ordinary posts would page somebody, whatever they are taken for."""
    rows = _rows(datasets / ORDINARY)[-posts:]
    # every taking of a post in one batch, so that its text is felt once
    taken = [name for _ in rows for name in TAKEN_AS]
    read = _read(classifiers, [(row, TAKEN_AS[name]) for row in rows for name in TAKEN_AS])
    loud = Counter(name for name, one in zip(taken, read, strict=True) if _pages(one))
    return {name: Share(loud[name], len(rows)) for name in TAKEN_AS}


def labelled(classifiers: Classifiers, datasets: Path) -> dict[str, Counts]:
    """Sets whose labels are near to ours: a post as a reply under our own, found or not."""
    found = {}
    for name, (file, label, wanted) in LABELLED.items():
        if (datasets / file).exists():
            rows = _rows(datasets / file)
            read = _read(classifiers, [(row, TAKEN_AS["replies under our post"]) for row in rows])
            pairs = [(row["label"] in wanted, _has(one, label)) for row, one in zip(rows, read, strict=True)]
            found[name] = Counts(pairs.count((True, True)), pairs.count((False, True)), pairs.count((True, False)))
    return found


def _pages(one: Understanding) -> bool:
    return any(f.reported and f.severity >= Severity.HIGH for f in one.findings)


def _has(one: Understanding, label: str) -> bool:
    return any(f.reported and label in (f.label, family(f.label)) for f in one.findings)


def _read(classifiers: Classifiers, taken: Sequence[tuple[dict[str, Any], dict[str, Any]]]) -> Iterator[Understanding]:
    for start in range(0, len(taken), AT_ONCE):
        yield from classifiers.read([Reading(text=row["text"], lang=row.get("lang"), **how) for row, how in taken[start : start + AT_ONCE]])


def _rows(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]
