"""Verbs on the policy's files: write a starter policy, list its clauses, look for faults, tell versions apart."""

import shutil
from pathlib import Path

import click

from actions.policy import surroundings
from core.clock import utc_now
from core.errors import ConfigError
from core.policy import Clause
from czujka.verbs.opening import json_option, print_json, print_table, remark, settings_of, store_if_there, store_of
from czujka.verbs.policy_readers import READERS
from czujka.verbs.policy_reviews import REVIEWS
from czujka.verbs.policy_way import WAY
from governance.clauses import STARTER, read_folder, try_folder
from governance.difference import changes, sentence
from governance.lint import faults
from governance.readability import PLAIN_YEARS, of_clauses

folder_argument = click.argument("folder", required=False, type=click.Path(path_type=Path, file_okay=False), metavar="[DIR]")
language_option = click.option("--language", type=click.Choice(["pl", "en"]), default="en", show_default=True)


@click.group()
def policy() -> None:
    """The company's own policy: its files, and its way from a draft into force.

    Example: czujka policy lint
    """


@policy.command("init")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), metavar="DIR")
def init(folder: Path) -> None:
    """Write the starter policy, 18 clauses in Polish and English, into a folder. Never overwrites a file.

    Example: czujka policy init policy
    """
    taken = sorted(path.name for path in folder.glob("*.md")) if folder.is_dir() else []
    if taken:
        raise ConfigError(f"{folder}: {taken[0]} is here already; choose a folder without clauses", reason="taken")
    folder.mkdir(parents=True, exist_ok=True)
    files = sorted(STARTER.glob("*.md"))
    for path in files:
        shutil.copyfile(path, folder / path.name)
    offices = sorted({office for one in read_folder(folder) for office in (one.clause.owner, one.clause.watcher, *one.clause.reviewers)})
    click.echo(f"{len(files)} clauses are written to {folder}. Keep the folder under version control, and name it in czujka.toml:\n")
    click.echo(f'[policy]\nfolder = "{folder}"\n')
    click.echo("\n\n".join(f'[[office]]\nid = "{office}"\npeople = []' for office in offices))


@policy.command("list")
@folder_argument
@language_option
@json_option
@click.pass_obj
def list_(named: str | None, folder: Path | None, language: str, *, as_json: bool) -> None:
    """List the clauses of the policy's folder. Needs no database.

    Example: czujka policy list --language pl
    """
    clauses = [one.clause for one in read_folder(_folder(named, folder))]
    if as_json:
        return print_json(clauses)
    head = ("id", "title", "owner", "watcher", "reviewers", "applies to", "detected by")
    return print_table(head, (_row(one, language) for one in clauses))


@policy.command("lint")
@folder_argument
@click.pass_obj
def lint(named: str | None, folder: Path | None) -> None:
    """Look for faults: an office nobody holds, a clause without example, detector or language, a rule whose clause is missing, a clause
    that went though findings cite it. Prints how readable each clause is, in years of school. Exit 1 when there are faults.

    Example: czujka policy lint
    """
    where = _folder(named, folder)
    reads, problems = try_folder(where)
    if not problems:
        with store_if_there(named) as (settings, store):
            problems = faults(reads, surroundings(settings, store))
    for problem in problems:
        click.echo(f"{where}/{problem}")
    measured = of_clauses([one.clause for one in reads])
    rows = (
        (one.clause, one.language, one.years, one.words, one.sentences, "plain" if one.is_plain else f"more than {PLAIN_YEARS:g} years")
        for one in measured
    )
    print_table(("clause", "language", "years of school", "words", "sentences", ""), rows)
    click.echo(f"{len(reads)} clauses, {len(problems)} to mend" if problems else f"{len(reads)} clauses, all is well", err=True)
    raise click.exceptions.Exit(1 if problems else 0)


@policy.command("diff")
@click.argument("old")
@click.argument("new", required=False)
@language_option
@json_option
@click.pass_obj
def diff(named: str | None, old: str, new: str | None, language: str, *, as_json: bool) -> None:
    """Tell in words how two versions differ: numbers of versions, `in-force`, or folders. NEW is the policy's folder when not given.

    Example: czujka policy diff in-force
    """
    before = _clauses(named, old)
    after = _clauses(named, new) if new is not None else tuple(one.clause for one in read_folder(_folder(named, None)))
    found = changes(before, after, language)
    if as_json:
        return print_json(found)
    for change in found:
        click.echo(sentence(change, language))
    return remark(f"{len(found)} {'difference' if len(found) == 1 else 'differences'}")


def _folder(named: str | None, given: Path | None) -> Path:
    """The folder that was named, the configured one, or the starter's."""
    folder = given or settings_of(named).policy_folder()
    if folder is None:
        remark("czujka: no [policy] folder is configured; this is the starter policy that ships")
    return folder or STARTER


def _clauses(named: str | None, which: str) -> tuple[Clause, ...]:
    """Those of a version or of a folder. Raises ConfigError, NotFound."""
    if which != "in-force" and not which.isdecimal():
        return tuple(one.clause for one in read_folder(Path(which)))
    with store_of(named) as (_, store):
        found = store.policies.get(int(which)) if which.isdecimal() else store.policies.in_force(utc_now())
    if found is None:
        raise ConfigError("no policy is in force yet; `czujka policy draft` begins its way", reason="no_policy")
    return found.clauses


def _row(one: Clause, language: str) -> tuple[object, ...]:
    title = one.wording(language).title + (" (retired)" if one.retired else "")
    detected = ", ".join(one.detected_by) or "manual"
    return one.id, title, one.owner, one.watcher, ", ".join(one.reviewers), ", ".join(one.applies_to), detected


for verb in (*WAY, *REVIEWS, *READERS):
    policy.add_command(verb)

VERBS = (policy,)
