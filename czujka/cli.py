"""The command line: `czujka VERB`. Each verb stands in `czujka.verbs`; exit 0 done, 1 needs attention, 2 wrong use or configuration."""

import io
import logging
import sys
from importlib import import_module

import click

from core.errors import ConfigError, CzujkaError
from core.version import VERSION

ROOMS = {
    "running": ("run", "scheduler", "web"),
    "checking": ("init", "check", "doctor"),
    "stages": ("collect", "import", "classify", "assess", "notify", "deliver", "answer"),
    "tables": ("items", "db"),
    "incidents": ("incidents", "route"),
    "conversations": ("conversations",),
    "manners": ("manners",),
    "facts": ("facts",),
    "easing": ("mutes", "expected"),
    "duties": ("tasks",),
    "oncall": ("oncall",),
    "channels": ("channels",),
    "users": ("users",),
    "tokens": ("tokens",),
    "hooks": ("hooks",),
    "rules": ("rules", "model"),
    "series": ("series",),
    "signals": ("signals",),
    "reports": ("digest",),
    "kpis": ("kpis",),
    "summary": ("summary",),
    "portal": ("portal",),
    "verdicts": ("verdicts",),
    "policy": ("policy",),
    "audit": ("audit",),
    "crisis": ("crisis",),
    "lessons": ("lessons",),
    "exercise": ("exercise",),
    "plan": ("plan",),
    "privacy": ("privacy",),
    "consent": ("consent",),
    "accounts": ("accounts",),
    "cases": ("cases",),
    "people": ("people",),
    "may_post": ("may-i-post",),
}
ROOM_OF = {verb: room for room, verbs in ROOMS.items() for verb in verbs}


class Verbs(click.Group):
    """Loads a verb's file when it is used: showing incidents need not load a model."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(ROOM_OF)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in ROOM_OF:
            return None
        verbs: tuple[click.Command, ...] = import_module(f"czujka.verbs.{ROOM_OF[cmd_name]}").VERBS
        return next(verb for verb in verbs if verb.name == cmd_name)


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
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
