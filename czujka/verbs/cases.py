"""Verbs on cases of breaches. Whoever types has the machine and sees every case; each look and each act leaves a line of the audit.

With --person an act is done in that person's name, who must be allowed to do it; the case keeps who typed.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from actions import case_sight as sight
from actions import cases as acts
from actions.case_sight import Desk
from core.access import Grant, Role, Viewer, viewer_of
from core.cases import Case, CaseFile, CaseFound, Consequence
from core.clock import utc_now
from core.errors import NotFound
from core.i18n import LANGUAGES
from core.links import secret_key
from core.settings import Settings
from czujka.verbs.opening import ById, actor, json_option, print_json, print_table, settings_of, store_of
from governance import case_export
from governance.case_export import SUMS

number_argument = click.argument("number", type=int, metavar="ID")
person_option = click.option("--person", help="In whose name; whoever types when not given.")


@contextmanager
def desk_of(named: str | None, person: str | None = None) -> Iterator[Desk]:
    """Where somebody works on cases from the command line. Raises NotFound: no such person."""
    with store_of(named) as (settings, store):
        key = sight.key_of(settings, secret_key(settings.home))
        typed_by = actor() if person else ""
        yield Desk(store=store, settings=settings, viewer=_viewer(settings, person), key=key, now=utc_now(), typed_by=typed_by)


def _viewer(settings: Settings, person: str | None) -> Viewer:
    if person is None:
        return Viewer(actor(), (Grant(Role.COMPLIANCE),))
    if person not in {one.id for one in settings.person}:
        raise NotFound(f"there is no person {person!r} in the configuration")
    return viewer_of(person, settings)


@click.group(cls=ById)
def cases() -> None:
    """Cases of breaches: evidence, hearing, decision, appeal. Restricted; every look is written down."""


@cases.command("open")
@click.option("--incident", "incident_id", type=int, metavar="ID", help="The incident whose posts are the evidence.")
@click.option("--item", "item_id", type=int, metavar="ID", help="One post instead.")
@click.option("--clause", default="", metavar="ID", help="The clause; the one of the finding's label when not given.")
@click.option("--concerns", default="", metavar="NAME", help="Who is said to have breached it; named inside the case alone.")
@click.option("--because", default="", help="Why a case is opened.")
@person_option
@click.pass_obj
def open_(
    named: str | None, incident_id: int | None, item_id: int | None, clause: str, concerns: str, because: str, person: str | None
) -> None:
    """Open a case; what was said is frozen at once, with a seal.

    Example: czujka cases open --incident 3 --clause POL-07 --because "a plan before its day" --person ola
    """
    with desk_of(named, person) as desk:
        number = acts.open_case(desk, incident_id=incident_id, item_id=item_id, clause=clause, concerned=concerns, because=because)
        file = desk.store.cases.file(number)
    click.echo(f"case {number} on {file.case.clause}: {len(file.evidence)} posts are frozen; hear the person by {_day(file.case)}")


@cases.command("list")
@json_option
@click.pass_obj
def list_(named: str | None, *, as_json: bool) -> None:
    """List the cases, the newest first; whom they concern is told by `show` alone.

    Example: czujka cases list
    """
    with desk_of(named) as desk:
        rows = sight.listed(desk)
    if as_json:
        return print_json(rows)
    head = ("id", "clause", "stage", "opened", "due", "decided")
    return print_table(head, (_row(one) for one in rows))


@cases.command()
@number_argument
@json_option
@click.pass_obj
def show(named: str | None, number: int, *, as_json: bool) -> None:
    """Show a case with its history and its evidence; a seal that does not fit is named. Exit code 1: something was changed.

    Example: czujka cases show 1
    """
    with desk_of(named) as desk:
        file = sight.read(desk, number)
        broken = acts.look_over(desk, file)
    if as_json:
        print_json([file.case, *file.entries, *file.evidence, *broken])
    else:
        _print(file)
        for fault in broken:
            click.echo(f"CHANGED: {fault.what} {fault.which}".rstrip())
    raise click.exceptions.Exit(1 if broken else 0)


@cases.command()
@number_argument
@click.argument("item_ids", type=int, nargs=-1, metavar="[POST…]")
@person_option
@click.pass_obj
def freeze(named: str | None, number: int, item_ids: tuple[int, ...], person: str | None) -> None:
    """Freeze the case's posts once more as they are now, or further posts.

    Example: czujka cases freeze 1
    """
    with desk_of(named, person) as desk:
        frozen = acts.freeze(desk, number, item_ids)
    click.echo(f"case {number}: {frozen} posts are frozen")


@cases.command()
@number_argument
@click.argument("decider")
@click.option("--appeal", is_flag=True, help="The decision on an appeal, not the first one.")
@person_option
@click.pass_obj
def assign(named: str | None, number: int, decider: str, person: str | None, *, appeal: bool) -> None:
    """Give the decision to a person, who sees this case from now on.

    Example: czujka cases assign 1 hanna
    """
    with desk_of(named, person) as desk:
        acts.assign(desk, number, decider, appeal=appeal)
    click.echo(f"case {number}: {decider} decides{' on the appeal' if appeal else ''}")


@cases.command()
@number_argument
@click.argument("said")
@click.option("--concerns", default="", metavar="NAME", help="Who was heard, where the case did not say it yet.")
@person_option
@click.pass_obj
def hear(named: str | None, number: int, said: str, concerns: str, person: str | None) -> None:
    """Write down what the person said, or that they did not want to be heard.

    Example: czujka cases hear 1 "She says that the slide was shown at a fair."
    """
    with desk_of(named, person) as desk:
        if concerns:
            acts.name_person(desk, number, concerns)
        acts.hear(desk, number, said)
        found = desk.store.cases.get(number)
    click.echo(f"case {number}: heard; decide by {_day(found)}")


@cases.command()
@number_argument
@click.argument("found", type=click.Choice([one.value for one in CaseFound]))
@click.option("--consequence", type=click.Choice([one.value for one in Consequence]), default="none", show_default=True)
@click.option("--reason", required=True, help="Why; the person reads it.")
@click.option("--person", required=True, help="Who decides: not who opened the case, and on an appeal a third.")
@click.pass_obj
def decide(named: str | None, number: int, found: str, consequence: str, reason: str, person: str) -> None:
    """Decide a case that was heard, or an appeal.

    Example: czujka cases decide 1 breach --consequence warning --reason "The plan was marked." --person piotr
    """
    with desk_of(named, person) as desk:
        done = acts.decide(desk, number, CaseFound(found), Consequence(consequence), reason)
    until = f"; an appeal is possible until {done.appeal_until:%Y-%m-%d}" if done.appeal_until else ""
    click.echo(f"case {number}: {found.replace('_', ' ')}, {consequence}{until}")


@cases.command()
@number_argument
@click.argument("said")
@person_option
@click.pass_obj
def appeal(named: str | None, number: int, said: str, person: str | None) -> None:
    """Take in an appeal, in the person's words.

    Example: czujka cases appeal 1 "The slide was public."
    """
    with desk_of(named, person) as desk:
        acts.appeal(desk, number, said)
        found = desk.store.cases.get(number)
    click.echo(f"case {number}: an appeal; a third person decides by {_day(found)}")


@cases.command()
@number_argument
@click.option("--note", default="", help="What else there is to say.")
@click.option("--waived", is_flag=True, help="The person said that they do not appeal.")
@person_option
@click.pass_obj
def close(named: str | None, number: int, note: str, person: str | None, *, waived: bool) -> None:
    """Close a case: nothing more follows.

    Example: czujka cases close 1 --waived
    """
    with desk_of(named, person) as desk:
        acts.close(desk, number, note, waived=waived)
    click.echo(f"case {number} is closed")


@cases.command()
@number_argument
@click.option("--to", "file", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The ZIP to write.")
@person_option
@click.pass_obj
def export(named: str | None, number: int, file: Path, person: str | None) -> None:
    """Write a case into a ZIP that can be read without Czujka: pages, evidence, sums, trail, decision. The audit says so.

    Example: czujka cases export 1 --to case-1.zip
    """
    with desk_of(named, person) as desk:
        content = acts.export(desk, number)
    file.write_bytes(content)
    click.echo(f"{file}: {len(content):,} bytes; `sha256sum -c {SUMS}` checks what is in it")


@cases.command()
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True)
@click.pass_obj
def rights(named: str | None, language: str) -> None:
    """Print the paper on the rights of whoever a case is about.

    Example: czujka cases rights --language pl
    """
    click.echo(case_export.rights(settings_of(named), language), nl=False)


@cases.command()
@click.pass_obj
def verify(named: str | None) -> None:
    """Hold every case against its seals and the audit. Exit code 1: something was changed. It names numbers, and no person.

    Example: czujka cases verify
    """
    with desk_of(named) as desk:
        checked, found = acts.verify(desk.store, desk.key)
        sight.write_down(desk, "cases_verified", f"{checked} cases")
    for one in found:
        click.echo(f"case {one.case}: {one.what} {one.which}".rstrip())
    if found:
        raise click.exceptions.Exit(1)
    click.echo(f"{checked} cases are as they were written")


def _row(one: Case) -> tuple[object, ...]:
    late = " LATE" if one.is_late(utc_now()) else ""
    decided = f"{one.found.replace('_', ' ')}, {one.consequence}" if one.found else "-"
    return one.number, one.clause, one.stage, f"{one.opened_at:%Y-%m-%d}", f"{_day(one)}{late}", decided


def _day(one: Case) -> str:
    return f"{one.due_at:%Y-%m-%d}" if one.due_at is not None else "-"


def _print(file: CaseFile) -> None:
    case = file.case
    click.echo(f"case {case.number} on {case.clause} (version {case.policy_version} of the policy): {case.stage}")
    click.echo(f"concerns: {case.concerned or '?'}; opened by {case.opened_by}; due {_day(case)}\n")
    for entry in file.entries:
        detail = ", ".join(f"{key} {value}" for key, value in entry.detail.items())
        click.echo(f"{entry.at:%Y-%m-%d %H:%M} {entry.actor} {entry.kind} {detail} {' '.join(entry.text.split())}".rstrip())
    for one in file.evidence:
        said = " ".join(str(one.body["text"]).split()) if one.body is not None else f"gone: {one.emptied_because}"
        click.echo(f"\nevidence {one.number}, post {one.item_id} of {one.source_id}, frozen {one.frozen_at:%Y-%m-%d %H:%M}: {said[:500]}")


VERBS = (cases,)
