"""Posts labelled by the story that they tell. Groups whose ids differ in the last letter alone look alike and tell different stories."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from classifiers.taxonomy import LABELS
from core.errors import ConfigError

SEED = 20_26


class _Line(BaseModel):
    """A line of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(min_length=1)
    group: str = Field(pattern=r"^[a-z]\d{3}[a-z]$")
    lang: str = Field(pattern=r"^(pl|en)$")
    kind: str
    text: str = Field(min_length=1)

    @field_validator("kind")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in LABELS and not any(label.startswith(f"{value}.") for label in LABELS):
            raise ValueError(f"{value!r} is no label; docs/reference/labels.md names them all")
        return value


@dataclass(frozen=True, slots=True)
class StoryRow:
    """One post. `group` is its story, `family` the story and all that look like it, `kind` the label under which they meet."""

    id: str
    group: str
    lang: str
    kind: str
    text: str

    @property
    def family(self) -> str:
        return self.group[:-1]


def read(path: Path) -> list[StoryRow]:
    """Every row of a file, in the order of a stream: the stories mixed, always in the same way. Raises ConfigError naming the line."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read: {error}", reason="evaluation") from error
    rows = [_row(path, number, line) for number, line in enumerate(lines, 1) if line.strip()]
    if not rows:
        raise ConfigError(f"{path}: no post stands in it", reason="evaluation")
    return [rows[index] for index in np.random.default_rng(SEED).permutation(len(rows))]


def _row(path: Path, number: int, line: str) -> StoryRow:
    try:
        value = _Line.model_validate_json(line)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "row"
        raise ConfigError(f"{path}, line {number}: {place}: {first['msg']}", reason="evaluation") from error
    return StoryRow(value.id, value.group, value.lang, value.kind, value.text)
