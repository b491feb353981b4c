"""Verbs on conversations: see who waits, take it, answer, note, close, open again."""

from datetime import datetime

import click

from actions import conversations as acts
from alerts.clocks import Clock, clocks_of
from core.clock import utc_now
from core.records import ConversationRow, Event
from core.talks import Remedy
from core.types import ConversationState
from czujka.verbs.opening import ById, actor, json_option, plain, print_json, print_table, store_of
from storage import Store

WAITING = (ConversationState.NEW, ConversationState.ASSIGNED)
a_conversation = click.argument("conversation_id", type=int, metavar="ID")


@click.group(cls=ById, invoke_without_command=True)
@click.option("--all", "closed", is_flag=True, help="Answered and closed ones too.")
@click.option("--owner", default=None, help="Only this owner's.")
@json_option
@click.pass_context
def conversations(context: click.Context, owner: str | None, *, closed: bool, as_json: bool) -> None:
    """Show conversations that want an answer, those due first; `czujka conversations ID` tells one whole.

    Example: czujka conversations --json
    """
    if context.invoked_subcommand is not None:
        return
    now = utc_now()
    with store_of(context.obj) as (_, store):
        rows = store.conversations.list(None if closed else WAITING, owner, limit=1000)
    if as_json:
        print_json({**plain(row), "clocks": plain(clocks_of(row, now))} for row in rows)
        return
    header = ("id", "state", "owner", "assignee", "due", "late since", "author", "posts", "labels", "latest")
    print_table(header, (_line(row, now) for row in rows))


@conversations.command("show")
@a_conversation
@json_option
@click.pass_obj
def show(named: str | None, conversation_id: int, *, as_json: bool) -> None:
    """Tell one conversation whole: what was said, its clocks, its history, its legal tasks.

    Example: czujka conversations show 7
    """
    with store_of(named) as (_, store):
        row, thread = store.conversations.get(conversation_id), store.conversations.thread(conversation_id)
        events, duties = store.conversations.events(conversation_id), store.duties.of(conversation_id=conversation_id)
        since = acts.made_good_at(events)
        afterwards = store.conversations.afterwards(conversation_id, since, 100) if since else ()
    if as_json:
        return print_json(thread)
    print_table(("when", "voice", "author", "text"), ((_time(e.quote.created_at), e.voice, e.quote.author, e.quote.text) for e in thread))
    for clock in clocks_of(row, utc_now()):
        click.echo(_clock(clock))
    for duty in duties:
        click.echo(f"task {duty.duty_id}: {duty.kind} until {_time(duty.due_at)}: {duty.decision or 'undecided'}")
    print_table(("when", "who", "what", "why"), ((_time(one.at), one.actor, one.kind, _words(one)) for one in events))
    for item in afterwards:
        feeling = item.feeling.label if item.feeling else "unread"
        click.echo(f"afterwards, {_time(item.quote.created_at)}, {feeling}: {' '.join(item.quote.text.split())[:200]}")
    return None


@conversations.command("assign")
@a_conversation
@click.argument("person")
@click.pass_obj
def assign(named: str | None, conversation_id: int, person: str) -> None:
    """Say who is to answer.

    Example: czujka conversations assign 7 ewa
    """
    with store_of(named) as (settings, store):
        if person not in {one.id for one in settings.person}:
            raise click.UsageError(f"there is no person {person!r}; there are: {', '.join(one.id for one in settings.person) or 'none'}")
        acts.assign(store, conversation_id, _version(store, conversation_id), person, utc_now(), actor=actor())
    click.echo(f"conversation {conversation_id} is {person}'s")


@conversations.command("claim")
@a_conversation
@click.pass_obj
def claim(named: str | None, conversation_id: int) -> None:
    """Say that you are answering, so that nobody else does meanwhile.

    Example: czujka conversations claim 7
    """
    with store_of(named) as (_, store):
        until = acts.claim(store, conversation_id, actor(), utc_now())
    click.echo(f"conversation {conversation_id} is yours to answer until {_time(until)}")


@conversations.command("release")
@a_conversation
@click.pass_obj
def release(named: str | None, conversation_id: int) -> None:
    """Say that you are not answering after all.

    Example: czujka conversations release 7
    """
    with store_of(named) as (_, store):
        acts.release(store, conversation_id, actor())
    click.echo(f"conversation {conversation_id} is free")


@conversations.command("answered")
@a_conversation
@click.pass_obj
def answered(named: str | None, conversation_id: int) -> None:
    """Say that it has been answered, here or elsewhere: its clock stops.

    Example: czujka conversations answered 7
    """
    with store_of(named) as (_, store):
        acts.mark_answered(store, conversation_id, _version(store, conversation_id), actor(), utc_now())
    click.echo(f"conversation {conversation_id} answered")


@conversations.command("close")
@a_conversation
@click.pass_obj
def close(named: str | None, conversation_id: int) -> None:
    """Close: it needs nothing more.

    Example: czujka conversations close 7
    """
    with store_of(named) as (_, store):
        acts.close(store, conversation_id, _version(store, conversation_id), actor(), utc_now())
    click.echo(f"conversation {conversation_id} closed")


@conversations.command("reopen")
@a_conversation
@click.pass_obj
def reopen(named: str | None, conversation_id: int) -> None:
    """Open again: it wants another word, by a new clock.

    Example: czujka conversations reopen 7
    """
    with store_of(named) as (settings, store):
        acts.reopen(store, settings, conversation_id, _version(store, conversation_id), actor(), utc_now())
    click.echo(f"conversation {conversation_id} open again")


@conversations.command("note")
@a_conversation
@click.argument("text")
@click.pass_obj
def note(named: str | None, conversation_id: int, text: str) -> None:
    """Write a word for colleagues; nobody outside sees it.

    Example: czujka conversations note 7 "refund promised for Friday"
    """
    with store_of(named) as (_, store):
        acts.note(store, conversation_id, actor(), text, utc_now())
    click.echo(f"noted on conversation {conversation_id}")


@conversations.command("remedy")
@a_conversation
@click.argument("given", type=click.Choice([one.value for one in Remedy]))
@click.option("--text", default="", help="More about it.")
@click.pass_obj
def remedy(named: str | None, conversation_id: int, given: str, text: str) -> None:
    """Write down what its author was given. `show` then tells what they wrote since.

    Example: czujka conversations remedy 7 refund --text "59 PLN on Friday"
    """
    with store_of(named) as (_, store):
        acts.remedy(store, conversation_id, Remedy(given), text, actor(), utc_now())
    click.echo(f"conversation {conversation_id}: {given}")


def _version(store: Store, conversation_id: int) -> int:
    return store.conversations.get(conversation_id).version


def _line(row: ConversationRow, now: datetime) -> tuple[object, ...]:
    late = [clock.breached_at for clock in clocks_of(row, now) if clock.breached_at is not None]
    due = _time(row.due_at) if row.due_at else "-"
    since = _time(min(late)) if late else "-"
    labels = ",".join(row.labels) or "-"
    who = row.assignee or "-"
    return (row.conversation_id, row.state, row.owner, who, due, since, row.author or "?", row.items, labels, row.latest.text[:80])


def _words(event: Event) -> str:
    return ": ".join(str(event.detail[key]) for key in ("remedy", "text") if key in event.detail) or event.reason


def _clock(clock: Clock) -> str:
    state = f"ended {_time(clock.ended_at)}" if clock.ended_at else "runs"
    return f"{clock.name.replace('_', ' ')}: due {_time(clock.due_at)}, {state}{', late' if clock.breached_at else ''}"


def _time(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M")


VERBS = (conversations,)
