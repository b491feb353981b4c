"""Verbs on crises: declare one, keep its log, its roles and its checklist, stand it down."""

import click

from actions import crisis as acts
from core.clock import utc_now
from core.crisis import Crisis, Kind, Part, Stage
from core.settings import Settings
from czujka.verbs.crisis_after import AFTER
from czujka.verbs.crisis_words import WORDS, crisis_argument
from czujka.verbs.opening import actor, json_option, print_json, print_table, store_of
from governance.checklist import checklists


@click.group()
def crisis() -> None:
    """The crisis room: roles, checklist, log, statements, stand-down, review.

    Example: czujka crisis list
    """


@crisis.command()
@click.argument("title")
@click.option("--kind", type=click.Choice([one.value for one in Kind]), help="Which checklist; chosen by the incident when not given.")
@click.option("--incident", "incident_id", type=int, metavar="ID", help="The incident that it grew out of.")
@click.option("--brand", help="The brand that it is about; the incident's when not given.")
@click.option("--lead", metavar="PERSON", help="Who leads; whoever types when not given.")
@click.pass_obj
def declare(named: str | None, title: str, kind: str | None, incident_id: int | None, brand: str | None, lead: str | None) -> None:
    """Declare a crisis: the room is open, and the checklist's clock runs.

    Example: czujka crisis declare "People fell ill after the yoghurt" --kind harm --incident 3 --lead anna
    """
    chosen = Kind(kind) if kind else None
    with store_of(named) as (settings, store):
        first = lead or _typist(settings)
        number = acts.declare(store, settings, title, actor(), utc_now(), kind=chosen, incident_id=incident_id, brand=brand, lead=first)
        found = store.crises.get(number)
    click.echo(f"crisis {number} is declared; {found.roles[Part.LEAD]} leads. First of all:")
    for item in checklists()[found.kind].items[:2]:
        click.echo(f"  {item.id}: {item.en}")


def _typist(settings: Settings) -> str:
    """Who types, where the configuration has a person of that name or none at all. A crisis is led by somebody who can be reached."""
    people, name = [one.id for one in settings.person], actor().removeprefix("cli:")
    if people and name not in people:
        raise click.UsageError(f"who leads? There is no person {name!r}; give --lead and one of: {', '.join(people)}.")
    return name if people else actor()


@crisis.command("list")
@click.option("--all", "everything", is_flag=True, help="Reviewed ones too.")
@json_option
@click.pass_obj
def list_(named: str | None, *, everything: bool, as_json: bool) -> None:
    """List crises that are not reviewed yet, the newest first.

    Example: czujka crisis list --all
    """
    stages = tuple(Stage) if everything else (Stage.DECLARED, Stage.STOOD_DOWN)
    with store_of(named) as (_, store):
        rows = store.crises.list(stages)
    if as_json:
        return print_json(rows)
    head = ("id", "stage", "kind", "declared", "lead", "incident", "title")
    return print_table(head, (_row(one) for one in rows))


@crisis.command()
@crisis_argument
@json_option
@click.pass_obj
def show(named: str | None, crisis_id: int, *, as_json: bool) -> None:
    """Show a crisis: roles, checklist, statements, log.

    Example: czujka crisis show 1
    """
    with store_of(named) as (_, store):
        room = store.crises.room(crisis_id)
    if as_json:
        return print_json([room])
    one = room.crisis
    click.echo(f"crisis {one.crisis_id}: {one.title} ({one.kind}, {one.stage.replace('_', ' ')}, version {one.version})")
    click.echo("\n".join(f"  {part.value.replace('_', ' ')}: {one.roles.get(part, '-')}" for part in Part))
    for item in checklists()[one.kind].items:
        tick = room.ticks.get(item.id)
        click.echo(f"[{'x' if tick else ' '}] {item.id}: {item.en}{f' ({tick.person}, {tick.at:%H:%M})' if tick else ''}")
    for said in room.statements:
        click.echo(f"statement {said.statement_id}, {_standing(said.approved_by, said.published_by)}: {said.text}")
    for entry in room.entries:
        told = " ".join(f"{key} {value}" for key, value in entry.detail.items())
        click.echo(f"{entry.at:%Y-%m-%d %H:%M} {entry.actor} {entry.kind.replace('_', ' ')} {told} {entry.text}".rstrip())
    return None


@crisis.command("log")
@crisis_argument
@click.argument("text")
@click.option("--status", is_flag=True, help="It says how things stand, for everybody.")
@click.pass_obj
def log_(named: str | None, crisis_id: int, text: str, *, status: bool) -> None:
    """Write a line into the log.

    Example: czujka crisis log 1 "Quality has stopped lot 4471" --status
    """
    with store_of(named) as (_, store):
        acts.log(store, crisis_id, text, actor(), utc_now(), status=status)
    click.echo(f"written into the log of crisis {crisis_id}")


@crisis.command()
@crisis_argument
@click.argument("part", type=click.Choice([one.value for one in Part]))
@click.argument("person")
@click.pass_obj
def role(named: str | None, crisis_id: int, part: str, person: str) -> None:
    """Give a role to a person; "" takes it back.

    Example: czujka crisis role 1 spokesperson anna
    """
    with store_of(named) as (settings, store):
        acts.give_role(store, settings, crisis_id, Part(part), person, actor(), utc_now())
    click.echo(f"{part.replace('_', ' ')} of crisis {crisis_id}: {person or 'nobody'}")


@crisis.command()
@crisis_argument
@click.argument("item")
@click.option("--undo", is_flag=True, help="It is not done after all.")
@click.pass_obj
def tick(named: str | None, crisis_id: int, item: str, *, undo: bool) -> None:
    """Tick an item of the checklist.

    Example: czujka crisis tick 1 pause-scheduled
    """
    with store_of(named) as (_, store):
        changed = acts.tick(store, crisis_id, item, actor(), utc_now(), done=not undo)
    click.echo(f"{item}: {'open again' if undo else 'done'}{'' if changed else ' (it stood so already)'}")


@crisis.command("stand-down")
@crisis_argument
@click.option("--because", required=True, help="Why it is over, in a sentence.")
@click.pass_obj
def stand_down(named: str | None, crisis_id: int, because: str) -> None:
    """The crisis is over; its review begins.

    Example: czujka crisis stand-down 1 --because "The lot is back, nobody new has fallen ill"
    """
    with store_of(named) as (_, store):
        acts.stand_down(store, crisis_id, because, actor(), utc_now())
    click.echo(f"crisis {crisis_id} is stood down; `czujka crisis review {crisis_id}` shows what was late")


def _row(one: Crisis) -> tuple[object, ...]:
    stage = one.stage.replace("_", " ")
    return (
        one.crisis_id,
        stage,
        one.kind,
        f"{one.declared_at:%Y-%m-%d %H:%M}",
        one.roles.get(Part.LEAD, "-"),
        one.incident_id or "-",
        one.title,
    )


def _standing(approved: str | None, published: str | None) -> str:
    return "published" if published else f"approved by {approved}" if approved else "not approved"


for verb in (*WORDS, *AFTER):
    crisis.add_command(verb)

VERBS = (crisis,)
