"""`classify --jsonl`: lines of JSON in, one line of JSON out for each that is not blank, in order, whatever they hold."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from math import isfinite
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from classifiers.understand import Classifiers
from core.text import clean_json
from core.types import Feeling, ItemKind, Json, Reading, Scope, Understanding, Voice

_OURS = (Scope.OFFICIAL, Scope.EMPLOYEE, Scope.PORTAL)
_DECIMALS = 4


class Line(BaseModel):
    """One post as the command line takes it. Other keys are ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str | int | float | None = None
    text: str
    lang: str | None = None
    author: str | None = None
    scope: Scope | None = None
    voice: Voice | None = None
    brand: str | None = None
    kind: ItemKind | None = None
    parent_text: str | None = None
    followers: int | None = Field(default=None, ge=0)

    @model_validator(mode="before")
    @classmethod
    def _author_object(cls, value: Any) -> Any:
        """An author may be an object with a name and followers."""
        if isinstance(value, dict) and isinstance(value.get("author"), dict):
            author = value["author"]
            named = author.get("name") or author.get("handle") or author.get("id")
            return {"followers": author.get("followers"), **value, "author": None if named is None else str(named)}
        return value

    def reading(self) -> Reading:
        scope = self.scope or Scope.MENTION
        return Reading(
            text=self.text,
            lang=self.lang,
            author=self.author or "",
            scope=scope,
            voice=self.voice or (Voice.OURS if scope in _OURS else Voice.PUBLIC),
            brand=self.brand,
            kind=self.kind or ItemKind.POST,
            parent_text=self.parent_text or "",
            followers=self.followers,
        )


@dataclass(frozen=True, slots=True)
class _Unread:
    """A line that cannot be read, and why."""

    id: Any
    error: str
    line: int


@dataclass
class Classified:
    """The answers, one by one; `errors` counts the lines that could not be read so far."""

    lines: Iterable[str | bytes]
    classifiers: Classifiers
    batch: int = 256
    errors: int = 0

    def __iter__(self) -> Iterator[Json]:
        numbered = ((number, _text(line)) for number, line in enumerate(self.lines, 1))
        parsed = (_parse(line, number) for number, line in numbered if not isinstance(line, str) or line.strip())
        while chunk := list(islice(parsed, self.batch)):
            yield from self._answer(chunk)

    def _answer(self, chunk: list[Line | _Unread]) -> Iterator[Json]:
        read = iter(self.classifiers.read([one.reading() for one in chunk if isinstance(one, Line)]))
        for one in chunk:
            if isinstance(one, Line):
                yield _answered(one, next(read))
            else:
                self.errors += 1
                yield {"id": one.id, "error": one.error, "line": one.line}


def classify_lines(lines: Iterable[str | bytes], classifiers: Classifiers, batch: int = 256) -> Classified:
    """Iterate over the result for the answers; its `errors` then says how many lines could not be read."""
    return Classified(lines, classifiers, batch)


def _text(line: str | bytes) -> str | UnicodeDecodeError:
    if isinstance(line, str):
        return line
    try:
        return line.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return error


def _parse(line: str | UnicodeDecodeError, number: int) -> Line | _Unread:
    if isinstance(line, UnicodeDecodeError):
        return _Unread(None, f"not UTF-8: {line.reason} at byte {line.start}", number)
    try:
        value = json.loads(line.lstrip("\ufeff"))
    except (ValueError, RecursionError) as error:
        return _Unread(None, clean_json(f"not JSON: {error}"[:300]), number)
    if not isinstance(value, dict):
        return _Unread(None, f"expected an object with a text, got {type(value).__name__}", number)
    try:
        return Line.model_validate(value)
    except ValidationError as error:
        reasons = "; ".join(f"{'.'.join(map(str, part['loc']))}: {part['msg']}" for part in error.errors()[:5])
        return _Unread(_plain_id(value.get("id")), clean_json(reasons), number)


def _stances(feeling: Feeling) -> Json:
    """What the model says that the post does, None where it does not say."""
    told = {"complaint": feeling.complaint, "praise": feeling.praise, "question": feeling.question, "abuse": feeling.abuse}
    return {stance: None if share is None else round(share, _DECIMALS) for stance, share in told.items()}


def _plain_id(value: Any) -> Any:
    """An id that can be written as UTF-8 JSON again, else None."""
    if isinstance(value, str):
        return clean_json(value)
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return value if is_number and isfinite(value) else None


def _answered(line: Line, understanding: Understanding) -> Json:
    feeling = understanding.feeling
    return {
        "id": _plain_id(line.id),
        "lang": understanding.lang,
        "sentiment": {
            "label": feeling.label,
            "negative": round(feeling.negative, _DECIMALS),
            "neutral": round(feeling.neutral, _DECIMALS),
            "positive": round(feeling.positive, _DECIMALS),
        },
        "findings": [
            {"label": f.label, "score": f.score, "severity": str(f.severity), "detector": f.detector, "start": f.start, "end": f.end}
            for f in understanding.findings
            if f.reported
        ],
        "stances": _stances(feeling),
    }
