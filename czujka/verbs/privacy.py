"""Verbs on privacy: what is kept about somebody, and its end."""

import json
from pathlib import Path

import click

from actions import privacy as acts
from core.clock import utc_now
from czujka.verbs.opening import actor, plain, remark, store_of

named_author = click.option("--author", metavar="NAME", help="A handle, display name, id or key of an author.")
on_platform = click.option("--platform", metavar="KIND", help="Only there; else wherever somebody is called so.")
also_words = click.option(
    "--also", multiple=True, metavar="WORD", help="What else leads to them: a full name, an address; a person of the company by id."
)


@click.group()
def privacy() -> None:
    """What is kept about people, for how long, and how it ends."""


@privacy.command()
@named_author
@on_platform
@also_words
@click.option("--dry-run", is_flag=True, help="Only say what would go.")
@click.option("--yes", is_flag=True, help="Do not ask first.")
@click.pass_obj
def erase(named: str | None, author: str | None, platform: str | None, also: tuple[str, ...], *, dry_run: bool, yes: bool) -> None:
    """Erase somebody from every table, the search, the mails in folders; counts and histories stay, under a pseudonym.

    Texts of others that name them keep the rest. Backups and exports are listed: they are yours to delete. The database's files are
    written anew at the end, which can take minutes.

    Example: czujka privacy erase --author @kasia --platform mastodon --dry-run
    """
    with store_of(named) as (settings, store):
        if not dry_run and not yes:
            would = acts.erase(store, settings, author, platform, also, actor(), utc_now(), dry_run=True)
            _tell(would, "would go")
            click.confirm("None of this can be brought back. Erase it?", abort=True)
        done = acts.erase(store, settings, author, platform, also, actor(), utc_now(), dry_run=dry_run)
    _tell(done, "would go" if dry_run else "are gone")
    if not dry_run:
        click.echo(f"what stays is told of {done.erased.pseudonym}")


@privacy.command()
@named_author
@on_platform
@also_words
@click.option("--to", "file", type=click.Path(dir_okay=False, path_type=Path), help="Write it here instead of on stdout.")
@click.pass_obj
def export(named: str | None, author: str | None, platform: str | None, also: tuple[str, ...], file: Path | None) -> None:
    """Show all that is kept about somebody, as one JSON object: their posts with what was found in them, and where others name them.

    Example: czujka privacy export --author @kasia --to kasia.json
    """
    with store_of(named) as (settings, store):
        found = acts.export(store, settings, author, platform, also, actor(), utc_now())
    text = json.dumps(plain(found), ensure_ascii=False, indent=2)
    if file is None:
        return click.echo(text)
    file.write_text(text + "\n", encoding="utf-8")
    return remark(f"{file}: {len(found['posts'])} posts")


def _tell(done: acts.Erasure, what: str) -> None:
    for one in done.erased.people:
        click.echo(f"{one.platform}: {', '.join(one.words())}: {one.items} posts")
    for table, count in done.erased.rows.items():
        click.echo(f"{count} rows of {table} {what}")
    if done.mails:
        click.echo(f"{len(done.mails)} mails in folders {what}")
    if done.erased.too_short:
        remark(f"too short to look for inside of texts: {', '.join(done.erased.too_short)}")
    for left in done.left:
        click.echo(f"{left.file}: a {left.kind} of {left.made_at:%Y-%m-%d} {'still names them' if left.sure else 'may still name them'}")


VERBS = (privacy,)
