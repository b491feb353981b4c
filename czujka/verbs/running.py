"""Verbs that keep running: run, scheduler, web."""

import signal
from types import FrameType

import click

from core.errors import ConfigError
from core.settings import Settings
from czujka import config
from czujka.running import Runner, prepare_demonstration
from czujka.verbs.opening import demo_settings


@click.command()
@click.option("--demo", is_flag=True, help="Show a fictional dairy's week, with its own database (var/demo.db).")
@click.option("--port", type=click.IntRange(0, 65535), default=None, help="Another port for the pages (0: any free one).")
@click.option("--host", default=None, help="Another address for the pages, such as 0.0.0.0 in a container.")
@click.pass_obj
def run(named: str | None, port: int | None, host: str | None, *, demo: bool) -> None:
    """Everything in one process: collect, classify, page, serve. Ctrl-C ends it; starting again loses and doubles nothing.

    Example: czujka run --demo
    """
    settings = _demonstration() if demo else _configured(named)
    given = {name: value for name, value in (("port", port), ("host", host)) if value is not None}
    settings = settings.model_copy(update={"web": settings.web.model_copy(update=given)})
    _until_interrupted(Runner(settings, demo=demo))


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), help="Where /metrics, /healthz and /readyz answer; default: one above the pages'.")
@click.pass_obj
def scheduler(named: str | None, port: int | None) -> None:
    """Collect, classify and page, without pages to look at; machines ask it for its health and its metrics.

    Example: czujka scheduler
    """
    settings = _configured(named)
    beside = settings.web.port and min(settings.web.port + 1, 65535)
    _until_interrupted(Runner(_at(settings, port if port is not None else beside), pages=False))


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), help="Another port for the pages (0: any free one).")
@click.pass_obj
def web(named: str | None, port: int | None) -> None:
    """Serve the pages alone, beside a `czujka scheduler` on the same database.

    Example: czujka web
    """
    settings = _configured(named)
    _until_interrupted(Runner(_at(settings, port if port is not None else settings.web.port), sweeping=False))


def _at(settings: Settings, port: int) -> Settings:
    return settings.model_copy(update={"web": settings.web.model_copy(update={"port": port})})


def _configured(named: str | None) -> Settings:
    path = config.config_file(named)
    if path is None:
        raise ConfigError("there is no czujka.toml here; `czujka init` writes one, `czujka run --demo` shows a demonstration without one")
    settings = config.load(path)
    missing = config.ready_to_run(settings)
    if missing:
        raise ConfigError("\n".join(f"{path}: {line}" for line in missing), reason="config_invalid")
    return settings


def _demonstration() -> Settings:
    settings = demo_settings()
    prepare_demonstration(settings.home)
    return settings


def _until_interrupted(runner: Runner) -> None:
    def ended(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, ended)
    try:
        runner.run()
    except KeyboardInterrupt:
        click.echo("Czujka has ended; nothing is lost.", err=True)


VERBS = (run, scheduler, web)
