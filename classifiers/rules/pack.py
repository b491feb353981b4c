"""Rules as data: the shape of a pack file, checked whole when it loads.

A pack is `packs/<area>/<id>.yaml` beside `<id>.cases.yaml`; word lists that rules share are `lists/<name>.yaml`. A term is
inflected (Polish) unless it starts with `=`; one that ends in `*` also matches longer words.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal, TypeVar

import re2
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from classifiers.rules.lines import line_of
from classifiers.rules.validators import VALIDATORS
from classifiers.taxonomy import LABELS, About
from core.errors import ConfigError
from core.types import Scope, Severity, Voice

HOME = Path(__file__).parent
CONFIGURED_LISTS = ("brand", "code_name", "code_name_word", "competitor", "forbidden_hashtag", "forbidden_tag")

Lang = Literal["pl", "en"]
Industry = Literal["finance", "healthcare", "technology", "retail"]
_T = TypeVar("_T", bound=BaseModel)
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Pattern(_Strict):
    """A RE2 pattern on the plain view. `group` is the part that is validated and shown."""

    regex: str
    literal: tuple[str, ...] = ()
    group: int = 0
    validator: str | None = None

    @field_validator("literal", mode="before")
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value

    @field_validator("validator")
    @classmethod
    def _known(cls, value: str | None) -> str | None:
        if value is not None and value not in VALIDATORS:
            raise ValueError(f"no such validator; known: {', '.join(sorted(VALIDATORS))}")
        return value

    @field_validator("regex")
    @classmethod
    def _linear(cls, value: str) -> str:
        options = re2.Options()
        options.log_errors = False
        try:
            re2.compile(value.encode("ascii"), options)
        except (re2.error, UnicodeEncodeError) as error:
            raise ValueError(f"RE2 cannot take this pattern: {error}") from None
        return value


class Words(_Strict):
    """Any of: terms per language, shared or configured lists."""

    terms: dict[Lang, tuple[str, ...]] = Field(default_factory=dict)
    lists: tuple[str, ...] = ()
    within_words: int | None = Field(default=None, ge=1, le=60)
    after: bool = False
    """The words must follow what they stand near."""

    def __hash__(self) -> int:
        """By identity: packs live as long as their engine, and their dicts cannot be hashed."""
        return id(self)

    @model_validator(mode="after")
    def _not_empty(self) -> "Words":
        if not (self.terms or self.lists or getattr(self, "patterns", ())):
            raise ValueError("says nothing: give terms or lists")
        return self


class Mood(_Strict):
    """What the author must feel, as a probability, or words that show it."""

    negative: float | None = None
    positive: float | None = None
    unless_negative: float | None = None
    unless_positive: float | None = None
    or_lists: tuple[str, ...] = ()


class Condition(Words):
    """One way for a rule to fire. `near` must all hold; `strong` needs no feeling beside it.

    `score` and `mood` where they are not the rule's."""

    patterns: tuple[Pattern, ...] = ()
    near: tuple[Words, ...] = ()
    strong: bool = False
    score: float | None = Field(default=None, gt=0, le=1)
    mood: Mood | None = None


class Shift(_Strict):
    """A severity in particular circumstances; the first that holds wins."""

    to: Severity
    followers_from: int | None = None
    words: Words | None = None
    own_data_under_our_post: bool = False


class Because(_Strict):
    pl: str = Field(min_length=10)
    en: str = Field(min_length=10)


