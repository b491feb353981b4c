"""`czujka summary`: the month's summary for all staff, to a file or to the configured address."""

from pathlib import Path

import click

from actions.summary import summarise
from alerts.channels import email
from core.clock import utc_now
from core.errors import ConfigError
from core.periods import Span, last_over, named
from czujka.reporting import mail_channel
from czujka.verbs.opening import store_of
from reports.summary import build_summary


@click.command()
@click.option("--month", default=None, metavar="YYYY-MM", help="A month such as 2026-10 (default: the last whole one).")
@click.option("--to", "file", default=None, type=click.Path(dir_okay=False, path_type=Path), help="Write the mail to this file.")
@click.option("--send", is_flag=True, help="Send it to the address of [summary] to.")
@click.pass_obj
def summary(config_name: str | None, month: str | None, file: Path | None, *, send: bool) -> None:
    """The month for all staff as a mail in the company's languages: what was watched, found and learned. It names nobody.

    Example: czujka summary --month 2026-10 --to summary.eml
    """
    if (file is None) == (not send):
        raise click.UsageError("exactly one of --to FILE and --send was expected")
    with store_of(config_name) as (settings, store):
        now = utc_now()
        period = named(month) if month else last_over(now, Span.MONTH, settings.zone())
        if period.span is not Span.MONTH:
            raise ConfigError(f"{month!r} is not a month; one such as 2026-10 was expected", reason="period")
        told = summarise(store, settings, period, now)
        if file is not None:
            file.write_bytes(build_summary(told, settings, "", sent_at=now).as_bytes())
            click.echo(f"{file} is written")
            return
        channel, address = mail_channel(settings), settings.summary.to
        if channel is None or address is None:
            raise ConfigError("the summary needs an e-mail channel, and an address in [summary] to")
        email.post(build_summary(told, settings, address, sent_at=now), channel, now, f"summary/{period.name}/{address}")
        click.echo(f"sent to {address}")


VERBS = (summary,)
