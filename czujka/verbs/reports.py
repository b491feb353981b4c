"""Verbs that report: digest."""

from collections.abc import Sequence
from email.message import EmailMessage
from pathlib import Path

import click

from actions.digest import week_figures, week_kpis
from alerts.channels import email
from core.clock import utc_now
from core.errors import ConfigError
from core.figures import WeekFigures, last_full_week
from core.settings import Settings
from czujka.readers import fallback_team, language_of
from czujka.reporting import mail_channel
from czujka.verbs.opening import store_of
from reports.digest import build_mail
from reports.kpis import Figure
from reports.sheet import sheet
from storage import Store


@click.command()
@click.option("--week", default=None, metavar="YYYY-Www", help="An ISO week such as 2026-W46 (default: the last whole one).")
@click.option(
    "--to",
    "file",
    default=None,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the mail to this file, or to one that ends in .csv its figures.",
)
@click.option("--language", default=None, type=click.Choice(["pl", "en"]), help="Of the mail (default: the company's first).")
@click.option("--send", is_flag=True, help="Send it to the fallback owner's people.")
@click.pass_obj
def digest(named: str | None, week: str | None, file: Path | None, language: str | None, *, send: bool) -> None:
    """The weekly digest as a mail: what needs you, breaches, leaks, answers, open items, blind hours.

    Example: czujka digest --week 2026-W46 --to digest.eml
    """
    if (file is None) == (not send):
        raise click.UsageError("exactly one of --to FILE and --send was expected")
    with store_of(named) as (settings, store):
        if file is not None and file.suffix.lower() == ".csv":
            figures, kpis = _figures(settings, store, week)
            file.write_text(sheet(figures, kpis), encoding="utf-8", newline="")
            click.echo(f"{file} is written")
            return
        if file is not None:
            written = _mail(settings, store, week, "", language or settings.company.languages[0])
            file.write_bytes(written.as_bytes())
            click.echo(f"{file} is written")
            return
        click.echo(f"sent to {_send(settings, store, week)}")


def _mail(settings: Settings, store: Store, week: str | None, recipient: str, language: str) -> EmailMessage:
    """The digest of a week for one reader. Raises ConfigError: no such week."""
    figures, kpis = _figures(settings, store, week)
    return build_mail(figures, settings, recipient, language, policy=store.policies.in_force(utc_now()), kpis=kpis)


def _figures(settings: Settings, store: Store, week: str | None) -> tuple[WeekFigures, Sequence[Figure]]:
    now = utc_now()
    figures = week_figures(settings, store, week or last_full_week(now, settings.zone()))
    return figures, week_kpis(settings, store, figures.name, now)


def _send(settings: Settings, store: Store, week: str | None) -> str:
    """To everybody in the fallback owner's team who has an e-mail address."""
    channel, people = mail_channel(settings), fallback_team(settings)
    if channel is None or not people:
        raise ConfigError("the digest needs an e-mail channel, and somebody with an e-mail contact in the fallback owner's team")
    name = week or last_full_week(utc_now(), settings.zone())
    for reader in people:
        written = _mail(settings, store, name, reader.address, language_of(reader, settings))
        email.post(written, channel, utc_now(), f"digest/{name}/{reader.address}")
    return ", ".join(reader.address for reader in people)


VERBS = (digest,)
