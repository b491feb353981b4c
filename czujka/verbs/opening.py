"""What most verbs begin with: find the configuration, open the house, print rows."""

import json
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from sqlalchemy.engine import make_url

from core.errors import StoreError
from core.settings import Settings
from czujka import config
from storage import Store

if TYPE_CHECKING:
    from czujka.house import House

DEMO = Path(__file__).resolve().parents[2] / "demo" / "czujka.toml"


def settings_of(named: str | None) -> Settings:
    """The configuration: the file, or, while there is none, the demonstration's."""
    path = config.config_file(named)
    return config.load(path) if path is not None else demo_settings()


def settings_or_defaults(named: str | None) -> Settings:
    """For verbs that need no database: the file if there is one, else the defaults."""
    path = config.config_file(named)
    return config.load(path) if path is not None else config.defaults()


def demo_settings() -> Settings:
    """The demonstration's configuration, with its own database in the data folder. Read like any other file."""
    home = config.data_folder()
    settings = config.load(DEMO, home)
    return settings.model_copy(update={"storage": settings.storage.model_copy(update={"url": f"sqlite:///{home / 'demo.db'}"})})


@contextmanager
def house_of(named: str | None) -> "Iterator[House]":
    """The house, opened and closed again; rules and model are loaded only for verbs that use them."""
    from czujka.house import open_house

    house = open_house(settings_of(named))
    try:
        yield house
    finally:
        house.close()


@contextmanager
def store_of(named: str | None) -> Iterator[tuple[Settings, Store]]:
    """Settings and store alone, without loading rules and model."""
    settings = settings_of(named)
    settings.home.mkdir(parents=True, exist_ok=True)
    store = Store.open(settings.database_url())
    try:
        yield settings, store
    finally:
        store.close()


@contextmanager
def store_if_there(named: str | None) -> Iterator[tuple[Settings, Store | None]]:
    """The same for verbs that can do without: no store while there is no database yet, and a remark when it does not answer."""
    settings, store = settings_of(named), None
    url = make_url(settings.database_url())
    try:
        if url.get_backend_name() != "sqlite" or (url.database is not None and Path(url.database).is_file()):
            store = Store.open(settings.database_url())
    except StoreError as error:
        remark(f"czujka: what stands in the database is not known: {error}")
    try:
        yield settings, store
    finally:
        if store is not None:
            store.close()


def actor() -> str:
    """Who types: the name in the audit lines of verbs."""
    return f"cli:{os.environ.get('SUDO_USER') or os.environ.get('USER') or 'operator'}"[:64]


class ById(click.Group):
    """A group whose first word may be an id: `czujka incidents 3` is `czujka incidents show 3`."""

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0].isdigit():
            return "show", self.get_command(ctx, "show"), args
        return super().resolve_command(ctx, args)


def plain(value: Any) -> Any:
    """A record as JSON can hold it: times as ISO 8601, words of closed sets as texts."""
    if is_dataclass(value) and not isinstance(value, type):
        return {key: plain(part) for key, part in asdict(value).items()}
    if isinstance(value, dict):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(part) for part in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if not isinstance(value, str | int | float | bool | type(None)) else value


def print_json(rows: Iterable[Any]) -> None:
    """One object a line on stdout."""
    for row in rows:
        click.echo(json.dumps(plain(row), ensure_ascii=False))


def print_table(header: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> None:
    """Aligned columns for people; the last one may run on."""
    cells = [tuple(" ".join(str(cell).split()) for cell in row) for row in rows]
    widths = [max([len(head), *(len(row[index]) for row in cells)]) for index, head in enumerate(header)]
    for row in (header, *cells):
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def remark(text: str) -> None:
    """Say something that is not the answer."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201


json_option = click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
