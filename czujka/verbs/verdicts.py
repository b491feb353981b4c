"""Verbs on verdicts: say whether a finding is right, see how often rules are, what follows from it, and take it along for training."""

import json
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import click

from actions import rulings as acts
from actions.verdicts import judge
from core.clock import utc_now
from core.verdicts import MINIMUM, TARGET, Precision, Said, by_detector, by_label, precisions
from czujka.verbs.opening import actor, json_option, plain, print_json, print_table, store_of
from czujka.verbs.rulings import standing_of

target_option = click.option("--target", default=TARGET, show_default=True, type=click.FloatRange(0.5, 1.0), help="The precision to reach.")
minimum_option = click.option(
    "--minimum", default=MINIMUM, show_default=True, type=click.IntRange(5), help="On so many judged findings at least."
)


@click.group(invoke_without_command=True)
@click.option("--days", default=None, type=click.IntRange(1, 3660), help="Only verdicts of the last so many days.")
@json_option
@click.pass_context
def verdicts(context: click.Context, days: int | None, *, as_json: bool) -> None:
    """Show how often each rule and each label was right, with 95 % intervals.

    Example: czujka verdicts --days 90
    """
    if context.invoked_subcommand is not None:
        return
    with store_of(context.obj) as (_, store):
        judged = store.verdicts.judged(utc_now() - timedelta(days=days) if days else None)
    rules, labels = precisions(judged, by_detector), precisions(judged, by_label)
    if as_json:
        print_json(_precision("rule", rules) + _precision("label", labels))
        return
    if not judged:
        click.echo("no verdicts yet; `czujka verdicts set FINDING right` gives the first one")
        return
    print_table(("rule", *HEADS), map(_row, rules))
    click.echo()
    print_table(("label", *HEADS), map(_row, labels))


HEADS = ("right", "wrong", "disputed", "precision", "95 % interval")


@verdicts.command("set")
@click.argument("finding_id", type=int)
@click.argument("verdict")
@click.option("--note", default="", help="Why; at most 500 characters.")
@click.pass_obj
def set_(named: str | None, finding_id: int, verdict: str, note: str) -> None:
    """Say whether a finding is right: `right`, `wrong`, or the label that it should have had.

    Findings and their numbers: czujka items ID --json

    Example: czujka verdicts set 17 complaint.billing --note "about an invoice"
    """
    said = Said(verdict) if verdict in (Said.RIGHT, Said.WRONG) else Said.OTHER
    with store_of(named) as (_, store):
        new = judge(store, finding_id, said, actor(), utc_now(), label=verdict if said is Said.OTHER else None, note=note)
    click.echo(f"finding {finding_id}: {verdict}" + ("" if new else ", as you said before"))


@verdicts.command("show")
@click.argument("finding_id", type=int)
@json_option
@click.pass_obj
def show(named: str | None, finding_id: int, *, as_json: bool) -> None:
    """Show all that was ever said of one finding.

    Example: czujka verdicts show 17
    """
    with store_of(named) as (_, store):
        store.verdicts.finding(finding_id)
        rows = store.verdicts.history(finding_id)
    if as_json:
        return print_json(rows)
    table = ((each.at.strftime("%Y-%m-%d %H:%M"), each.person, each.label or each.said, not each.superseded_at, each.note) for each in rows)
    return print_table(("when", "who", "verdict", "counts", "note"), table)


@verdicts.command("propose")
@target_option
@minimum_option
@json_option
@click.pass_obj
def propose(named: str | None, target: float, minimum: int, *, as_json: bool) -> None:
    """Propose a threshold for each label, and rules that should be on trial, from the verdicts so far.

    keep: good enough. raise: report from this score on. trial: no score is good enough; report, page nobody. too_few: judge more first.

    Example: czujka verdicts propose --target 0.9
    """
    with store_of(named) as (_, store):
        rows = acts.proposals(store, target, minimum)
    if as_json:
        return print_json(_proposed(each) for each in rows)
    heads = ("of", "name", "proposal", "from score", "verdicts", "precision", "95 % interval", "accept")
    return print_table(heads, map(_proposal, rows))


@verdicts.command("accept")
@click.argument("name")
@target_option
@minimum_option
@click.option("--reason", default="", help="Why, beside the figures; at most 500 characters.")
@click.pass_obj
def accept(named: str | None, name: str, target: float, minimum: int, reason: str) -> None:
    """Do what is proposed for a rule or a label: on trial, or reported from a higher score. It holds at once, in every process.

    NAME is a rule's id or `label:LABEL`, as `czujka verdicts propose` shows it. `czujka rules revoke NAME` takes it back.

    Example: czujka verdicts accept complaint.other.grievance --reason "mostly irony"
    """
    with store_of(named) as (_, store):
        made = acts.accept(store, name, actor(), utc_now(), reason=reason, target=target, minimum=minimum)
    click.echo(f"{made.about} {made.name}: {standing_of(made)} ({made.reason})")


@verdicts.command("export")
@click.argument("file", type=click.Path(dir_okay=False, writable=True, allow_dash=True, path_type=Path), default="-")
@click.pass_obj
def export(named: str | None, file: Path) -> None:
    """Write judged posts as JSONL for training: text, lang, label, right (true, false, null: disputed), other labels.

    Posts that were edited, deleted or erased since are left out.

    Example: czujka verdicts export verdicts.jsonl
    """
    count = 0
    with store_of(named) as (_, store), click.open_file(str(file), "w", encoding="utf-8") as out:
        for each in store.verdicts.examples():
            right = None if each.said is None else each.said is Said.RIGHT
            row: dict[str, object] = {"text": each.text, "lang": each.lang, "label": each.label, "right": right, "labels": each.labels}
            row |= {"detector": each.detector, "score": each.score, "finding": each.finding_id}
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
            count += 1
    click.echo(f"{count} posts", err=True)


def _precision(of: str, rows: Iterable[Precision]) -> list[dict[str, object]]:
    return [{"of": of, **plain(each), "precision": each.share, "low": each.low, "high": each.high} for each in rows]


def _row(each: Precision) -> tuple[object, ...]:
    return (each.name, each.right, each.wrong, each.disputed, _percent(each.share), _interval(each.low, each.high))


def _proposed(each: acts.Proposed) -> dict[str, object]:
    told = each.proposal
    row: dict[str, object] = {"of": each.about, **plain(told), "precision": told.precision, "low": told.low, "high": told.high}
    return row | {"name": each.name, "open": each.is_open, "ruling": plain(each.ruling)}


def _proposal(each: acts.Proposed) -> tuple[object, ...]:
    told = each.proposal
    score = "-" if told.threshold is None else f"{told.threshold:.3f}"
    open_to = f"czujka verdicts accept {each.address}" if each.is_open else standing_of(each.ruling) if each.ruling else "-"
    return (each.about, each.name, told.advice, score, told.verdicts, _percent(told.precision), _interval(told.low, told.high), open_to)


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.0f} %"


def _interval(low: float, high: float) -> str:
    return f"{100 * low:.0f}-{100 * high:.0f} %"


VERBS = (verdicts,)
