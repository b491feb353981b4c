"""Verbs on consents of staff: ask, see how it stands, confirm that an account is theirs, take it back for them.

Nobody agrees for another: the person does so on the page /consent, having read the notice there.
"""

import click

from actions import consents as acts
from core.clock import utc_now
from core.i18n import LANGUAGES
from czujka.house import open_http
from czujka.verbs.opening import actor, json_option, print_json, print_table, store_of


@click.group()
def consent() -> None:
    """Consent of staff to have their own professional accounts watched."""


@consent.command()
@click.argument("person")
@click.argument("platform")
@click.argument("handle")
@click.pass_obj
def invite(named: str | None, person: str, platform: str, handle: str) -> None:
    """Ask PERSON about one account of theirs. They find the notice and a code on the page /consent.

    Example: czujka consent invite anna mastodon @anna@example.social
    """
    with store_of(named) as (settings, store):
        made = acts.invite(store, settings, person, platform, handle, actor(), utc_now())
    click.echo(f"consent {made.consent_id}: {person} is asked about {made.account} on {made.platform} until {made.expires_at:%Y-%m-%d}")


@consent.command("list")
@json_option
@click.pass_obj
def list_consents(named: str | None, *, as_json: bool) -> None:
    """Show whom was asked, and how it stands.

    Example: czujka consent list
    """
    with store_of(named) as (_, store):
        rows = store.consents.list()
    if as_json:
        return print_json(rows)
    head = ("id", "person", "platform", "account", "state", "asked", "decided", "notice")
    return print_table(
        head,
        (
            (
                one.consent_id,
                one.person,
                one.platform,
                one.account,
                one.state,
                f"{one.invited_at:%Y-%m-%d}",
                f"{one.decided_at:%Y-%m-%d}" if one.decided_at else "-",
                one.notice_version or "-",
            )
            for one in rows
        ),
    )


@consent.command()
@click.argument("consent_id", type=int, metavar="ID")
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True)
@click.pass_obj
def notice(named: str | None, consent_id: int, language: str) -> None:
    """Show the notice: the one that was agreed to, else the one that would be.

    Example: czujka consent notice 1 --language pl
    """
    with store_of(named) as (settings, store):
        one = store.consents.get(consent_id)
        text = one.notice or acts.notice(settings, one, language)[0]
    click.echo(text, nl=False)


@consent.command()
@click.argument("consent_id", type=int, metavar="ID")
@click.option("--address", help="A public page of the account that shows the code; without it: you saw the code there yourself.")
@click.pass_obj
def prove(named: str | None, consent_id: int, address: str | None) -> None:
    """Confirm that the account is the person's: the code was seen on it.

    Example: czujka consent prove 1
    """
    with store_of(named) as (settings, store):
        if address is None:
            acts.attest(store, consent_id, actor(), utc_now())
        else:
            http = open_http(settings)
            try:
                acts.prove(store, http, consent_id, address, store.consents.get(consent_id).person, utc_now())
            finally:
                http.close()
    click.echo(f"consent {consent_id}: the account is theirs; now they decide on the page /consent")


@consent.command()
@click.argument("consent_id", type=int, metavar="ID")
@click.pass_obj
def withdraw(named: str | None, consent_id: int) -> None:
    """Take a consent back for a person who asked for it: collection stops at once, what was collected is erased.

    Example: czujka consent withdraw 1
    """
    with store_of(named) as (_, store):
        gone = acts.withdraw(store, consent_id, actor(), utc_now())
    click.echo(f"consent {consent_id} is withdrawn; {gone} posts are erased")


VERBS = (consent,)
