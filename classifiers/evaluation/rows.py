"""Labelled posts, as `czujka classify --jsonl` takes them with what should be found beside."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from classifiers.jsonl import Line
from classifiers.taxonomy import LABELS
from core.errors import ConfigError
from core.types import Reading

SENTIMENTS = ("negative", "neutral", "positive")


class _Gold(BaseModel):
    """What stands beside a post."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str
    lang: str
    labels: tuple[str, ...] = ()
    sentiment: str | None = None
    hard_negative_for: tuple[str, ...] = ()

    @field_validator("labels", "hard_negative_for")
    @classmethod
    def _known(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        unknown = [label for label in value if label not in LABELS]
        if unknown:
            raise ValueError(f"{unknown[0]!r} is no label; docs/reference/labels.md names them all")
        return value

    @field_validator("sentiment")
    @classmethod
    def _felt(cls, value: str | None) -> str | None:
        if value not in (*SENTIMENTS, None):
            raise ValueError(f"{value!r}: negative, neutral or positive was expected")
        return value


@dataclass(frozen=True, slots=True)
class Row:
    """One post with what should be found in it. `near` are labels that are not there and look as if."""

    id: str
    lang: str
    reading: Reading
    labels: frozenset[str]
    near: frozenset[str]
    sentiment: str | None


def read(path: Path) -> list[Row]:
    """Every row of a file. Raises ConfigError naming file, line and what was expected."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read: {error}", reason="evaluation") from error
    return [_row(path, number, line) for number, line in enumerate(lines, 1) if line.strip()]


def _row(path: Path, number: int, line: str) -> Row:
    try:
        value: Any = json.loads(line)
        gold, post = _Gold.model_validate(value), Line.model_validate(value)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "row"
        raise ConfigError(f"{path}, line {number}: {place}: {first['msg']}", reason="evaluation") from error
    except ValueError as error:
        raise ConfigError(f"{path}, line {number}: no JSON object: {error}", reason="evaluation") from error
    return Row(gold.id, gold.lang, post.reading(), frozenset(gold.labels), frozenset(gold.hard_negative_for), gold.sentiment)