class Rule(_Strict):
    """One detector."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_.]+$")
    version: int = Field(ge=1)
    status: Literal["draft", "trial", "live"]
    label: str
    severity: Severity | None = None
    score: float = Field(default=0.8, gt=0, le=1)
    clause: str = ""
    voices: tuple[Voice, ...] = ()
    scopes: tuple[Scope, ...] = tuple(Scope)
    about_us: bool | None = None
    industry: Industry | None = None
    """Only for brands of this industry."""
    any: tuple[Condition, ...] = ()
    all: tuple[Words, ...] = ()
    near: tuple[Words, ...] = ()
    unless: tuple[Words, ...] = ()
    negation: bool = False
    mood: Mood | None = None
    author: Literal["resembles_brand"] | None = None
    max_findings: int = Field(default=1, ge=1, le=20)
    severity_when: tuple[Shift, ...] = ()
    because: Because

    @field_validator("label")
    @classmethod
    def _labelled(cls, value: str) -> str:
        if value not in LABELS:
            near = get_close_matches(value, LABELS, n=1, cutoff=0.0)
            raise ValueError(f"unknown label {value!r}; did you mean {near[0]!r}? docs/reference/labels.md names them all")
        return value

    @field_validator("near", "unless", mode="before")
    @classmethod
    def _short_forms(cls, value: Any) -> Any:
        """`unless: [a, b]` is short for the lists a and b; one mapping is short for a list of one."""
        if isinstance(value, dict):
            return [value]
        if isinstance(value, list) and value and all(isinstance(part, str) for part in value):
            return [{"lists": value}]
        return value

    @model_validator(mode="after")
    def _can_fire(self) -> "Rule":
        if not self.any and self.author is None:
            raise ValueError("can never fire: give `any` or `author`")
        return self

    @property
    def detector(self) -> str:
        return f"{self.id}@{self.version}"

    @property
    def about(self) -> About:
        if self.about_us is None:
            return LABELS[self.label].about
        return About.ALWAYS if self.about_us else About.NEVER


class WordList(_Strict):
    """Terms that several rules share."""

    terms: dict[Lang, tuple[str, ...]]


@dataclass(frozen=True)
class Packs:
    """Everything that was read from the pack and list files, and where each rule lies."""

    rules: tuple[Rule, ...]
    lists: dict[str, WordList]
    files: dict[str, Path]


def read_yaml(path: Path) -> Any:
    """A YAML file's value. Raises ConfigError with the file's name."""
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506  a safe loader, in C where there is one
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigError(f"{path.name}: cannot be read: {error}") from error


def _parse(kind: type[_T], path: Path) -> _T:
    try:
        return kind.model_validate(read_yaml(path))
    except ValidationError as error:
        raise ConfigError("\n".join(_faults(path, error))) from None


def _faults(path: Path, error: ValidationError) -> Iterator[str]:
    text = path.read_text(encoding="utf-8")
    for part in error.errors():
        where = ".".join(map(str, part["loc"]))
        yield f"{path.name}:{line_of(text, part['loc'])}: {where or 'file'}: {part['msg']}"


def _line_with(path: Path, word: str) -> int:
    """The first line that holds a word."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return next((number for number, line in enumerate(lines, 1) if word in line), 1)


def every_words(rule: Rule) -> Iterator[Words]:
    """Each set of words that a rule looks for."""
    for condition in rule.any:
        yield condition
        yield from condition.near
    yield from (*rule.all, *rule.near, *rule.unless)
    yield from (shift.words for shift in rule.severity_when if shift.words)


def every_mood(rule: Rule) -> Iterator[Mood]:
    """The rule's mood and those of its conditions."""
    yield from (mood for mood in (rule.mood, *(condition.mood for condition in rule.any)) if mood)


def _check(rule: Rule, path: Path, lists: dict[str, WordList], seen: dict[str, Path]) -> None:
    if rule.id in seen:
        raise ConfigError(f"{path.name}:{_line_with(path, 'id:')}: id: {rule.id!r} is already used by {seen[rule.id]}; give one another id")
    if path.stem != rule.id:
        raise ConfigError(f"{path.name}:{_line_with(path, 'id:')}: id: {rule.id!r} must be the file's name")
    named = [name for words in every_words(rule) for name in words.lists] + [name for mood in every_mood(rule) for name in mood.or_lists]
    for name in named:
        if name not in lists and name not in CONFIGURED_LISTS:
            known = ", ".join(sorted({*lists, *CONFIGURED_LISTS}))
            raise ConfigError(f"{path.name}:{_line_with(path, name)}: lists: no list {name!r}; known: {known}")


def load_packs(home: Path = HOME) -> Packs:
    """Read every pack under `home`. Raises ConfigError that names the file and the key."""
    lists = {path.stem: _parse(WordList, path) for path in sorted((home / "lists").glob("*.yaml"))}
    rules: list[Rule] = []
    files: dict[str, Path] = {}
    for path in sorted((home / "packs").glob("*/*.yaml")):
        if path.name.endswith(".cases.yaml"):
            continue
        rule = _parse(Rule, path)
        _check(rule, path, lists, files)
        rules.append(rule)
        files[rule.id] = path
    return Packs(tuple(rules), lists, files)


def load_rule(path: Path, packs: Packs) -> Rule:
    """One rule from a file that lies outside the packs; it may use their lists. Raises ConfigError that names the file and the key."""
    rule = _parse(Rule, path)
    _check(rule, path, packs.lists, {})
    return rule
