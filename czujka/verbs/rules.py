"""Verbs on rules and the sentiment model."""

from pathlib import Path

import click

from classifiers.evaluation.picture import calibration
from classifiers.evaluation.report import report
from classifiers.evaluation.story_report import story_lines
from classifiers.rules import lint as packs
from classifiers.sentiment import card as cards
from classifiers.sentiment import evaluate, stance_measures
from core.settings import Settings
from czujka import quality as measuring_quality
from czujka.reading import model_of
from czujka.verbs.backtest import backtest
from czujka.verbs.opening import json_option, plain, print_json, print_table, settings_or_defaults
from czujka.verbs.rulings import VERBS as RULINGS
from czujka.verbs.rulings import holding_now, standing_of_rule


@click.group()
def rules() -> None:
    """See and test the rules."""


@rules.command("list")
@json_option
@click.pass_obj
def list_(named: str | None, *, as_json: bool) -> None:
    """List every rule with its label, severity, clause and status, and what people ruled about it, if there is a database.

    Example: czujka rules list
    """
    rows, holding = packs.list_rules(), holding_now(named)
    if as_json:
        return print_json(plain(r.model_dump(mode="json")) | {"standing": standing_of_rule(r, holding)} for r in rows)
    header = ("rule", "label", "severity", "status", "clause")
    return print_table(header, ((f"{r.id}@{r.version}", r.label, r.severity, standing_of_rule(r, holding), r.clause or "-") for r in rows))


@rules.command()
def test() -> None:
    """Run every rule's own cases. Exit 1 when one fails.

    Example: czujka rules test
    """
    failures = packs.run_cases()
    for failure in failures:
        click.echo(str(failure))
    click.echo(f"{len(failures)} cases fail" if failures else "every case is as it should be")
    raise click.exceptions.Exit(1 if failures else 0)


@rules.command()
def lint() -> None:
    """Look for rules without cases, clause or explanation. Exit 1 when there are any.

    Example: czujka rules lint
    """
    problems = packs.lint()
    for problem in problems:
        click.echo(problem)
    click.echo(f"{len(problems)} to mend" if problems else "all is well")
    raise click.exceptions.Exit(1 if problems else 0)


for verb in (backtest, *RULINGS):
    rules.add_command(verb)


@click.group()
def model() -> None:
    """See and measure the sentiment model."""


@model.command("list")
@click.pass_obj
def models(named: str | None) -> None:
    """Say which model reads, and its version.

    Example: czujka model list
    """
    settings: Settings = settings_or_defaults(named)
    loaded = model_of(settings)
    print_table(("model", "backend", "version"), [(settings.models.sentiment or "default", settings.models.backend, loaded.version)])


@model.command("eval")
@click.option("--data", default="../shared/datasets", show_default=True, type=click.Path(path_type=Path), help="The folder of data sets.")
@json_option
@click.pass_obj
def eval_(named: str | None, data: Path, *, as_json: bool) -> None:
    """Measure the model on the dev sets, beside a linear baseline trained on the same rows.

    Example: czujka model eval --data ../shared/datasets
    """
    settings = settings_or_defaults(named)
    results = evaluate.compare(model_of(settings), data)
    stances = stance_measures.compare_stances(model_of(settings), data)
    if as_json:
        return print_json({"set": name, **plain(result)} for name, result in (*results.items(), *stances.items()))
    told = ("", *stance_measures.stance_table(stances)) if stances else ()
    for line in (*evaluate.table(results), "", *evaluate.labels_table(results), *told):
        click.echo(line)
    return None


@model.command("quality")
@click.option("--posts", default="evaluation", show_default=True, type=click.Path(path_type=Path), help="The folder of labelled posts.")
@click.option(
    "--data", default="../shared/datasets", show_default=True, type=click.Path(path_type=Path), help="The folder of data sets, if any."
)
@click.option(
    "--model", "others", multiple=True, help="Another model to measure beside: a folder or a Hugging Face name (needs the torch extra)."
)
@click.option(
    "--to", "page", default=None, type=click.Path(dir_okay=False, path_type=Path), help="Write the page here, its picture beside."
)
def quality(posts: Path, data: Path, others: tuple[str, ...], page: Path | None) -> None:
    """Measure rules and model together on labelled posts, beside baselines in the same run.

    Example: czujka model quality --posts evaluation --to docs/quality.md
    """
    measured = measuring_quality.measure(posts, data if data.exists() else None, others)
    text = report(measured)
    if page is None:
        return click.echo(text)
    page.write_text(text, encoding="utf-8")
    picture = page.parent / "img" / "calibration.svg"
    picture.parent.mkdir(exist_ok=True)
    picture.write_text(calibration(measured.felt.calibration), encoding="utf-8")
    return click.echo(f"{page} is written")


@model.command("stories")
@click.option(
    "--posts",
    default="evaluation/stories.jsonl",
    show_default=True,
    type=click.Path(path_type=Path),
    help="Posts labelled by the story that they tell.",
)
@json_option
def stories(posts: Path, *, as_json: bool) -> None:
    """Measure how well posts are gathered into stories, beside exact and near-duplicate text.

    Example: czujka model stories --posts evaluation/stories.jsonl
    """
    told = measuring_quality.told(posts)
    if as_json:
        return print_json({"way": name, **plain(way)} for name, way in told.ways.items())
    return click.echo("\n".join(story_lines(told)))


@model.command()
def card() -> None:
    """Print the model card: data, figures, limits, licence.

    Example: czujka model card
    """
    click.echo(cards.card())


VERBS = (rules, model)
