"""Verbs on privacy: what is kept about somebody, and its end."""

import json
from pathlib import Path

import click

from actions import privacy as acts
from actions.erased import erase_again
from core.clock import utc_now
from core.i18n import LANGUAGES
from czujka.retaining import let_go, would_go
from czujka.verbs.opening import actor, plain, remark, settings_of, store_of
from governance.record import paper, record

named_author = click.option("--author", metavar="NAME", help="A handle, display name, id or key of an author.")
on_platform = click.option("--platform", metavar="KIND", help="Only there; else wherever somebody is called so.")
also_words = click.option(
    "--also", multiple=True, metavar="WORD", help="What else leads to them: a full name, an address; a person of the company by id."
)

in_language = click.option("--language", type=click.Choice(LANGUAGES), help="pl or en; else the company's first.")


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


@privacy.command("erase-again")
@click.pass_obj
def again(named: str | None) -> None:
    """Erase whoever a restored backup brought back, as `erased.jsonl` remembers them by keyed hashes.

    `czujka db restore` does so by itself.

    Example: czujka privacy erase-again
    """
    with store_of(named) as (settings, store):
        done = erase_again(store, settings, utc_now())
    if done is None:
        return click.echo("nobody who was erased is back")
    for table, count in done.rows.items():
        click.echo(f"{count} rows of {table} are gone")
    return None


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


@privacy.command()
@click.option("--dry-run", is_flag=True, help="Only say what is over.")
@click.pass_obj
def retention(named: str | None, *, dry_run: bool) -> None:
    """Let go of what was kept long enough, by the tables [[retention]]. The running service does so every hour.

    Example: czujka privacy retention --dry-run
    """
    with store_of(named) as (settings, store):
        found = (would_go if dry_run else let_go)(store, settings, utc_now())
    if not found:
        remark("no [[retention]] is configured: everything is kept without an end")
    for cut, count in found:
        where = f" of scope {cut.scope}" if cut.scope else ""
        click.echo(f"{cut.what}{where} from before {cut.before:%Y-%m-%d}: {count} {'would go' if dry_run else 'are gone'}")


@privacy.command("record")
@in_language
@click.pass_obj
def record_of_processing(named: str | None, language: str | None) -> None:
    """Write the record of processing from the configuration, as Markdown.

    Example: czujka privacy record --language pl
    """
    settings = settings_of(named)
    click.echo(record(settings, language or settings.company.languages[0], utc_now()), nl=False)


@privacy.command()
@click.argument("which", type=click.Choice(["dpia", "staff-notice"]))
@in_language
@click.pass_obj
def template(named: str | None, which: str, language: str | None) -> None:
    """Write a template, filled in from the configuration: the impact assessment, or the notice to all staff.

    Example: czujka privacy template dpia --language en
    """
    settings = settings_of(named)
    click.echo(paper(which, settings, language or settings.company.languages[0]), nl=False)


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
