"""Says in words what a key of the configuration takes and what it is without one: for the reference pages."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from enum import Enum
from inspect import cleandoc
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from core.table import Secret

_PLAIN: Mapping[Any, str] = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "`true` or `false`",
    date: "a day",
    Path: "a path",
    timedelta: "a duration",
    Secret: "a secret",
}
_SPECIAL = {"_zone": "a time zone", "_id": "an id", "_secret": "a secret", "_country": "a country", "_role": "a role"}
_BOUND = {"ge": "at least", "gt": "above", "le": "at most", "lt": "below"}


def table_of(annotation: Any) -> type[BaseModel]:
    """The model of a table, of one that may be missing, or of the tables in a list. Raises TypeError for anything else."""
    found = next(iter(get_args(annotation)), annotation)
    if isinstance(found, type) and issubclass(found, BaseModel):
        return found
    raise TypeError(f"{annotation} is no table")


def repeats(annotation: Any) -> bool:
    """May it stand several times, as [[…]]?"""
    return get_origin(annotation) is tuple


def is_table(annotation: Any) -> bool:
    """A list of tables?"""
    inner = get_args(annotation)
    return repeats(annotation) and isinstance(inner[0], type) and issubclass(inner[0], BaseModel)


def about(model: type[BaseModel]) -> str:
    """Its docstring."""
    return cleandoc(model.__doc__ or "")


def keys(model: type[BaseModel], without: Iterable[str] = ()) -> str:
    """A table of its keys: what each takes, and its default."""
    rows = [_row(key, field) for key, field in model.model_fields.items() if key not in set(without)]
    return "\n".join(("| key | value | default |", "|---|---|---|", *rows)) if rows else "It has no keys of its own."


def _row(key: str, field: FieldInfo) -> str:
    default = "**required**" if field.is_required() else _default(field.get_default(call_default_factory=True))
    return f"| `{key}` | {_value(field.annotation, field.metadata)} | {default} |"


def _default(value: Any) -> str:
    if value is None:
        return "none"
    return f"`{_toml(value)}`"


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, timedelta):
        return f'"{_duration(value)}"'
    if isinstance(value, tuple | list):
        return f"[{', '.join(_toml(part) for part in value)}]"
    if isinstance(value, int | float):
        return f"{value:_}" if isinstance(value, int) and value >= 100_000 else str(value)
    return f'"{value}"'


def _duration(value: timedelta) -> str:
    seconds = int(value.total_seconds())
    unit, size = next((unit, size) for unit, size in (("w", 604800), ("d", 86400), ("h", 3600), ("m", 60), ("s", 1)) if not seconds % size)
    return f"{seconds // size}{unit}"


def _value(annotation: Any, metadata: Iterable[Any] = ()) -> str:
    marks = list(metadata)
    named = next((_SPECIAL[n] for n in (getattr(getattr(mark, "func", None), "__name__", "") for mark in marks) if n in _SPECIAL), None)
    bounds = [f"{says} {_bound(getattr(mark, key))}" for mark in marks for key, says in _BOUND.items() if hasattr(mark, key)]
    return ", ".join([named or _type(annotation), *bounds])


def _bound(value: Any) -> str:
    return _duration(value) if isinstance(value, timedelta) else str(value)


def _type(annotation: Any) -> str:
    """A type in words."""
    origin, inner = get_origin(annotation), [part for part in get_args(annotation) if part is not NoneType]
    if annotation in _PLAIN:
        return _PLAIN[annotation]
    if origin is Literal:
        return ", ".join(f'`"{choice}"`' for choice in inner)
    if origin in (Union, UnionType):
        return " or ".join(dict.fromkeys(_type(part) for part in inner))
    if origin is tuple:
        return "tables, see below" if is_table(annotation) else f"a list of {_type(inner[0])}"
    if hasattr(annotation, "__metadata__"):
        return _value(inner[0], annotation.__metadata__)
    return ", ".join(f'`"{member.value}"`' for member in annotation) if is_closed(annotation) else "text"


def is_closed(annotation: Any) -> bool:
    """A closed set of words."""
    return isinstance(annotation, type) and issubclass(annotation, Enum)
