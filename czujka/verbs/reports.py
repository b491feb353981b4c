"""Verbs that report: digest."""

from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

import click

from actions.digest import week_figures, week_kpis
from alerts.channels import email
from core.access import Sight
from core.clock import utc_now
from core.errors import ConfigError
from core.figures import WeekFigures, last_full_week
from core.settings import Settings
from czujka.readers import fallback_team, language_of, team
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
@click.option("--owner", default=None, metavar="ID", help="Only the part of this owner.")
@click.option("--send", is_flag=True, help="Send it to the fallback owner's people, or to that owner's.")
@click.pass_obj
def digest(named: str | None, week: str | None, file: Path | None, language: str | None, owner: str | None, *, send: bool) -> None:
    """The weekly digest as a mail: what needs you, breaches, leaks, answers, open items, blind hours.

    Example: czujka digest --week 2026-W46 --to digest.eml
    """
    if (file is None) == (not send):
        raise click.UsageError("exactly one of --to FILE and --send was expected")
    with store_of(named) as (settings, store):
        told = _Told(settings, store, week or last_full_week(utc_now(), settings.zone()), _known(settings, owner))
        if file is not None and file.suffix.lower() == ".csv":
            file.write_text(sheet(*told.figures()), encoding="utf-8", newline="")
        elif file is not None:
            file.write_bytes(told.mail("", language or settings.company.languages[0]).as_bytes())
        click.echo(f"{file} is written" if file is not None else f"sent to {_send(told)}")


@dataclass(frozen=True, slots=True)
class _Told:
    """A week of the company, or of one owner."""

    settings: Settings
    store: Store
    week: str
    owner: str | None

    def figures(self) -> tuple[WeekFigures, Sequence[Figure]]:
        """Raises ConfigError: no such week."""
        sight = Sight(owners=frozenset({self.owner})) if self.owner is not None else None
        figures = week_figures(self.settings, self.store, self.week, sight)
        return figures, week_kpis(self.settings, self.store, figures.name, utc_now(), sight)

    def mail(self, recipient: str, language: str) -> EmailMessage:
        """The digest for one reader. Raises ConfigError: no such week."""
        figures, kpis = self.figures()
        return build_mail(figures, self.settings, recipient, language, policy=self.store.policies.in_force(utc_now()), kpis=kpis)


def _known(settings: Settings, owner: str | None) -> str | None:
    """Raises ConfigError: no such owner."""
    if owner is not None and owner not in {one.id for one in settings.owner}:
        raise ConfigError(f"no owner {owner!r}; there are: {', '.join(one.id for one in settings.owner)}", reason="owner")
    return owner


def _send(told: _Told) -> str:
    """To everybody in the owner's team who has an e-mail address; of the whole to the fallback owner's."""
    settings = told.settings
    channel, people = mail_channel(settings), fallback_team(settings) if told.owner is None else team(told.owner, settings)
    if channel is None or not people:
        raise ConfigError(
            "the digest needs an e-mail channel, and somebody with an e-mail contact in the owner's team or the fallback owner's"
        )
    for reader in people:
        written = told.mail(reader.address, language_of(reader, settings))
        email.post(written, channel, utc_now(), f"digest/{told.week}/{reader.address}")
    return ", ".join(reader.address for reader in people)


VERBS = (digest,)
