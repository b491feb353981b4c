"""Writes the digest as a mail: HTML with one picture carried inside it, and the plain-text twin."""

import hashlib
import re
import socket
from dataclasses import dataclass
from datetime import datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage, MIMEPart
from email.utils import format_datetime, parseaddr
from functools import cache
from zoneinfo import ZoneInfo

import jinja2

from core.errors import ConfigError
from core.mailing import MAIL
from core.text import strip_controls
from reports.view import Digest
from reports.wording import ROOM, Speech


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """From whom, to whom ('' for a mail that goes to a file), about which week, and from when (aware UTC): the end of the week."""

    sender: str | None
    recipient: str
    week: str
    at: datetime
    zone: str


def write(digest: Digest, letter: Letter, sheet: str = "") -> EmailMessage:
    """The whole mail, with `sheet` as a CSV beside it. The same week to the same reader has the same Message-ID.

    Raises ConfigError: not an address.
    """
    sender = address_of(letter.sender)
    key = hashlib.sha256(f"{letter.week}/{letter.recipient}".encode("utf-8", "surrogatepass")).hexdigest()[:16]
    out = EmailMessage(policy=MAIL)
    out["Subject"] = re.sub(r"\s+", " ", strip_controls(digest.subject))
    out["From"] = sender
    if letter.recipient:
        out["To"] = _address("", letter.recipient)
    out["Date"] = format_datetime(letter.at.astimezone(ZoneInfo(letter.zone)))
    out["Message-ID"] = f"<digest-{letter.week}-{key}@{sender.domain}>"
    out["Auto-Submitted"] = "auto-generated"
    out["X-Auto-Response-Suppress"] = "All"
    pictures = {f"{letter.week}-{n}@{sender.domain}": topic.picture for n, topic in enumerate(digest.topics) if topic.picture}
    out.set_content(text(digest), cte="quoted-printable")
    out.add_alternative(
        html(digest, {picture.title: f"cid:{cid}" for cid, picture in pictures.items()}), subtype="html", cte="quoted-printable"
    )
    shown = out.get_payload()[1]  # type: ignore[index]  # the HTML part of the two
    if isinstance(shown, MIMEPart):
        for cid, picture in pictures.items():
            shown.add_related(picture.png, "image", "png", cid=f"<{cid}>", filename="week.png", disposition="inline")
    if sheet:
        out.add_attachment(sheet.encode(), "text", "csv", filename=f"czujka-{letter.week}.csv", params={"charset": "utf-8"})
    out["Content-Language"] = digest.language
    return out


def text(digest: Digest) -> str:
    """The plain-text twin."""
    return _environment().get_template("digest.txt.j2").render(digest=digest, say=Speech(digest.language).say, underline=_underline)


def html(digest: Digest, sources: dict[str, str]) -> str:
    """The HTML part; `sources` says where each picture is, by its title."""
    speech = Speech(digest.language)
    return _environment().get_template("digest.html.j2").render(digest=digest, say=speech.say, count=speech.count, sources=sources)


def _underline(title: str) -> str:
    return "-" * len(title)


def address_of(written: str | None) -> Address:
    """An address with its name; without one, this machine's. Raises ConfigError: not an address."""
    return _address(*parseaddr(written or f"Czujka <czujka@{socket.gethostname()}>"))


def _address(name: str, address: str) -> Address:
    user, _, domain = address.rpartition("@")
    try:
        if not user or not domain or re.search(r"[\s<>,;@]", user + domain):
            raise ValueError(address)
        return Address(name, user, domain.encode("idna").decode())
    except (ValueError, UnicodeError, HeaderParseError) as error:
        raise ConfigError(f"{address!r} is not an e-mail address", reason="bad_address") from error


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(ROOM / "templates"),
        autoescape=jinja2.select_autoescape(enabled_extensions=("html.j2",), default_for_string=True),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
