"""The command line: `czujka VERB`. Each verb stands in `czujka.verbs`; exit 0 done, 1 needs attention, 2 wrong use or configuration."""

import io
import logging
import sys

import click

from core.errors import ConfigError, CzujkaError
from core.version import VERSION
from czujka.verbs import checking, incidents, oncall, reports, rules, running, stages, tables


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option("--config", "config", metavar="FILE", help="The configuration file (default: CZUJKA_CONFIG, else ./czujka.toml).")
@click.version_option(VERSION, "--version", prog_name="czujka")
@click.option("-v", "--verbose", is_flag=True, help="Say more on stderr.")
@click.pass_context
def cli(context: click.Context, config: str | None, *, verbose: bool) -> None:
    """Czujka watches a company's social accounts and pages the person responsible.

    Start with `czujka run --demo`, or `czujka init` and then `czujka run`.
    """
    context.obj = config
    level = logging.DEBUG if verbose else logging.INFO
    logging.basicConfig(level=level, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s: %(message)s", force=True)
    for noisy in ("apscheduler", "httpx", "httpcore", "alembic", "tweepy", "praw", "prawcore", "matplotlib", "PIL", "fontTools"):
        logging.getLogger(noisy).setLevel(logging.ERROR if noisy == "apscheduler" else logging.WARNING)


for room in (running, checking, stages, tables, incidents, oncall, rules, reports):
    for verb in room.VERBS:
        cli.add_command(verb)


def main() -> None:
    """Run one verb; errors that a person can mend are one message, not a trace."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        sys.exit(cli.main(standalone_mode=False) or 0)
    except click.exceptions.Exit as error:
        sys.exit(error.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(0)
    except CzujkaError as error:
        click.echo(f"czujka: {error}", err=True)
        sys.exit(2 if isinstance(error, ConfigError) else 1)
