"""The verb on the ways out: channels test."""

import time
from collections.abc import Mapping
from dataclasses import dataclass

import click

from actions import trying
from core.clock import utc_now
from core.errors import DeliveryError
from core.http import Http
from core.settings import ChannelSettings, Settings
from czujka.house import open_http
from czujka.verbs.opening import json_option, print_json, settings_of

MENDS: Mapping[str, str] = {
    "unauthorized": "the other side refuses our token, key or password: make a new one and put it where the configuration reads it",
    "gone": "the address is no longer there: look up the webhook, room or account and write the new one into the configuration",
    "bad_address": "the other side does not know this room or person: check the contact, and that the bot was invited",
    "secret_missing": "set the environment variable or the file that the configuration names",
    "refused_address": "the address is not public: allow it under [http] allow_private if it is yours",
    "connect": "nothing answers there: check the address, the name and the firewall",
    "timeout": "no answer in time: try again, then check the address or raise the channel's `timeout`",
    "may_have_arrived": "no answer in time, though the whole message had gone out: look whether it is there, then try again",
    "tls": "the certificate cannot be trusted: check the name and the time, or give the channel its `ca_file`",
    "garbage": "something else answers at this address: check it, and what stands in between",
    "redirect": "the address leads elsewhere: write the one that it leads to, if you trust it",
    "too_large": "something else answers at this address: check it, and what stands in between",
    "folder": "mails go to files, for the channel has no server: let Czujka write to that folder, or name a server",
    "rate_limited": "the other side wants fewer messages: wait, then try again",
    "unavailable": "the other side has a fault of its own: try again later",
    "rejected": "the other side refuses the message: its words above say why",
    "no_address": "nobody has a contact in this channel: name one with --to",
    "channel_bug": "this is a fault of Czujka's: please report it with the line above",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back from one channel. `took_s` are seconds; `remote_id` is the other side's own, `reason` a word for what failed."""

    channel: str
    kind: str
    to: str
    ok: bool
    took_s: float
    remote_id: str = ""
    reason: str = ""
    detail: str = ""
    mend: str = ""


@click.group()
def channels() -> None:
    """Try the ways by which people are told."""


@channels.command()
@click.argument("name", required=False)
@click.option("--all", "every", is_flag=True, help="Every configured channel, one after the other.")
@click.option("--to", default=None, metavar="ADDRESS", help="An address in that channel, such as anna@example.com (default: its own room).")
@json_option
@click.pass_obj
def test(named: str | None, name: str | None, to: str | None, *, every: bool, as_json: bool) -> None:
    """Send a harmless message through a channel, for real, and say what came back.

    Exit 1 when one was not taken; the mend is printed beside it. An alert in a pager is ended at once.

    Example: czujka channels test mail --to anna@example.com
    """
    settings = settings_of(named)
    chosen = _chosen(settings, name, to, every=every)
    http = open_http(settings)
    try:
        answers = [_try(http, settings, channel, to) for channel in chosen]
    finally:
        http.close()
    if as_json:
        print_json(answers)
    else:
        for answer in answers:
            click.echo(_line(answer))
    if not all(answer.ok for answer in answers):
        raise click.exceptions.Exit(1)


def _chosen(settings: Settings, name: str | None, to: str | None, *, every: bool) -> list[ChannelSettings]:
    """Raises UsageError."""
    known = {channel.id: channel for channel in settings.channel}
    if every == (name is not None) or (every and to is not None):
        raise click.UsageError("either a channel's name (and perhaps --to) or --all was expected")
    if name is not None and name not in known:
        raise click.UsageError(f"there is no channel {name!r} (there are: {', '.join(known) or 'none'})")
    if not known:
        raise click.UsageError("no channel is configured")
    return [known[name]] if name is not None else list(known.values())


def _try(http: Http, settings: Settings, channel: ChannelSettings, to: str | None) -> Answer:
    started = time.monotonic()
    contact = trying.place_of(settings, channel, to)
    where = "" if contact is None or contact.address == channel.id else contact.address
    url = (settings.web.url or f"http://{settings.web.host}:{settings.web.port}").rstrip("/") + "/owners"
    try:
        if contact is None:
            raise DeliveryError("nobody to write to", permanent=True, reason="no_address")
        receipt = trying.try_channel(http, settings, channel, contact, url, utc_now())
    except DeliveryError as error:
        known = "may_have_arrived" if error.may_have_arrived and error.reason == "timeout" else error.reason
        mend = MENDS.get(known, MENDS["rejected"])
        took_s = round(time.monotonic() - started, 3)
        return Answer(channel.id, channel.kind, where, False, took_s, reason=error.reason, detail=str(error), mend=mend)
    return Answer(channel.id, channel.kind, where, True, round(time.monotonic() - started, 3), remote_id=receipt.remote_id)


def _line(answer: Answer) -> str:
    who = f"{answer.channel} ({answer.kind}{f' to {answer.to}' if answer.to else ''})"
    if answer.ok:
        return f"ok      {who}: taken in {answer.took_s:.1f} s as {answer.remote_id}"
    return f"FAILED  {who}: {answer.reason}: {answer.detail}\n        mend: {answer.mend}"


VERBS = (channels,)
