"""Verbs on the tasks that the law sets."""

import click

from actions import duties as acts
from core.clock import utc_now
from core.duties import Decision
from czujka.verbs.opening import actor, json_option, print_json, print_table, store_of


@click.group(invoke_without_command=True)
@click.option("--all", "decided", is_flag=True, help="Decided ones too.")
@json_option
@click.pass_context
def tasks(context: click.Context, *, decided: bool, as_json: bool) -> None:
    """Show legal tasks that want a decision, the most urgent first.

    Example: czujka tasks
    """
    if context.invoked_subcommand is not None:
        return None
    with store_of(context.obj) as (_, store):
        rows = store.duties.list(decided=decided)
    if as_json:
        return print_json(rows)
    now = utc_now()
    head = ("id", "what", "owner", "of", "due", "decision", "why")
    table = (
        (
            row.duty_id,
            row.kind,
            row.owner,
            f"incident {row.incident_id}" if row.incident_id else f"conversation {row.conversation_id}",
            f"{row.due_at:%Y-%m-%d %H:%M}{' LATE' if row.decision is None and row.due_at <= now else ''}",
            row.decision or "-",
            row.reason or "-",
        )
        for row in rows
    )
    return print_table(head, table)


@tasks.command("decide")
@click.argument("task_id", type=int, metavar="ID")
@click.argument("decision", type=click.Choice([one.value for one in Decision]))
@click.option("--reason", required=True, help="Why; an authority may ask for it.")
@click.pass_obj
def decide(named: str | None, task_id: int, decision: str, reason: str) -> None:
    """Say that a duty was done, or that it does not apply here, and why.

    Example: czujka tasks decide 4 not_applicable --reason "a made-up number, no person behind it"
    """
    with store_of(named) as (_, store):
        acts.decide(store, task_id, Decision(decision), reason, actor(), utc_now())
    click.echo(f"task {task_id}: {decision}")


VERBS = (tasks,)
