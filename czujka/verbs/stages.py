"""Verbs that run a stage by hand: collect, import, classify, assess, notify, deliver, answer."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from tqdm import tqdm

from actions.arrivals import sole_brand
from classifiers.jsonl import classify_lines
from collector.file import read_file
from core import metrics
from core.settings import SourceSettings
from core.types import Item, Rejected, Scope
from czujka.asking import ask, ask_due
from czujka.house import House
from czujka.reading import classifiers_of
from czujka.scheduler import run_stage
from czujka.verbs.opening import house_of, plain, print_json, remark, settings_or_defaults
from storage.items import Arrival

IMPORTED_AT_ONCE = 500


@click.command()
@click.argument("sources", nargs=-1, metavar="[SOURCE]…")
@click.option("--once", is_flag=True, help="Ask once and end (always so for this verb).")
@click.option("--dry-run", is_flag=True, help="Ask and print what would be stored; store nothing.")
@click.pass_obj
def collect(named: str | None, sources: tuple[str, ...], *, once: bool, dry_run: bool) -> None:  # noqa: ARG001
    """Ask sources now, due or not.

    Example: czujka collect mastodon-tag --dry-run
    """
    with house_of(named) as house:
        wanted = _wanted(house, sources)
        if dry_run:
            for source in wanted:
                page = ask(house, source, None)
                print_json({**plain(item), "raw": None, "source": source.id} for item in page.items)
            return
        house.store.sources.sync([source.id for source in house.settings.source], house.clock())
        new = ask_due(house, [source.id for source in wanted])
        remark(f"{new} new items")
        failing = [h for h in house.store.sources.health(house.clock()) if h.failures and h.source_id in {s.id for s in wanted}]
        for health in failing:
            remark(f"{health.source_id}: {health.reason}: {health.detail}")
        raise click.exceptions.Exit(1 if failing else 0)


def _wanted(house: House, names: tuple[str, ...]) -> list[SourceSettings]:
    known = {source.id: source for source in house.settings.source}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise click.UsageError(f"there is no source {unknown[0]!r} (there are: {', '.join(known) or 'none'})")
    return [known[name] for name in names] if names else list(known.values())


@click.command("import")
@click.argument("files", nargs=-1, required=True, metavar="FILE…", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--source", "source_id", default=None, help="The configured source to which the items belong (its scope and brand).")
@click.option("--alert", is_flag=True, help="Let these items page people, as if they had just been collected.")
@click.pass_obj
def import_(named: str | None, files: tuple[Path, ...], source_id: str | None, *, alert: bool) -> None:
    """Store posts from CSV or JSONL files. What cannot be read is kept in quarantine and makes the exit code 1.

    Example: czujka import reviews.csv --source mastodon-tag
    """
    with house_of(named) as house:
        source = next((one for one in house.settings.source if one.id == source_id), None)
        if source_id is not None and source is None:
            raise click.UsageError(f"there is no source {source_id!r}")
        new = unreadable = 0
        for path in files:
            added, refused = _import(house, path, source, alert=alert)
            new, unreadable = new + added, unreadable + refused
        remark(f"{new} new items, {unreadable} unreadable lines")
        raise click.exceptions.Exit(1 if unreadable else 0)


def _import(house: House, path: Path, source: SourceSettings | None, *, alert: bool) -> tuple[int, int]:
    """Store a file in short transactions; answers (new items, unreadable lines)."""
    name = source.id if source else "import"
    new = refused = 0
    with tqdm(total=path.stat().st_size, unit="B", unit_scale=True, desc=path.name, disable=not sys.stderr.isatty()) as bar:
        for batch in _batches(_read(house, path, source, bar)):
            now = house.clock()
            bad = tuple(one for one in batch if isinstance(one, Rejected))
            arrivals = [_arrival(house, one, source, name, alert=alert) for one in batch if isinstance(one, Item)]
            new += house.store.items.add(arrivals, now).new
            if bad:
                house.store.sources.quarantine_rows(name, bad, now)
            for one in bad:
                metrics.QUARANTINE.add(reason=one.reason)
                remark(f"{path}: {one.detail}")
            refused += len(bad)
    return new, refused


def _read(house: House, path: Path, source: SourceSettings | None, bar: "tqdm[Any]") -> Iterator[Item | Rejected]:
    scope = source.scope if source else Scope.MENTION
    ours = source.ours if source else ()
    return read_file(path, scope=scope, ours=ours, timezone=house.settings.company.timezone, progress=bar.update)


def _batches(rows: Iterator[Item | Rejected]) -> Iterator[list[Item | Rejected]]:
    batch: list[Item | Rejected] = []
    for row in rows:
        batch.append(row)
        if len(batch) == IMPORTED_AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def _arrival(house: House, item: Item, source: SourceSettings | None, name: str, *, alert: bool) -> Arrival:
    now = house.clock()
    return Arrival(
        item=item,
        source_id=name,
        brand=(source.brand if source else None) or sole_brand(house.settings),
        scope=source.scope if source else Scope.MENTION,
        may_page=alert,
        collected_at=now,
    )


@click.command()
@click.option("--text", default=None, help="Classify this text.")
@click.option("--jsonl", is_flag=True, help="Classify JSON lines from stdin to stdout, in order.")
@click.option("--once", is_flag=True, help="Read what is stored and not yet read, then end.")
@click.pass_obj
def classify(named: str | None, text: str | None, *, jsonl: bool, once: bool) -> None:
    """Say what the classifiers find. --text and --jsonl need no database.

    A line is taken for a public mention unless its "scope" and "voice" say where it stood; complaints and crises count where it is about a
    configured brand.

    Example: echo '{"id": 1, "text": "mój PESEL to 44051401359"}' | czujka classify --jsonl
    """
    if sum((text is not None, jsonl, once)) != 1:
        raise click.UsageError("exactly one of --text, --jsonl and --once was expected")
    if once:
        with house_of(named) as house:
            remark(f"{run_stage(house, 'classify')} items read")
        return
    lines = [json.dumps({"id": None, "text": text}).encode()] if text is not None else sys.stdin.buffer
    unreadable = 0
    for answer in classify_lines(lines, classifiers_of(settings_or_defaults(named))):
        unreadable += "error" in answer
        click.echo(json.dumps(answer, ensure_ascii=False))
    raise click.exceptions.Exit(1 if unreadable else 0)


def _stage(name: str, does: str) -> click.Command:
    @click.command(name, help=f"{does}\n\nExample: czujka {name} --once")
    @click.option("--once", is_flag=True, help="Run until nothing is left to do, then end (always so for this verb).")
    @click.pass_obj
    def verb(named: str | None, *, once: bool) -> None:  # noqa: ARG001
        with house_of(named) as house:
            remark(f"{run_stage(house, name)} done")

    return verb


VERBS = (
    collect,
    import_,
    classify,
    _stage("assess", "Turn fresh findings into conversations and incidents."),
    _stage("notify", "Decide whom to page for incidents whose time has come."),
    _stage("deliver", "Send what is due."),
    _stage("answer", "Write what people answer on platforms."),
)
