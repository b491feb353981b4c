"""Writes a message as a mail: what matters first, twice (plain text and HTML that mail programs can show), with headers that thread."""

import hashlib
import re
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cache
from pathlib import Path

import jinja2
from markupsafe import Markup, escape

from alerts.headlines import reach, speak, zone
from alerts.message import with_link
from alerts.quoting import MASK, one_line, pieces, plain, web_address
from core.labels import platform_name, severity_name
from core.mailing import MAIL
from core.types import Message, Quote, Severity

QUOTE = 1200

COLOURS = {
    Severity.CRITICAL: "#b42318",
    Severity.HIGH: "#b54708",
    Severity.MEDIUM: "#8a6100",
    Severity.LOW: "#44607a",
    Severity.INFO: "#5d6673",
}
SHAPES = {Severity.CRITICAL: "▲", Severity.HIGH: "▲", Severity.MEDIUM: "◆", Severity.LOW: "●", Severity.INFO: "○"}

NOTES = {
    "fallback": "You get this because nobody is on call, or nobody answered: you are the fallback.",
    "participant": "For your information: another team answers for this incident, yours takes part.",
}


def mail(message: Message, sender: Address, recipient: Address) -> EmailMessage:
    """The whole mail. The same delivery gives the same Message-ID at every try; an incident's mails form one thread.

    Source: RFC 5322 (threads), RFC 3834 (Auto-Submitted).
    """
    out = EmailMessage(policy=MAIL)
    out["Subject"] = one_line(message.line, 200)
    out["From"], out["To"] = sender, recipient
    out["Date"] = format_datetime(message.sent_at.astimezone(zone(message.timezone)))
    out["Message-ID"] = message_id(message.dedup_key, sender.domain)
    root = f"<incident-{message.incident_id}@{sender.domain}>"
    out["In-Reply-To"], out["References"] = root, root
    out["Auto-Submitted"] = "auto-generated"
    out["X-Auto-Response-Suppress"] = "All"
    if message.severity >= Severity.HIGH:
        out["Importance"] = "high"
    out.set_content(text(message), cte="quoted-printable")
    out.add_alternative(html(message), subtype="html", cte="quoted-printable")
    out["Content-Language"] = message.language
    return out


def message_id(dedup_key: str, domain: str) -> str:
    """The same for every try of one delivery, so that a repeat can be recognised. It tells nothing of the key."""
    return f"<{digest(dedup_key)}@{domain}>"


def digest(dedup_key: str) -> str:
    """32 hexadecimal digits that stand for a delivery."""
    return hashlib.sha256(dedup_key.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def head(written: EmailMessage, heading: str) -> None:
    """Put a word before the subject and on top of each part that is read."""
    subject = str(written["Subject"])
    del written["Subject"]
    written["Subject"] = f"{heading} {subject}"
    for part in written.walk():
        if not isinstance(part, EmailMessage) or part.get_content_maintype() != "text":
            continue
        kind, said = part.get_content_subtype(), part.get_content()
        if kind == "html":
            said = re.sub(r"(<body[^>]*>)", lambda found: found[1] + f"<p><strong>{escape(heading)}</strong></p>", said, count=1)
        part.set_content(said if kind == "html" else f"{heading}\n\n{said}", subtype=kind, cte="quoted-printable")


def text(message: Message) -> str:
    """The plain-text twin."""
    return _environment().get_template("mail.txt.j2").render(_view(message))


def html(message: Message) -> str:
    """The HTML part: one table of at most 600 px, styles inline, nothing fetched."""
    return _environment().get_template("mail.html.j2").render(_view(message))


def _view(message: Message) -> dict[str, object]:
    spoken = speak(message.language)
    return {
        "message": message,
        "severity": severity_name(message.severity, message.language),
        "say": spoken.say,
        "count": spoken.count,
        "title": one_line(message.title, 200),
        "sentence": one_line(message.line, 200).partition("] ")[2] or one_line(message.line, 200),
        "with_link": with_link(message),
        "because": one_line(message.because, 1000),
        "told": [one_line(name, 120) for name in message.told],
        "note": spoken.say(NOTES[message.kind]) if message.kind in NOTES else one_line(message.news, 200),
        "colour": COLOURS[message.severity],
        "shape": SHAPES[message.severity],
        "state": message.state,
        "quotes": [_quote(quote, message) for quote in message.quotes],
        "masked": any(MASK in piece.text for quote in message.quotes for piece in pieces(quote, QUOTE)),
        "more": max(0, message.count - len(message.quotes)),
    }


def _quote(quote: Quote, message: Message) -> dict[str, object]:
    said_at = quote.created_at.astimezone(zone(message.timezone))
    return {
        "platform": one_line(platform_name(quote.platform), 40),
        "author": one_line(quote.author, 80) or speak(message.language).say("unknown author"),
        "reach": reach(quote.reach, message.language),
        "at": said_at.strftime("%d.%m.%Y, %H:%M" if message.language == "pl" else "%-d %b %Y, %H:%M"),
        "url": web_address(quote.url),
        "html": Markup("").join(_marked(piece.text, piece.label) for piece in pieces(quote, QUOTE)),
        "plain": plain(quote, QUOTE, mark="*").splitlines(),
    }


def _marked(words: str, label: str) -> Markup:
    shown = escape(words).replace("\n", Markup("<br>"))
    return Markup('<b style="background:#fff1b8;color:#1b1f24;font-weight:600">{}</b>').format(shown) if label else shown


@cache
def _environment() -> jinja2.Environment:
    folder = Path(__file__).resolve().parent / "templates"
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        autoescape=jinja2.select_autoescape(enabled_extensions=("html.j2",), default_for_string=True),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
