"""The verb that answers "may I post this?". It reads, answers and forgets."""

import sys
from pathlib import Path

import click

from actions.may_post import may_i_post, starter
from core.clock import utc_now
from core.labels import label_name, severity_name
from core.policy import Applies, Clause
from czujka.reading import classifiers_of
from czujka.verbs.opening import json_option, print_json, remark, store_if_there
from governance.may_post import LookedOver, Verdict

SAID = {
    Verdict.STOP: "Do not post it like this.",
    Verdict.ASK: "Ask somebody before you post it.",
    Verdict.CLEAR: "The rules found nothing. Answer the questions, then post it.",
}


@click.command("may-i-post")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--account", type=click.Choice([one.value for one in Applies]), default="personal", show_default=True)
@click.option("--brand", default=None, metavar="ID", help="The brand that it is about.")
@click.option("--language", type=click.Choice(["pl", "en"]), default="en", show_default=True)
@json_option
@click.pass_obj
def may_post(named: str | None, file: Path, account: str, brand: str | None, language: str, *, as_json: bool) -> None:
    """Say what the policy has to say of a draft (a file, or - for standard input). It is stored nowhere. Exit 1: do not post it like this.

    Example: echo "Nasz kefir jest najlepszy" | czujka may-i-post -
    """
    text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    with store_if_there(named) as (settings, store):
        version = store.policies.in_force(utc_now()) if store is not None else None
    if version is None:
        remark("czujka: no policy is in force; the clauses are those of the starter policy")
    reader = classifiers_of(settings)
    clauses: tuple[Clause, ...] = version.clauses if version is not None else starter()
    said, found = may_i_post(lambda one: reader.read([one])[0].findings, clauses, text, Applies(account), language, brand=brand)
    if as_json:
        print_json([found])
    else:
        _tell(said, found, language)
    raise click.exceptions.Exit(1 if found.verdict is Verdict.STOP else 0)


def _tell(said: str, found: LookedOver, language: str) -> None:
    click.echo(SAID[found.verdict])
    for one in found.remarks:
        clause = f" ({one.clause.id} {one.clause.wording(language).title})" if one.clause is not None else ""
        click.echo(f"\n[{severity_name(one.severity, language)}] {label_name(one.label, language)}{clause}")
        if one.start is not None and one.end is not None:
            click.echo(f"  “{' '.join(said[one.start : one.end].split())}”")
        click.echo(f"  {one.advice}")
    click.echo("")
    for question in found.questions:
        click.echo(f"- {question.text} ({question.clause})")


VERBS = (may_post,)
