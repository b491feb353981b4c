"""The configuration as it is in force, secrets never shown, and what the doctor finds."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel

from core.settings import Settings
from core.table import Secret
from web.render import page
from web.visitor import SignedIn, context_of

router = APIRouter()

HIDDEN = "•••••"
UNITS = ((86400, "d"), (3600, "h"), (60, "m"))
_SECRET_NAMES = ("password", "token", "secret", "key")


@router.get("/settings")
def settings(request: Request, visitor: SignedIn) -> Response:
    context = context_of(request)
    return page(request, "settings.html", visitor, tables=list(tables(context.settings)), ills=context.examine())


def tables(config: Settings) -> Iterator[tuple[str, str, list[tuple[str, str]]]]:
    """(table, what it is called, its keys and values), as czujka.toml has them; a secret shows where it comes from."""
    for name in type(config).model_fields:
        value = getattr(config, name)
        if isinstance(value, BaseModel):
            yield f"[{name}]", "", _keys(value)
        elif isinstance(value, tuple):
            for one in value:
                yield f"[[{name}]]", str(getattr(one, "id", getattr(one, "label", ""))), _keys(one)


def _keys(table: BaseModel) -> list[tuple[str, str]]:
    return [(key, _shown(key, value)) for key in type(table).model_fields if (value := getattr(table, key)) not in (None, (), "")]


def _shown(key: str, value: Any) -> str:
    if isinstance(value, Secret):
        return f"env {value.env}" if value.env else f"file {value.file}"
    if isinstance(value, BaseModel):
        return ", ".join(f"{name} = {shown}" for name, shown in _keys(value))
    if isinstance(value, tuple | list | frozenset):
        return "; ".join(_shown(key, one) for one in value)
    return _duration(value) if isinstance(value, timedelta) else _text(key, str(value))


def _text(key: str, text: str) -> str:
    """No password, wherever somebody may have written one."""
    if any(word in key.casefold() for word in _SECRET_NAMES):
        return HIDDEN
    scheme, found, rest = text.partition("://")
    return f"{scheme}://{HIDDEN}@{rest.split('@', 1)[1]}" if found and "@" in rest.split("/")[0] else text


def _duration(length: timedelta) -> str:
    """As it is written: 90s, 10m, 2h, 3d."""
    seconds = int(length.total_seconds())
    size, unit = next((one for one in UNITS if seconds and seconds % one[0] == 0), (1, "s"))
    return f"{seconds // size}{unit}"
