"""Verbs on the audit: who did what, whether its lines are as they were written, how far they reach."""

from pathlib import Path

import click

from core.clock import utc_now
from czujka.heads import as_text, export_head, heads_file, read_heads
from czujka.verbs.opening import json_option, print_json, print_table, store_of
from governance.audit import faults


@click.group()
def audit() -> None:
    """Who did what, and the proof that nobody changed it."""


@audit.command("list")
@click.option("--actor", help="Only what this person did.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000))
@json_option
@click.pass_obj
def list_lines(named: str | None, actor: str | None, limit: int, *, as_json: bool) -> None:
    """Show the newest lines.

    Example: czujka audit list --actor anna
    """
    with store_of(named) as (_, store):
        lines = store.audit.lines(limit, actor=actor)
    if as_json:
        return print_json(lines)
    head = ("line", "at (UTC)", "who", "did", "to")
    return print_table(head, ((one.line_id, f"{one.at:%Y-%m-%d %H:%M:%S}", one.actor, one.act, one.subject) for one in lines))


@audit.command()
@click.option("--head", "file", type=click.Path(path_type=Path), help="A file of heads kept elsewhere; default: the one that is kept here.")
@click.pass_context
def verify(context: click.Context, file: Path | None) -> None:
    """Check every line against the one before it, and against the heads that were exported. Exit code 1: something was tampered with.

    A copy of the heads that lies where nobody who can reach the database can reach it proves most.

    Example: czujka audit verify --head audit-heads.jsonl
    """
    with store_of(context.obj) as (settings, store):
        kept = file or heads_file(settings)
        heads = read_heads(kept) if file is not None or kept.exists() else []
        found = faults(store.audit.links(), store.audit.aliases(), heads)
        last = store.audit.head(utc_now()).line_id
    for one in found:
        click.echo(one)
    if found:
        context.exit(1)
    click.echo(f"{last} lines are as they were written; {len(heads)} heads agree")


@audit.command()
@click.pass_obj
def head(named: str | None) -> None:
    """Write the chain's head into the file of heads, and show it. The running service does so every five minutes.

    Example: czujka audit head
    """
    with store_of(named) as (settings, store):
        click.echo(as_text(export_head(settings, store, utc_now())))


VERBS = (audit,)
